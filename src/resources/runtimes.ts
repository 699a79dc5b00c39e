import type { RuntimeConfig } from "./agent";

export type Runtime = RuntimeConfig["runtime"];

/** Whose failures a runtime's are: `model_timeout`, or `agent_timeout`. */
export const FAILURE_FAMILIES: Record<Runtime, "model" | "agent"> = {
  chat: "model",
  http: "agent",
  a2a: "agent",
  code: "agent",
};

/** What a Shell has to say besides which runtime it is. */
export const NEEDED_FIELDS: Record<Runtime, "url" | "agent" | undefined> = {
  chat: undefined,
  http: "url",
  a2a: "url",
  code: "agent",
};

/** Those whose agents are at work elsewhere, and may say from where a next attempt goes on. */
export const RESUMABLE: Record<Runtime, boolean> = {
  chat: false,
  http: true,
  a2a: true,
  code: false,
};
