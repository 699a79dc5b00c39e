import * as z from "zod";
import { beginningAsJson, jsonBytes, utf8Bytes } from "../../protocol/bytes";
import { type JsonValue, parseJson } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { CUT_MARK } from "./tool-text";

/** `cut` where it is the beginning of the value's text. */
export type Shown = { value: JsonValue; cut?: true };

/** Bytes of what stands around a value in a message's metadata. */
const AROUND_BYTES = 64;

/**
 * The inputs and outputs of one answer's tools as they are shown: JSON, and past the bound of one value
 * or of all of them their cut text.
 */
export class ShownValues {
  #left: number = LIMITS.toolValuesBytes;

  /** `beside` is said with the value, and takes of the same room. */
  take(value: unknown, beside: string): Shown {
    this.#left -= AROUND_BYTES + utf8Bytes(beside);
    const shown = shownValue(value, Math.min(LIMITS.toolValueBytes, this.#left));
    this.#left -= jsonBytes(shown.value);
    return shown;
  }
}

/** A value of at most so many bytes as JSON. */
export function shownValue(value: unknown, bytes: number = LIMITS.toolValueBytes): Shown {
  const text = JSON.stringify(value) ?? "null";
  if (utf8Bytes(text) > Math.max(bytes, 0)) {
    const whole = (typeof value === "string" ? value : text).toWellFormed();
    const room = bytes - utf8Bytes(CUT_MARK) - 2;
    return { value: beginningAsJson(whole, room) + CUT_MARK, cut: true };
  }
  const json = parseJson(text);
  const parsed = z.json().safeParse(json.ok ? json.value : undefined);
  return { value: parsed.success ? parsed.data : text.toWellFormed() };
}
