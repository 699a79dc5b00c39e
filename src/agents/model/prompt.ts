import type { LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from "@ai-sdk/provider";
import type { FittedContext } from "./context";
import { beginning, estimateTokens } from "./tokens";

/** What a model is asked, as the SDK's providers take it. */
export function promptOf({ system, messages }: FittedContext): LanguageModelV4Prompt {
  const asked = messages.map(({ role, content }) => ({
    role,
    content: [{ type: "text" as const, text: content }],
  }));
  return system ? [{ role: "system", content: system }, ...asked] : asked;
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
