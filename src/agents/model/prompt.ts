import type { LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from "@ai-sdk/provider";
import type { JsonValue } from "../../protocol/json";
import type { ToolUse } from "../../protocol/tools/tool-use";
import type { FittedContext } from "./context";
import { filePartOf, partTokens } from "./files/message-files";
import { type DoneCall, spokenRound } from "./round-prompt";
import { beginning, estimateTokens } from "./tokens";

/** What a model is asked, as the SDK's providers take it. */
export function promptOf({ system, messages }: FittedContext): LanguageModelV4Prompt {
  const ids = new PastIds();
  const asked = messages.flatMap((message) => spokenMessage(message, ids));
  return system ? [{ role: "system", content: system }, ...asked] : asked;
}

/** Ids of calls in earlier turns: the provider's own may repeat; nine letters suit all. */
class PastIds {
  #made = 0;

  next(): string {
    return `past${String(++this.#made).padStart(5, "0")}`;
  }
}

type Asked = FittedContext["messages"][number];

/** A message with the tools that were used in its making: calls and results in pairs, in their places. */
function spokenMessage(message: Asked, ids: PastIds): LanguageModelV4Prompt {
  const { role, content, uses = [], parts = [] } = message;
  if (role === "user") {
    const words = content.trim() ? [{ type: "text" as const, text: content }] : [];
    return [{ role, content: [...words, ...parts.map(filePartOf)] }];
  }
  if (uses.length === 0) return [{ role, content: [{ type: "text", text: content }] }];
  const rounds = [...Map.groupBy(uses, ({ run = 0, round = 0 }) => `${run} ${round}`).values()];
  let said = 0;
  const spoken = rounds.flatMap((round): LanguageModelV4Prompt => {
    const until = Math.max(said, round[0]?.textOffset ?? said);
    const text = content.slice(said, until).trim();
    said = until;
    return spokenRound({
      round: 0,
      text,
      words: text === "" ? [] : [{ type: "text", text }],
      calls: round.map((use, index) => pastCall(use, index, ids.next())),
    });
  });
  // What comes next is a user's, which some providers refuse right behind a tool's answer.
  const rest = content.slice(said).trim() || NOTHING_MORE;
  return [...spoken, { role: "assistant", content: [{ type: "text", text: rest }] }];
}

const NOTHING_MORE = "[The answer ended here, without a word more.]";

function pastCall({ name, input, output, error }: ToolUse, index: number, id: string): DoneCall {
  const given = typeof output === "string" ? output : JSON.stringify(output);
  const outcome =
    output === undefined ? { error: error ?? "Its outcome is not known." } : { output: given };
  return { round: 0, index, toolCallId: id, name, input: pastInput(input), outcome };
}

/** What was no JSON, or is the beginning of a longer one, is text. */
function pastInput(input: JsonValue): JsonValue {
  return typeof input === "string" && input !== "" ? { beginning: input } : input;
}

/** Tokens of all that is said in a prompt, by a cautious guess. */
export function promptTokens(prompt: LanguageModelV4Prompt): number {
  return prompt.reduce((sum, message) => sum + messageTokens(message), 0);
}

const CUT_MARK = " […cut]";

/** The same with each tool's answer cut to so many tokens. */
export function withShortResults(
  prompt: LanguageModelV4Prompt,
  tokens: number,
): LanguageModelV4Prompt {
  return prompt.map((message) => {
    if (message.role !== "tool") return message;
    const content = message.content.map((part) =>
      part.type === "tool-result" ? { ...part, output: shortened(part.output, tokens) } : part,
    );
    return { ...message, content };
  });
}

function shortened(
  output: LanguageModelV4ToolResultOutput,
  tokens: number,
): LanguageModelV4ToolResultOutput {
  if (output.type === "text") return { ...output, value: cut(output.value, tokens) };
  if (output.type !== "content") return output;
  const value = output.value.map((part) =>
    part.type === "text" ? { ...part, text: cut(part.text, tokens) } : part,
  );
  return { ...output, value };
}

function cut(text: string, tokens: number): string {
  return estimateTokens(text) <= tokens ? text : beginning(text, tokens) + CUT_MARK;
}

function messageTokens({ content }: LanguageModelV4Prompt[number]): number {
  if (typeof content === "string") return estimateTokens(content);
  return content.reduce((sum, part) => sum + tokensOfPart(part), 0);
}

type Content = Exclude<LanguageModelV4Prompt[number]["content"], string>[number];
type Output = Extract<LanguageModelV4ToolResultOutput, { type: "content" }>["value"][number];

/** Bytes are no text. */
function tokensOfPart(part: Content | Output): number {
  if (part.type === "file" && part.data.type === "data" && typeof part.data.data === "string") {
    return partTokens({ mediaType: part.mediaType, base64: part.data.data });
  }
  if (part.type === "tool-result" && part.output.type === "content") {
    return part.output.value.reduce((sum, inner) => sum + tokensOfPart(inner), 0);
  }
  return estimateTokens("text" in part ? part.text : JSON.stringify(part));
}
