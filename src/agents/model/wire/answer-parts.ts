import type { JSONObject, LanguageModelV4StreamPart } from "@ai-sdk/provider";

type Kind = "text" | "reasoning";
type Block = { kind: Kind; id: string; told: JSONObject; isTold: boolean };

/** Puts an answer's pieces into the parts of the provider interface; pieces that were read together are one. */
export class AnswerParts {
  #parts: LanguageModelV4StreamPart[] = [];
  #block: Block | undefined;
  #blocks = 0;
  /** What the open block has to say. */
  #run = "";
  /** All text that was told. */
  #told = "";

  /** `told` goes with the block's start: where its thinking stood, for the provider that wants it back. */
  say(kind: Kind, text: string, told: JSONObject = {}): void {
    if (text === "") return;
    if (this.#block?.kind !== kind) {
      this.close();
      this.#block = { kind, id: String(this.#blocks++), told, isTold: false };
    }
    this.#run += text;
  }

  add(part: LanguageModelV4StreamPart): void {
    this.close();
    this.#parts.push(part);
  }

  /** Before everything else that was read. */
  addFirst(part: LanguageModelV4StreamPart): void {
    this.#parts.unshift(part);
  }

  /** Makes thinking of all text so far; where some was told already, `replacesText` says so. */
  retractText(): void {
    const waiting = this.#block?.kind === "text" ? this.#run : "";
    if (waiting !== "") this.#run = "";
    this.close();
    const told = this.#told;
    this.#told = "";
    this.say("reasoning", told + waiting, told === "" ? {} : { replacesText: true });
    this.close();
  }

  close(): void {
    this.#flush();
    const block = this.#block;
    this.#block = undefined;
    if (block?.isTold) this.#parts.push({ type: `${block.kind}-end`, id: block.id });
  }

  /** What may be told now. */
  take(): LanguageModelV4StreamPart[] {
    this.#flush();
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #flush(): void {
    const block = this.#block;
    if (!block || this.#run === "") return;
    const { kind, id, told } = block;
    if (!block.isTold) {
      block.isTold = true;
      const hasMore = Object.keys(told).length > 0;
      const more = hasMore ? { providerMetadata: { taskroom: told } } : {};
      this.#parts.push({ type: `${kind}-start`, id, ...more });
    }
    this.#parts.push({ type: `${kind}-delta`, id, delta: this.#run });
    if (kind === "text") this.#told += this.#run;
    this.#run = "";
  }
}
