import { jsonBytes, utf8Bytes } from "../../protocol/bytes";
import { valuesLeft } from "../../protocol/tools/rounds";
import { type Shown, shownValue } from "../../protocol/tools/shown-value";
import type { DoneRound } from "../../resources/step";

/** Bytes of what stands around a value in a message's metadata. */
const AROUND_BYTES = 64;

/**
 * The inputs and outputs of one answer's tools as they are shown: JSON, and past the bound of one value
 * or of all of them their cut text.
 */
export class ShownValues {
  #left: number;

  constructor(rounds: readonly DoneRound[] = []) {
    this.#left = valuesLeft(rounds);
  }

  /** `beside` is said with the value, and takes of the same room. */
  take(value: unknown, beside: string): Shown {
    this.#left -= AROUND_BYTES + utf8Bytes(beside);
    const shown = shownValue(value, this.#left);
    this.#left -= jsonBytes(shown.value);
    return shown;
  }
}
