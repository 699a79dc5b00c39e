import { CUT_MARK } from "../../protocol/tools/shown-value";
import { beginning, estimateTokens } from "../model/tokens";

/** Tokens that are always worth a look. */
const LEAST_TOKENS = 64;

/**
 * The part of a model's window that is left for what its tools answer: each answer gets at most
 * half of it, so that there is something for the next.
 */
export class ToolRoom {
  #left: number;

  constructor(tokens: number) {
    this.#left = tokens;
  }

  /** As much of `text` as fits, marked where it was cut. */
  fit(text: string): string {
    const limit = Math.max(LEAST_TOKENS, Math.floor(this.#left / 2));
    const tokens = estimateTokens(text);
    this.#left -= Math.min(tokens, limit);
    return tokens > limit ? beginning(text, limit) + CUT_MARK : text;
  }
}
