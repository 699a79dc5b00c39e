import type { StepFailure, StepFinish } from "../../resources/step";
import { failure } from "../failure";
import type { Voice } from "../voice";
import type { ModelAnswer } from "./answering";
import { UNKNOWN_END } from "./model-failure";

// Endings that providers write as a finish reason and that finish nothing.
const BROKEN_ENDINGS = ["error", "abort", "insufficient_system_resource"];

/** Why a call has not come to its end, where it has not: nothing that it asks for is done. */
export function brokenOff(said: ModelAnswer): StepFailure | undefined {
  const { usage, finishReason, rawReason, isCut } = said;
  if (finishReason === "content-filter") {
    const message = "The model's provider withheld the answer: content filter.";
    return failure("model_rejected", message, {
      usage,
      reason: "content_filter",
      finishReason,
    });
  }
  if (finishReason === "error" || BROKEN_ENDINGS.includes(rawReason ?? "")) {
    const message = "The model's provider broke the answer off.";
    return failure("model_unavailable", message, { usage, finishReason: rawReason ?? "error" });
  }
  // Nobody has given a reason: neither the provider, nor the bound that was reached.
  const isUnexplained = finishReason === "other" && rawReason === undefined && !isCut;
  if (!isUnexplained && finishReason !== "interrupted") return undefined;
  const message = "The model's answer broke off before its end.";
  return failure("model_unavailable", message, { usage, finishReason: UNKNOWN_END });
}

/** How an attempt ends with what a model has said last. */
export function endOf(
  said: ModelAnswer,
  voice: Voice,
  {
    truncatedContext = 0,
    hasFiles = false,
  }: { truncatedContext?: number; hasFiles?: boolean } = {},
): StepFinish | StepFailure {
  const broken = brokenOff(said);
  if (broken) return broken;
  const { usage, model, finishReason, isCut } = said;
  if (!voice.has("text") && !hasFiles && !isCut) {
    return failure("model_malformed", nothingSaid(said), { usage, retryable: false });
  }
  return {
    type: "finish",
    finishReason: isCut ? "length" : finishReason,
    model,
    ...(usage && { usage }),
    ...(truncatedContext > 0 && { truncatedContext }),
  };
}

/** What there was in place of an answer. */
function nothingSaid({ finishReason, words, calls, unshown }: ModelAnswer): string {
  const hasThought = words.some(({ type, text }) => type === "reasoning" && text.trim() !== "");
  if (calls.length > 0) {
    return finishReason === "length"
      ? "The model's limit of tokens cut its calls of tools, and it never answered."
      : "The model only called tools and never answered.";
  }
  if (finishReason === "length") {
    return hasThought
      ? "The model used up its limit of tokens with thinking, before it answered."
      : "The model's limit of tokens left no room for an answer.";
  }
  if (unshown.length > 0) {
    return `The model answered with what cannot be shown here: ${unshown.join(", ")}.`;
  }
  return hasThought
    ? "The model only thought and did not answer."
    : "The model's answer was empty.";
}
