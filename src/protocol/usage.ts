import * as z from "zod";

/** Tokens as the provider counts them; what it did not say is absent. */
export const usage = z.object({
  inputTokens: z.int().optional(),
  outputTokens: z.int().optional(),
  totalTokens: z.int().optional(),
  reasoningTokens: z.int().optional(),
  cachedInputTokens: z.int().optional(),
});
export type Usage = z.infer<typeof usage>;

const FIELDS = Object.keys(usage.shape) as (keyof Usage)[];

export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (!a || !b) return a ?? b;
  const sum: Usage = {};
  for (const field of FIELDS) {
    if (a[field] !== undefined || b[field] !== undefined) {
      sum[field] = (a[field] ?? 0) + (b[field] ?? 0);
    }
  }
  // One of them may have named no total of its own.
  if (sum.totalTokens !== undefined) sum.totalTokens = tokensOf(a) + tokensOf(b);
  return sum;
}

/** All tokens, whether or not the provider added them up. */
export function tokensOf(used: Usage | undefined): number {
  const { inputTokens = 0, outputTokens = 0, totalTokens } = used ?? {};
  return totalTokens ?? inputTokens + outputTokens;
}
