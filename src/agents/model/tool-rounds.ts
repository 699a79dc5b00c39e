import type {
  LanguageModelV4Prompt,
  LanguageModelV4ToolCall,
  LanguageModelV4ToolResultPart,
} from "@ai-sdk/provider";
import { type JsonValue, parseJson } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import type { StepRequest, ToolPlace } from "../../resources/step";
import { ShownValues } from "../tools/shown-values";
import type { ToolBox, ToolOutcome } from "../tools/tool-box";
import type { Voice } from "../voice";
import { type ModelAnswer, noteOf } from "./answering";

type Parts = {
  request: StepRequest;
  voice: Voice;
  signal: AbortSignal;
  tools: ToolBox;
};

/** Said to a model of a call that its own limit has cut in two. */
const CUT_CALL =
  "The call was cut off by the limit of tokens and was not made. Make a shorter one, or answer.";
const UNREADABLE_CALL = "The arguments of the call are not JSON.";

/** One call as it is to be made; without an input it cannot be. */
type Made = ToolPlace & {
  toolCallId: string;
  name: string;
  input: JsonValue;
  /** The same for every attempt at this very call. */
  key: string;
  isUnreadable: boolean;
};

/** The rounds of one attempt in which its model had tools called. */
export class ToolRounds {
  readonly #parts: Parts;
  readonly #shown = new ShownValues();
  readonly #done: LanguageModelV4Prompt = [];
  #fruitless = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What was said and done in them, as it follows the prompt. */
  get done(): LanguageModelV4Prompt {
    return this.#done;
  }

  /** Rounds since the last in which there was a call that could be made. */
  get fruitless(): number {
    return this.#fruitless;
  }

  /** All calls of a round at once, each to its end; what they gave goes with the next call. */
  async make(said: ModelAnswer, round: number): Promise<void> {
    const calls = said.calls.map((call, index) => this.#callOf(call, { round, index }));
    for (const call of calls) this.#announce(call);
    const isCut = said.finishReason === "length";
    const isFruitless = isCut || calls.every(({ isUnreadable }) => isUnreadable);
    this.#fruitless = isFruitless ? this.#fruitless + 1 : 0;
    const outcomes = await Promise.all(
      calls.map((call) => (isCut ? this.#told(call, { error: CUT_CALL }) : this.#use(call))),
    );
    this.#done.push(
      { role: "assistant", content: wordsAndCalls(said) },
      { role: "tool", content: said.calls.map((call, i) => resultOf(call, outcomes[i])) },
    );
  }

  async #use(call: Made): Promise<ToolOutcome> {
    if (call.isUnreadable) return this.#told(call, { error: UNREADABLE_CALL });
    const { voice, signal, tools } = this.#parts;
    const { round, index, name, input, key } = call;
    const outcome = await tools.call(name, input, {
      ...{ key, signal },
      onProgress: (progress) => voice.report({ type: "tool-progress", round, index, ...progress }),
    });
    return this.#told(call, outcome);
  }

  #announce({ input, ...call }: Made): void {
    const place = placeOf(call);
    const { value, cut } = this.#shown.take(input, JSON.stringify(place));
    this.#parts.voice.report({ type: "tool-call", ...place, input: value, ...(cut && { cut }) });
  }

  #told(call: Made, outcome: ToolOutcome): ToolOutcome {
    const isError = "error" in outcome;
    const { value, cut } = this.#shown.take(isError ? outcome.error : outcome.output, "");
    const result = isError ? { error: String(value) } : { output: value };
    const { voice } = this.#parts;
    voice.report({ type: "tool-result", ...placeOf(call), ...result, ...(cut && { cut }) });
    return outcome;
  }

  #callOf(call: LanguageModelV4ToolCall, place: { round: number; index: number }): Made {
    const { idempotencyKey } = this.#parts.request;
    const input = inputOf(call);
    return {
      ...place,
      toolCallId: call.toolCallId,
      name: call.toolName,
      input: input ?? call.input,
      key: `${idempotencyKey}:${place.round}:${place.index}`,
      isUnreadable: input === undefined,
    };
  }
}

/** Names and ids are the provider's, of any length. */
function placeOf({ round, index, toolCallId, name }: Omit<Made, "input">) {
  return { round, index, toolCallId: bounded(toolCallId), name: bounded(name) };
}

function bounded(text: string): string {
  return text.slice(0, LIMITS.toolNameChars).toWellFormed();
}

function inputOf(call: LanguageModelV4ToolCall): JsonValue | undefined {
  if (noteOf(call, "unreadable") === true) return undefined;
  if (call.input.trim() === "") return {};
  const json = parseJson(call.input);
  return json.ok ? (json.value as JsonValue) : undefined;
}

function wordsAndCalls({ words, calls }: ModelAnswer) {
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
  outcome: ToolOutcome = { error: "The call was not made." },
): LanguageModelV4ToolResultPart {
  const output =
    "error" in outcome
      ? { type: "error-text" as const, value: outcome.error }
      : { type: "text" as const, value: outcome.output };
  return { type: "tool-result", toolCallId, toolName, output };
}
