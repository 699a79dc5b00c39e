import * as z from "zod";
import { failureCode } from "../protocol/errors";
import type { JsonObject, JsonValue } from "../protocol/json";
import type { LogLevel } from "../protocol/log-entry";
import type { Usage } from "../protocol/usage";
import { modelParameters, modelProvider } from "./specs";

/** Where a provider's key comes from; the key itself is in no stored row. */
export const keySource = z.discriminatedUnion("from", [
  z.object({ from: z.literal("setting") }),
  z.object({ from: z.literal("sealed"), sealed: z.string() }),
]);
export type KeySource = z.infer<typeof keySource>;

export const modelConfig = z.object({
  /** `namespace/name` of the Model resource. */
  ref: z.string(),
  provider: modelProvider,
  model: z.string(),
  baseUrl: z.string().optional(),
  key: keySource.optional(),
  parameters: modelParameters,
  contextWindow: z.int(),
});
export type ModelConfig = z.infer<typeof modelConfig>;

export const runtimeConfig = z.discriminatedUnion("runtime", [
  z.object({ runtime: z.literal("chat") }),
  z.object({
    runtime: z.literal("http"),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    secret: keySource.optional(),
  }),
]);
export type RuntimeConfig = z.infer<typeof runtimeConfig>;

/** A Bot with everything that it refers to; in a plan the values of headers are sealed, like keys. */
export const agentConfig = z.object({
  /** `namespace/name` of the Bot resource. */
  bot: z.string(),
  systemPrompt: z.string(),
  mcpServers: z.record(
    z.string(),
    z.object({ url: z.string(), headers: z.record(z.string(), z.string()) }),
  ),
  model: modelConfig,
  runtime: runtimeConfig,
  /** Resource → `resourceVersion` at resolution. */
  versions: z.record(z.string(), z.string()),
});
export type AgentConfig = z.infer<typeof agentConfig>;

/** One turn of the conversation as a model gets it. */
export type ContextMessage = {
  role: "user" | "assistant" | "system";
  /** The phase whose result this is; absent for the conversation's own messages. */
  phase?: string;
  content: string;
};

/** Everything that a step's agent is given; plain data. */
export type StepRequest = {
  config: AgentConfig;
  taskId: string;
  turnId: string;
  step: string;
  phase: string;
  attempt: number;
  run: number;
  /** Stable over the attempts of a run. */
  idempotencyKey: string;
  /** What the user asked. */
  input: string;
  /** The member's own instruction, beside the ghost's prompt. */
  prompt?: string;
  /** Oldest first, without the input; may be longer than the model's window. */
  context: ContextMessage[];
};

/** What a step's agent yields, in order; ends with exactly one `finish` or `failure`. */
export type StepOutput =
  | { type: "text"; delta: string }
  | { type: "thinking"; delta: string }
  | StepReport
  | StepFinish
  | StepFailure;

/** What an agent tells of its work besides its text. */
export type StepReport =
  | { type: "progress"; percentComplete: number; message?: string }
  | { type: "log"; level: LogLevel; message: string; metadata?: JsonObject }
  | { type: "notify"; title: string; body?: string; data?: JsonObject }
  | { type: "tool-call"; toolCallId: string; name: string; input: JsonValue }
  | { type: "tool-result"; toolCallId: string; name: string; output: JsonValue }
  | { type: "tool-result"; toolCallId: string; name: string; error: string };

export type StepFinish = {
  type: "finish";
  finishReason: string;
  /** What the provider says answered; may be more exact than the config's model. */
  model: string;
  /** The step's result, where it is not just the text that was written. */
  output?: string;
  data?: JsonValue;
  usage?: Usage;
  /** How many context messages did not fit the window. */
  truncatedContext?: number;
};

export const stepFailure = z.object({
  type: z.literal("failure"),
  code: failureCode,
  /** Safe to show: never the provider's own text. */
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.int().optional(),
});
export type StepFailure = z.infer<typeof stepFailure>;
