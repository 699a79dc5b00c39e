import * as z from "zod";
import { LIMITS } from "./limits";
import { anyRef } from "./refs";

const headers = z.record(z.string().min(1).max(128), z.string().max(4096));
const url = z.url().max(2048);
const durationMs = z
  .int()
  .min(1000)
  .max(24 * 60 * 60 * 1000);

export const ghostSpec = z.strictObject({
  systemPrompt: z.string().max(LIMITS.contentUnits),
  mcpServers: z
    .record(z.string().min(1).max(63), z.strictObject({ url, headers: headers.optional() }))
    .optional(),
});
export type GhostSpec = z.infer<typeof ghostSpec>;

export const modelParameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  maxOutputTokens: z.int().min(1).max(1_000_000).optional(),
  topP: z.number().min(0).max(1).optional(),
  reasoningEffort: z.enum(["none", "minimal", "low", "medium", "high"]).optional(),
});
export type ModelParameters = z.infer<typeof modelParameters>;

export const modelProvider = z.enum([
  "openai-compatible",
  "openai",
  "anthropic",
  "workers-ai",
  "demo",
]);

export const modelSpec = z.strictObject({
  provider: modelProvider,
  model: z.string().min(1).max(255),
  baseUrl: url.optional(),
  apiKey: z.string().min(1).max(4096).optional(),
  parameters: modelParameters.optional(),
  /** Tokens; the context is cut to fit. */
  contextWindow: z.int().min(256).max(100_000_000).optional(),
});
export type ModelSpec = z.infer<typeof modelSpec>;

export const shellSpec = z.strictObject({
  runtime: z.enum(["chat", "http"]),
  url: url.optional(),
  headers: headers.optional(),
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]+$/)
    .optional(),
});
export type ShellSpec = z.infer<typeof shellSpec>;

export const botSpec = z.strictObject({
  ghostRef: anyRef,
  modelRef: anyRef.optional(),
  shellRef: anyRef.optional(),
  parameters: modelParameters.optional(),
});
export type BotSpec = z.infer<typeof botSpec>;

export const retryRule = z.strictObject({
  maxAttempts: z.int().min(1).max(10),
  initialMs: z.int().min(1).max(600_000),
  factor: z.number().min(1).max(10),
  maxMs: z.int().min(1).max(3_600_000),
  jitter: z.boolean(),
});
export type RetryRule = z.infer<typeof retryRule>;

export const failureRule = z.union([
  z.enum(["abort", "continue"]),
  z.strictObject({ fallback: anyRef }),
  z.strictObject({ rollbackTo: z.string().min(1).max(63) }),
]);
export type FailureRule = z.infer<typeof failureRule>;

export const contextRule = z.enum(["none", "input", "previous", "all"]);
export type ContextRule = z.infer<typeof contextRule>;

export const teamMember = z.strictObject({
  role: z.string().min(1).max(63),
  botRef: anyRef,
  prompt: z.string().max(LIMITS.contentUnits).optional(),
  timeoutMs: durationMs.optional(),
  retry: retryRule.partial().optional(),
  onFailure: failureRule.optional(),
  critical: z.boolean().optional(),
  requireConfirmation: z.boolean().optional(),
  context: contextRule.optional(),
});
export type TeamMember = z.infer<typeof teamMember>;

export const teamSpec = z.strictObject({
  collaboration: z.enum(["solo", "pipeline"]),
  description: z.string().max(2000).optional(),
  onBusy: z.enum(["enqueue", "interrupt", "reject", "guide"]).optional(),
  timeoutMs: durationMs.optional(),
  errorBudget: z.int().min(0).max(1000).optional(),
  tokenLimit: z.int().min(1).optional(),
  members: z.array(teamMember).min(1).max(LIMITS.phases),
});
export type TeamSpec = z.infer<typeof teamSpec>;
