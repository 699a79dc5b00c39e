import type { StepFailure } from "../../resources/step";
import { failure } from "../failure";
import { CallFailed } from "./model-call";
import { usageOf } from "./model-usage";
import { faultIn, refusalOf } from "./refusal/refusal-of";

/** How an answer ended whose provider has not said so. */
export const UNKNOWN_END = "unknown";

/**
 * Whatever a provider or the AI SDK threw or streamed as an error, as one of the closed list, with what
 * the call cost. The messages are all our own: a provider's may quote keys, prompts and addresses.
 */
export function failureOf(error: unknown): StepFailure {
  if (error instanceof CallFailed) return failureOfCall(error);
  const { code, message, contextWindow, tool, ...more } = refusalOf(error);
  const usage = faultIn(error)?.usage;
  return failure(code, message, { ...more, usage: usage && usageOf(usage) });
}

function failureOfCall({ cause, usage, isCutOff }: CallFailed): StepFailure {
  const failed = failureOf(cause);
  return {
    ...failed,
    ...(usage && { usage }),
    ...(isCutOff && { finishReason: UNKNOWN_END }),
  };
}
