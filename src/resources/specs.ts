import * as z from "zod";
import { jsonBytes } from "../protocol/bytes";
import { jsonValue } from "../protocol/json";
import { LIMITS } from "../protocol/limits";
import { currency } from "../protocol/operator/currency";
import { anyRef } from "../protocol/refs";
import { onBusy } from "../protocol/turn";

/** What a secret is read back as; sent on PUT, it keeps the stored one. */
export const MASK = "•••";

/** Text that is kept sealed; the mask stands for what is stored. */
function secretText(pattern: string, form: string) {
  const regex = new RegExp(`^(?:${MASK}|${pattern})$`);
  return z
    .string()
    .max(4096)
    .regex(regex, { error: `not ${form}` });
}

/** Names and values as HTTP takes them (RFC 9110, section 5); a mask keeps the stored value. */
const headers = z
  .record(
    z
      .string()
      .max(128)
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: "not a header's name" }),
    secretText("[\\x20-\\x7e]*", "visible ASCII"),
  )
  .refine((value) => Object.keys(value).length <= LIMITS.headers, {
    error: `more than ${LIMITS.headers} headers`,
  });
const url = z.url().max(2048);
const durationMs = z
  .int()
  .min(1000)
  .max(24 * 60 * 60 * 1000);

/** Rules for the calls of a server's tools. None of them is a secret. */
export const toolServerRules = {
  /** Milliseconds for one call; progress begins them again. */
  timeoutMs: z.int().min(1).max(LIMITS.toolCallMs).optional(),
  /** Which calls a person must allow; absent: none. */
  approval: z
    .union([
      z.enum(["never", "always"]),
      z.strictObject({
        tools: z.array(z.string().min(1).max(LIMITS.toolNameChars)).max(LIMITS.namedTools),
      }),
    ])
    .optional(),
  /** Whether a call that was sent, and whose result was lost, is made again. */
  onLost: z.literal("repeat").optional(),
};

const toolServer = z.strictObject({ url, headers: headers.optional(), ...toolServerRules });

export const ghostSpec = z.strictObject({
  systemPrompt: z.string().max(LIMITS.contentUnits),
  mcpServers: z
    .record(z.string().min(1).max(63), toolServer)
    .refine((value) => Object.keys(value).length <= LIMITS.mcpServers, {
      error: `more than ${LIMITS.mcpServers} servers`,
    })
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

const silenceMs = z.int().min(1).max(LIMITS.silenceMs);

/** How a model is called, where that is not as most servers take it. None of it is a secret. */
export const modelCallFields = {
  /** Milliseconds without a byte, before the first one and after it. */
  limits: z
    .strictObject({ firstByteMs: silenceMs.optional(), stallMs: silenceMs.optional() })
    .optional(),
  /** Added to the address. */
  query: z.record(z.string().min(1).max(128), z.string().max(2048)).optional(),
  /** Merged into the request, over what stands there. */
  extraBody: z
    .record(z.string().max(128), jsonValue)
    .refine((value) => jsonBytes(value) <= LIMITS.extraBodyBytes, {
      error: `more than ${LIMITS.extraBodyBytes} bytes of JSON`,
    })
    .optional(),
  /** What the answer's limit is called. */
  tokenLimitField: z.enum(["max_tokens", "max_completion_tokens", "none"]).optional(),
  /** Whether usage is asked for; absent: yes. */
  streamUsage: z.boolean().optional(),
  /** Whether `<think>…</think>` in the text is thinking; absent: yes. */
  thinkTags: z.boolean().optional(),
  /** What the model takes; absent: everything. */
  input: z
    .array(z.enum(["text", "image", "file"]))
    .max(3)
    .optional(),
};

const price = z.number().min(0).max(1_000_000);

/** What a model's tokens cost, by the million. */
export const modelPrices = z.strictObject({
  inputPerMillion: price,
  outputPerMillion: price,
  /** Of input that the provider took from its cache; absent: as other input. */
  cachedInputPerMillion: price.optional(),
  /** Absent: USD. */
  currency: currency.optional(),
});
export type ModelPrices = z.infer<typeof modelPrices>;

export const modelSpec = z.strictObject({
  provider: modelProvider,
  model: z.string().min(1).max(255),
  baseUrl: url.optional(),
  apiKey: secretText("[\\x21-\\x7e]+", "visible ASCII").optional(),
  parameters: modelParameters.optional(),
  /** Tokens; the context is cut to fit. */
  contextWindow: z.int().min(256).max(100_000_000).optional(),
  ...modelCallFields,
  headers: headers.optional(),
  prices: modelPrices.optional(),
});
export type ModelSpec = z.infer<typeof modelSpec>;

export const shellSpec = z.strictObject({
  runtime: z.enum(["chat", "http", "a2a", "code"]),
  /** Of `http`: the agent's address. Of `a2a`: that of its card, or the origin where it is well known. */
  url: url.optional(),
  /** Of `code`: the name of an agent that the deployer of the service wrote. */
  agent: z.string().min(1).max(63).optional(),
  headers: headers.optional(),
  secret: secretText("whsec_[A-Za-z0-9+/=]+", "of the form whsec_ and base64").optional(),
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

/** Where one of the fields is there, it is meant, and what is wrong in it is said. */
const failureForms = ({ input }: { input?: unknown }) =>
  typeof input === "object" && input !== null && ("fallback" in input || "rollbackTo" in input)
    ? undefined
    : 'write "abort", "continue", {"fallback": a reference to a Bot} or {"rollbackTo": an earlier role}';

export const failureRule = z.union(
  [
    z.enum(["abort", "continue"]),
    z.strictObject({ fallback: anyRef }),
    z.strictObject({ rollbackTo: z.string().min(1).max(63) }),
  ],
  { error: failureForms },
);
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
  onBusy: onBusy.optional(),
  timeoutMs: durationMs.optional(),
  errorBudget: z.int().min(0).max(1000).optional(),
  tokenLimit: z.int().min(1).optional(),
  /** Calls of a model in one attempt that may end in calls of tools. */
  maxRounds: z.int().min(1).max(64).optional(),
  members: z.array(teamMember).min(1).max(LIMITS.phases),
});
export type TeamSpec = z.infer<typeof teamSpec>;

/** Specs as callers may write them: references also as text. */
export type GivenGhost = z.input<typeof ghostSpec>;
export type GivenModel = z.input<typeof modelSpec>;
export type GivenShell = z.input<typeof shellSpec>;
export type GivenBot = z.input<typeof botSpec>;
export type GivenTeam = z.input<typeof teamSpec>;
export type GivenSpecs = {
  Ghost: GivenGhost;
  Model: GivenModel;
  Shell: GivenShell;
  Bot: GivenBot;
  Team: GivenTeam;
};
