import type { RuntimeConfig } from "./agent";

export type Runtime = RuntimeConfig["runtime"];

/** Whose failures a runtime's are: `model_timeout`, or `agent_timeout`. */
export const FAILURE_FAMILIES: Record<Runtime, "model" | "agent"> = {
  chat: "model",
  http: "agent",
  code: "agent",
};
