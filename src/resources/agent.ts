import * as z from "zod";
import {
  modelCallFields,
  modelParameters,
  modelPrices,
  modelProvider,
  toolServerRules,
} from "./specs";

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
  ...modelCallFields,
  headers: z.record(z.string(), z.string()).optional(),
  prices: modelPrices.optional(),
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
  /** An agent of whichever making, by the address of its card. */
  z.object({
    runtime: z.literal("a2a"),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
  }),
  /** An agent that the deployer wrote, by its name. */
  z.object({ runtime: z.literal("code"), agent: z.string() }),
]);
export type RuntimeConfig = z.infer<typeof runtimeConfig>;

/** A Bot with everything that it refers to; in a plan the values of headers are sealed, like keys. */
export const agentConfig = z.object({
  /** `namespace/name` of the Bot resource. */
  bot: z.string(),
  systemPrompt: z.string(),
  mcpServers: z.record(
    z.string(),
    z.object({
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      ...toolServerRules,
    }),
  ),
  model: modelConfig,
  runtime: runtimeConfig,
  /** Resource → `resourceVersion` at resolution. */
  versions: z.record(z.string(), z.string()),
});
export type AgentConfig = z.infer<typeof agentConfig>;
