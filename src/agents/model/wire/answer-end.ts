import type { LanguageModelV4FinishReason } from "@ai-sdk/provider";
import { finishOf } from "./finish-words";

/** What one chunk says that bears upon the answer's end. */
type ChunkSigns = {
  finishReason: unknown;
  /** Words, thinking or calls were in it. */
  hasContent: boolean;
  /** It told what the answer cost. */
  hasUsage: boolean;
};

/**
 * Knows when an answer is at its end: with `[DONE]` at once, with its finish reason as soon as usage has been
 * told. Some providers stamp every chunk with a finish reason; theirs is the end only where no words come with it.
 */
export class AnswerEnd {
  #finish: LanguageModelV4FinishReason | undefined;
  #stamps = false;
  #isSettled = false;
  #isDone = false;

  take({ finishReason, hasContent, hasUsage }: ChunkSigns): void {
    const finish = finishOf(finishReason);
    if (finish) {
      const isAnother = this.#finish !== undefined && (hasContent || this.#stamps);
      if (!this.#finish || (isAnother && finish.unified !== "error")) this.#finish = finish;
      this.#stamps = isAnother && hasContent;
    }
    // With words in the same chunk more may follow, whatever the chunk says of its cost.
    if (this.#finish && hasUsage && !hasContent) this.#isSettled = true;
  }

  done(): void {
    this.#isDone = true;
  }

  /** The first that was given, or a stamping provider's last. */
  get finish(): LanguageModelV4FinishReason | undefined {
    return this.#finish;
  }

  get isWhole(): boolean {
    return this.#isDone || this.#finish !== undefined;
  }

  /** Nothing is left to wait for. */
  get isOver(): boolean {
    return this.#isDone || (this.#isSettled && !this.#stamps);
  }

  /** Only usage may follow, which is waited for shortly. */
  get waitsForUsage(): boolean {
    return this.#finish !== undefined && !this.#stamps && !this.isOver;
  }

  get isDone(): boolean {
    return this.#isDone;
  }
}
