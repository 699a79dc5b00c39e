import type { LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from "@ai-sdk/provider";
import type { ToolUse } from "../../protocol/tools/tool-use";
import type { FittedContext } from "./context";
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
function spokenMessage({ role, content, uses = [] }: Asked, ids: PastIds): LanguageModelV4Prompt {
  if (role === "user" || uses.length === 0) {
    return [{ role, content: [{ type: "text", text: content }] }];
  }
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
  const rest = content.slice(said).trim();
  if (rest === "") return spoken;
  return [...spoken, { role: "assistant", content: [{ type: "text", text: rest }] }];
}

function pastCall({ name, input, output, error }: ToolUse, index: number, id: string): DoneCall {
  const given = typeof output === "string" ? output : JSON.stringify(output);
  const outcome =
    output === undefined ? { error: error ?? "Its outcome is not known." } : { output: given };
  return { round: 0, index, toolCallId: id, name, input, outcome };
}

/** Tokens of all that is said in a prompt, by a cautious guess. */
export function promptTokens(prompt: LanguageModelV4Prompt): number {
  return prompt.reduce((sum, message) => sum + estimateTokens(textOf(message)), 0);
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
  if (output.type !== "text" || estimateTokens(output.value) <= tokens) return output;
  return { ...output, value: beginning(output.value, tokens) + CUT_MARK };
}

function textOf({ content }: LanguageModelV4Prompt[number]): string {
  if (typeof content === "string") return content;
  return content.map((part) => ("text" in part ? part.text : JSON.stringify(part))).join("");
}
