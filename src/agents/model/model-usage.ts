import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Usage } from "../../protocol/usage";

/** `undefined` when the provider counted nothing. The SDK says zero for some of what it was not told. */
export function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage | undefined {
  const [input, output] = [inputTokens.total, outputTokens.total];
  const told = input !== undefined || output !== undefined;
  const counts = {
    inputTokens: input,
    outputTokens: output,
    totalTokens: told ? (input ?? 0) + (output ?? 0) : undefined,
    reasoningTokens: outputTokens.reasoning,
    cachedInputTokens: inputTokens.cacheRead,
  };
  const counted = Object.entries(counts).filter(([, count]) => Number.isInteger(count) && count);
  return counted.length > 0 ? Object.fromEntries(counted) : undefined;
}
