import type {
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import * as z from "zod";
import { type JsonValue, jsonValue, parseJson } from "../../protocol/json";
import type { StreamCall } from "../../protocol/room-state";
import type { DoneRound } from "../../resources/step";
import type { ToolOutcome } from "../tools/tool-box";
import { sentName } from "../tools/tool-names";
import type { ModelAnswer } from "./answering";
import { inWords } from "./context";
import { callKey, type FilePart, filePartOf } from "./files/message-files";
import { isFields } from "./wire/json";

/** One call of a round; without an outcome it is still to be made, or waits. */
export type DoneCall = Pick<StreamCall, "isMade" | "where" | "approval"> & {
  round: number;
  index: number;
  /** The run in which it was asked for, where that is an earlier one. */
  run?: number | undefined;
  toolCallId: string;
  name: string;
  input: JsonValue;
  isUnreadable?: boolean;
  providerOptions?: SharedV4ProviderOptions;
  /** As events show it. */
  shown?: {
    round: number;
    index: number;
    toolCallId: string;
    name: string;
    input: JsonValue;
    cut?: true;
  };
  outcome?: ToolOutcome;
};

export type RoundDone = {
  round: number;
  words: ModelAnswer["words"];
  text: string;
  calls: DoneCall[];
};

// Both are the provider's own: kept as they came, and given back to it alone.
const options = z.record(z.string(), z.record(z.string(), jsonValue));
const memo = z.object({
  words: z.array(
    z.object({
      type: z.enum(["text", "reasoning"]),
      text: z.string(),
      providerOptions: options.optional(),
    }),
  ),
  calls: z.array(options.nullable()),
});

/** What a provider wants back besides words, calls and results: signatures, and thinking that is sealed. */
export function memoOf({ words, calls }: RoundDone): JsonValue | undefined {
  const isSigned = [...words, ...calls].some(({ providerOptions }) => providerOptions);
  if (!isSigned) return undefined;
  const kept = { words, calls: calls.map(({ providerOptions }) => providerOptions ?? null) };
  const json = parseJson(JSON.stringify(memo.safeParse(kept).data ?? null));
  return jsonValue.safeParse(json.value).data ?? undefined;
}

/** Rounds of earlier attempts, as if they had been made in this one. */
export function roundsOf(rounds: readonly DoneRound[]): RoundDone[] {
  return rounds.map(({ round, run, text, thinking, calls, memo: kept }) => {
    const signed = memo.safeParse(kept).data;
    const plain = [
      ...(thinking === undefined ? [] : [{ type: "reasoning" as const, text: thinking }]),
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ];
    return {
      round,
      text,
      words: (signed?.words ?? plain) as RoundDone["words"],
      calls: calls.map(({ output, error, cut, ...call }, i) => {
        const providerOptions = signed?.calls[i] ?? undefined;
        const outcome = outcomeOf(output, error);
        return {
          ...call,
          round,
          run,
          ...(providerOptions && { providerOptions }),
          ...(outcome && { outcome }),
          // Arguments that were no JSON were kept as they came.
          ...(typeof call.input === "string" && { isUnreadable: true }),
        };
      }),
    };
  });
}

function outcomeOf(
  output: JsonValue | undefined,
  error: string | undefined,
): ToolOutcome | undefined {
  if (error !== undefined) return { error };
  if (output === undefined) return undefined;
  return { output: typeof output === "string" ? output : JSON.stringify(output) };
}

/** A round as a model is told of it: what it said and asked for, and what came of that. */
export function spokenRound(
  { words, calls }: RoundDone,
  files: ReadonlyMap<string, FilePart[]> = new Map(),
): LanguageModelV4Prompt {
  const made = calls.map(({ toolCallId, name, input, isUnreadable, providerOptions }) => ({
    type: "tool-call" as const,
    toolCallId,
    toolName: sentName(name),
    // Providers read their own words back, and take nothing but an object for a call's arguments.
    input: isFields(input) && !isUnreadable ? input : {},
    ...(providerOptions && { providerOptions }),
  }));
  // Some providers refuse a text of white space.
  const spoken = words.filter(({ type, text }) => type === "reasoning" || text.trim() !== "");
  return [
    { role: "assistant", content: [...spoken, ...made] },
    { role: "tool", content: calls.map((call) => resultOf(call, files.get(callKey(call)))) },
  ];
}

/** The same without a call: what the model said, and what came of what it asked for. */
export function roundInWords({ text, calls }: RoundDone): LanguageModelV4Prompt {
  const gave = calls.map(({ name, input, outcome = NOT_MADE }) =>
    inWords({
      ...{ name, input },
      ...("error" in outcome ? { error: outcome.error } : { output: outcome.output }),
    }),
  );
  const said = text.trim() === "" ? "I use my tools." : text;
  return [
    { role: "assistant", content: [{ type: "text", text: said }] },
    { role: "user", content: [{ type: "text", text: gave.join("\n\n") }] },
  ];
}

function resultOf(
  { toolCallId, name, outcome }: DoneCall,
  files: FilePart[] = [],
): LanguageModelV4ToolResultPart {
  const output = spokenOutcome(outcome);
  const result = { type: "tool-result" as const, toolCallId, toolName: sentName(name) };
  if (files.length === 0 || output.type !== "text") return { ...result, output };
  const value = [{ type: "text" as const, text: output.value }, ...files.map(filePartOf)];
  return { ...result, output: { type: "content", value } };
}

const NOT_MADE: ToolOutcome = { error: "The call was not made." };

export function spokenOutcome(
  outcome: ToolOutcome = NOT_MADE,
): LanguageModelV4ToolResultPart["output"] {
  return "error" in outcome
    ? { type: "error-text", value: outcome.error }
    : { type: "text", value: outcome.output };
}
