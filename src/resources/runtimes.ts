import type { RuntimeConfig } from "./agent";

export type Runtime = RuntimeConfig["runtime"];

/** Whose failures a runtime's are: `model_timeout`, or `agent_timeout`. */
export const FAILURE_FAMILIES: Record<Runtime, "model" | "agent"> = {
  chat: "model",
  http: "agent",
  code: "agent",
};

/** What a Shell has to say besides which runtime it is. */
export const NEEDED_FIELDS: Record<Runtime, "url" | "agent" | undefined> = {
  chat: undefined,
  http: "url",
  code: "agent",
};
