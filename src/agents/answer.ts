import type { LanguageModelUsage, TextStreamPart, ToolSet } from "ai";
import type { StepOutput } from "../protocol/agent";
import { LIMITS } from "../protocol/limits";
import type { Usage } from "../protocol/usage";
import { BoundedText } from "./bounded-text";
import { cutOff, endedEarly, failureOf, malformed, unavailable, withheld } from "./failure";

export type ModelPart = TextStreamPart<ToolSet>;
type FinishPart = Extract<ModelPart, { type: "finish" }>;

// Endings that providers write as a finish reason and that finish nothing.
const BROKEN_ENDINGS = ["error", "abort", "insufficient_system_resource"];

/** Turns the AI SDK's parts of one model call into a step's outputs. */
export class Answer {
  readonly #text = new BoundedText(LIMITS.answerUnits);
  readonly #thinking = new BoundedText(LIMITS.answerUnits);
  readonly #truncatedContext: number;
  #model: string;

  /** `model` is what was asked for; the provider may name what answered more exactly. */
  constructor(model: string, truncatedContext: number) {
    this.#model = model;
    this.#truncatedContext = truncatedContext;
  }

  /** In order; the last is `finish` or `failure` when the answer is over, whatever parts follow. */
  take(part: ModelPart): StepOutput[] {
    switch (part.type) {
      case "text-delta":
        return this.#grow("text", this.#text, part.text);
      case "reasoning-delta":
        return this.#grow("thinking", this.#thinking, part.text);
      case "finish-step":
        this.#model = part.response.modelId;
        return [];
      case "finish":
        return this.#finish(part);
      case "error":
        return [this.#silent && endedEarly(part.error) ? malformed() : failureOf(part.error)];
      default:
        return [];
    }
  }

  /** The parts are at an end although none of them was the last. */
  end(): StepOutput {
    return cutOff();
  }

  /** Not a word so far: a stream that ends now was none, but perhaps somebody's web page. */
  get #silent(): boolean {
    return this.#text.empty && this.#thinking.empty;
  }

  #grow(type: "text" | "thinking", bounded: BoundedText, delta: string): StepOutput[] {
    const outputs = deltas(type, bounded.take(delta));
    if (bounded.full) outputs.push(this.#finished("length"));
    return outputs;
  }

  #finish({ finishReason, rawFinishReason, totalUsage }: FinishPart): StepOutput[] {
    if (finishReason === "content-filter") return [withheld()];
    if (finishReason === "error" || BROKEN_ENDINGS.includes(rawFinishReason ?? "")) {
      return [unavailable()];
    }
    // The SDK's two ways to say that the provider gave no reason.
    const unexplained = finishReason === "other" && rawFinishReason === undefined;
    if (finishReason === "interrupted" || unexplained) return [cutOff()];
    // Thinking that used up all tokens would do so again: that is an answer, if a poor one.
    const spentThinking = finishReason === "length" && !this.#thinking.empty;
    if (this.#text.empty && !spentThinking) return [malformed()];
    return [
      ...deltas("thinking", this.#thinking.rest()),
      ...deltas("text", this.#text.rest()),
      this.#finished(finishReason, usageOf(totalUsage)),
    ];
  }

  #finished(finishReason: string, usage?: Usage): StepOutput {
    return {
      type: "finish",
      finishReason,
      model: this.#model,
      ...(usage ? { usage } : {}),
      ...(this.#truncatedContext > 0 ? { truncatedContext: this.#truncatedContext } : {}),
    };
  }
}

function deltas(type: "text" | "thinking", delta: string): StepOutput[] {
  return delta ? [{ type, delta }] : [];
}

/** `undefined` when the provider counted nothing. The SDK says zero for some of what it was not told. */
function usageOf(said: LanguageModelUsage): Usage | undefined {
  const counts = {
    inputTokens: said.inputTokens,
    outputTokens: said.outputTokens,
    totalTokens: said.totalTokens,
    reasoningTokens: said.outputTokenDetails.reasoningTokens,
    cachedInputTokens: said.inputTokenDetails.cacheReadTokens,
  };
  const told = Object.entries(counts).filter(([, count]) => Number.isInteger(count) && count);
  return told.length > 0 ? Object.fromEntries(told) : undefined;
}
