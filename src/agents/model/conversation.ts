import type {
  LanguageModelV4Prompt,
  LanguageModelV4ToolCall,
  LanguageModelV4ToolResultPart,
} from "@ai-sdk/provider";
import { type JsonValue, parseJson } from "../../protocol/json";
import type { StepEnd, StepFailure, StepRequest } from "../../resources/step";
import type { ToolBox, ToolCall, ToolOutcome } from "../tools/tool-box";
import { shownValue } from "../tools/tool-text";
import type { Voice } from "../voice";
import { fitContext } from "./context";
import { type Call, CallFailed, callModel, type ModelAnswer } from "./model-call";
import { endOf } from "./model-end";
import { failureOf } from "./model-failure";
import { promptOf, promptTokens, withShortResults } from "./prompt";

type Parts = {
  request: StepRequest;
  voice: Voice;
  signal: AbortSignal;
  tools: ToolBox;
  call: Pick<Call, "modelFor" | "limits">;
  parameters: Omit<Call["options"], "prompt" | "tools">;
};

/** Said to a model of a call that its own limit has cut in two. */
const CUT_CALL =
  "The call was cut off by the limit of tokens and was not made. Make a shorter one, or answer.";

/** What is sent after an overflow is by so much shorter than what was too long: it is tried but once. */
const SHORTER_BY = 3;
/** Then each tool's answer may take such a part of it. */
const RESULTS_IN_ALL = 4;

/**
 * One attempt's talk with a model: it is called, its tools are, and it is called again with what they
 * gave, until it answers. A round is a call that ends in calls of tools; past the last the model is
 * called once more without any.
 */
export class Conversation {
  readonly #parts: Parts;
  /** What was said and done in this attempt, after the prompt. */
  readonly #done: LanguageModelV4Prompt = [];
  /** Tokens that a prompt may have since a longer one was refused. */
  #mostTokens: number | undefined;
  #lastTokens = 0;
  #truncated = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async end(): Promise<StepEnd> {
    const { request, voice, signal } = this.#parts;
    for (let round = 0; ; round++) {
      const offers = round < request.maxRounds;
      const said = await this.#ask(offers);
      if ("type" in said) return said;
      if (signal.aborted || said.calls.length === 0 || !offers) {
        return endOf(said, voice, this.#truncated);
      }
      if (said.usage) voice.report({ type: "usage", usage: said.usage });
      await this.#use(said, round);
    }
  }

  /** Once more where nothing came of it that an answer is made of, or where the window was smaller. */
  async #ask(offers: boolean): Promise<ModelAnswer | StepFailure> {
    const first = await this.#callOnce(offers);
    if ("type" in first) {
      if (first.reason !== "context_overflow" || this.#mostTokens !== undefined) return first;
      this.#mostTokens = Math.floor(this.#lastTokens / SHORTER_BY);
      this.#spend(first);
      this.#parts.voice.log(
        "warn",
        "The context was longer than the model's window: it is shortened.",
      );
      return this.#callOnce(offers);
    }
    if (!isEmpty(first, this.#parts.voice)) return first;
    this.#spend(first);
    return this.#callOnce(offers);
  }

  #spend({ usage }: { usage?: ModelAnswer["usage"] }): void {
    if (usage) this.#parts.voice.report({ type: "usage", usage });
  }

  async #callOnce(offers: boolean): Promise<ModelAnswer | StepFailure> {
    const { voice, signal, tools, call, parameters } = this.#parts;
    const offered = offers && tools.definitions.length > 0 ? { tools: tools.definitions } : {};
    const options = { ...parameters, ...offered, prompt: this.#prompt() };
    try {
      return await callModel({ ...call, options }, voice, signal);
    } catch (error) {
      const [cause, usage] =
        error instanceof CallFailed ? [error.cause, error.usage] : [error, undefined];
      const failed = failureOf(cause);
      return usage ? { ...failed, usage } : failed;
    }
  }

  #prompt(): LanguageModelV4Prompt {
    const { request, tools } = this.#parts;
    const { systemPrompt, model } = request.config;
    const { maxOutputTokens } = model.parameters;
    const contextWindow = model.contextWindow - tools.tokens;
    const most = this.#mostTokens;
    const fitted = fitContext({
      ...request,
      systemPrompt,
      contextWindow,
      maxOutputTokens,
      ...(most !== undefined && { mostTokens: most }),
    });
    this.#truncated = fitted.truncatedContext;
    const done =
      most === undefined ? this.#done : withShortResults(this.#done, most / RESULTS_IN_ALL);
    const prompt = [...promptOf(fitted), ...done];
    this.#lastTokens = promptTokens(prompt);
    return prompt;
  }

  /** All calls of a round at once, each to its end; what they gave goes with the next call. */
  async #use(said: ModelAnswer, round: number): Promise<void> {
    const calls = said.calls.map((call, index) => this.#toolCall(call, { round, index }));
    const { voice } = this.#parts;
    for (const { idempotencyKey, input, ...place } of calls) {
      voice.report({ type: "tool-call", ...place, input: shownValue(input) });
    }
    const isCut = said.finishReason === "length";
    const outcomes = await Promise.all(
      calls.map((call, index) => (isCut ? { error: CUT_CALL } : this.#make(call, said, index))),
    );
    for (const [index, outcome] of outcomes.entries()) {
      const call = calls[index];
      if (isCut && call) this.#tell(call, outcome);
    }
    this.#done.push(
      { role: "assistant", content: wordsAndCalls(said) },
      { role: "tool", content: said.calls.map((call, i) => resultOf(call, outcomes[i])) },
    );
  }

  async #make(call: ToolCall, said: ModelAnswer, index: number): Promise<ToolOutcome> {
    const { voice, signal, tools } = this.#parts;
    const unreadable = said.calls[index] && inputOf(said.calls[index]) === undefined;
    const place = { round: call.round, index: call.index };
    const outcome = unreadable
      ? { error: "The arguments of the call are not JSON." }
      : await tools.call(call, signal, (progress) =>
          voice.report({ type: "tool-progress", ...place, ...progress }),
        );
    this.#tell(call, outcome);
    return outcome;
  }

  #tell({ idempotencyKey, input, ...place }: ToolCall, outcome: ToolOutcome): void {
    const { voice } = this.#parts;
    if ("error" in outcome) voice.report({ type: "tool-result", ...place, error: outcome.error });
    else voice.report({ type: "tool-result", ...place, output: shownValue(outcome.output) });
  }

  #toolCall(call: LanguageModelV4ToolCall, place: { round: number; index: number }): ToolCall {
    const { idempotencyKey } = this.#parts.request;
    return {
      ...place,
      toolCallId: call.toolCallId,
      name: call.toolName,
      input: inputOf(call) ?? call.input,
      idempotencyKey: `${idempotencyKey}:${place.round}:${place.index}`,
    };
  }
}

/** Neither a word nor a call: a model that only thought, or sent a picture, has not answered. */
function isEmpty(said: ModelAnswer, voice: Voice): boolean {
  const ended = said.finishReason === "stop" || said.finishReason === "other";
  return ended && said.calls.length === 0 && said.text.trim() === "" && !voice.has("text");
}

function inputOf({ input }: LanguageModelV4ToolCall): JsonValue | undefined {
  if (input.trim() === "") return {};
  const json = parseJson(input);
  return json.ok ? (json.value as JsonValue) : undefined;
}

function wordsAndCalls({ text, calls }: ModelAnswer) {
  const words = text === "" ? [] : [{ type: "text" as const, text }];
  const made = calls.map((call) => ({
    type: "tool-call" as const,
    toolCallId: call.toolCallId,
    toolName: call.toolName,
    input: inputOf(call) ?? {},
    ...(call.providerMetadata && { providerOptions: call.providerMetadata }),
  }));
  return [...words, ...made];
}

function resultOf(
  { toolCallId, toolName }: LanguageModelV4ToolCall,
  outcome: ToolOutcome | undefined,
): LanguageModelV4ToolResultPart {
  const { error = "The call was not made.", output } = {
    output: undefined,
    error: undefined,
    ...outcome,
  };
  const said =
    output === undefined
      ? { type: "error-text" as const, value: error }
      : { type: "text" as const, value: output };
  return { type: "tool-result", toolCallId, toolName, output: said };
}
