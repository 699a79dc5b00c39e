import type { FinishReason, TextStreamPart, ToolSet } from "ai";
import { LIMITS } from "../../protocol/limits";
import type { Usage } from "../../protocol/usage";
import type { StepOutput } from "../../resources/agent";
import { ShownValues } from "../tools/shown-values";
import { shownError } from "../tools/tool-text";
import { BoundedText } from "./bounded-text";
import { ByteBudget } from "./byte-budget";
import { cutOff, endedEarly, failureOf, malformed, unavailable, withheld } from "./failure";

type SdkPart = TextStreamPart<ToolSet>;
type ToolPart = Extract<SdkPart, { type: "tool-call" | "tool-result" | "tool-error" }>;
type Count = number | undefined;
type Counted = {
  inputTokens: Count;
  outputTokens: Count;
  totalTokens: Count;
  inputTokenDetails: { cacheReadTokens: Count };
  outputTokenDetails: { reasoningTokens: Count };
};
type FinishPart = {
  type: "finish";
  finishReason: FinishReason;
  rawFinishReason: string | undefined;
  totalUsage: Counted;
};
type WeightyPart =
  | ToolPart
  | FinishPart
  | { type: "text-delta" | "reasoning-delta"; text: string }
  | { type: "finish-step"; response: { modelId: string } }
  | { type: "error"; error: unknown };

/** What counts of the AI SDK's parts of an answer. */
export type ModelPart = WeightyPart | { type: Exclude<SdkPart["type"], WeightyPart["type"]> };

// Endings that providers write as a finish reason and that finish nothing.
const BROKEN_ENDINGS = ["error", "abort", "insufficient_system_resource"];

export type Asked = {
  /** What was asked for; the provider may name what answered more exactly. */
  model: string;
  truncatedContext: number;
  /** Tools were offered. */
  tools: boolean;
};

/** Turns the AI SDK's parts of one answer, in several steps where it uses tools, into a step's outputs. */
export class Answer {
  /** Of text and reasoning together. */
  readonly #budget = ByteBudget.ofAnswer();
  readonly #text = new BoundedText(this.#budget);
  readonly #thinking = new BoundedText(this.#budget);
  readonly #shown = new ShownValues();
  readonly #truncatedContext: number;
  readonly #tools: boolean;
  #model: string;
  #usedTools = false;
  /** Text of an earlier step stands before what comes next. */
  #between = false;

  constructor({ model, truncatedContext, tools }: Asked) {
    this.#model = model;
    this.#truncatedContext = truncatedContext;
    this.#tools = tools;
  }

  /** In order; the last is `finish` or `failure` when the answer is over, whatever parts follow. */
  take(part: ModelPart): StepOutput[] {
    switch (part.type) {
      case "text-delta":
        return this.#grow("text", this.#text, this.#apart(part.text));
      case "reasoning-delta":
        return this.#grow("thinking", this.#thinking, part.text);
      case "tool-call":
      case "tool-result":
      case "tool-error":
        return this.#tool(part);
      case "finish-step":
        this.#model = part.response.modelId.slice(0, LIMITS.modelNameChars).toWellFormed();
        this.#between = !this.#text.empty;
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

  /** Two steps' texts are two paragraphs. */
  #apart(delta: string): string {
    if (!this.#between || !delta) return delta;
    this.#between = false;
    return `\n\n${delta}`;
  }

  #tool(part: ToolPart): StepOutput[] {
    // A model that calls what nobody offered has not answered.
    if (!this.#tools) return [];
    this.#usedTools = true;
    const place = { toolCallId: nameOf(part.toolCallId), name: nameOf(part.toolName) };
    switch (part.type) {
      case "tool-call": {
        const { value, cut } = this.#shown.take(part.input, JSON.stringify(place));
        return [{ type: "tool-call", ...place, input: value, ...(cut && { cut }) }];
      }
      case "tool-result": {
        const { value, cut } = this.#shown.take(part.output, "");
        return [{ type: "tool-result", ...place, output: value, ...(cut && { cut }) }];
      }
      case "tool-error": {
        const { value, cut } = this.#shown.take(shownError(part.error), "");
        return [{ type: "tool-result", ...place, error: String(value), ...(cut && { cut }) }];
      }
    }
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
    if (this.#text.empty && !spentThinking && !this.#usedTools) return [malformed()];
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

/** Of a tool or of its call, as the provider has it. */
function nameOf(text: string): string {
  return text.slice(0, LIMITS.toolNameChars).toWellFormed();
}

function deltas(type: "text" | "thinking", delta: string): StepOutput[] {
  return delta ? [{ type, delta }] : [];
}

/** `undefined` when the provider counted nothing. The SDK says zero for some of what it was not told. */
function usageOf(said: Counted): Usage | undefined {
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
