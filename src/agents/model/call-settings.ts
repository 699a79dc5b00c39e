import type { ModelConfig } from "../../resources/agent";
import type { ModelParameters } from "../../resources/specs";
import type { Doors } from "../doors";
import { given } from "./given";
import type { WatchLimits } from "./watch";

/** The model's own limits of silence, or the deployment's. */
export function limitsOf({ limits }: ModelConfig, { settings }: Doors): WatchLimits {
  return {
    firstByteMs: limits?.firstByteMs ?? settings.MODEL_FIRST_BYTE_TIMEOUT_MS,
    stallMs: limits?.stallMs ?? settings.MODEL_STALL_TIMEOUT_MS,
  };
}

/** A model's parameters as the SDK's providers take them. */
export function parametersOf({ parameters }: ModelConfig) {
  const { reasoningEffort, ...sampling } = parameters;
  return {
    ...given(sampling),
    ...(reasoningEffort ? { reasoning: reasoningEffort } : {}),
    providerOptions: { openai: openaiOptions(reasoningEffort) },
  };
}

// OpenAI keeps answers unless told not to, and its SDK drops the effort for models it does not know.
function openaiOptions(effort: ModelParameters["reasoningEffort"]) {
  return { store: false, ...(effort && effort !== "none" ? { forceReasoning: true } : {}) };
}
