import type { StepFailure } from "../../resources/step";
import { failure } from "../failure";

/** What an agent sent cannot be used; the message is ours and safe to show. */
export class MalformedAnswer extends Error {}

/** Whatever went wrong while an agent was called; `answering` once its headers have come. */
export function agentFailureOf(error: unknown, answering: boolean): StepFailure {
  if (error instanceof MalformedAnswer) return failure("agent_malformed", error.message);
  return failure(
    "agent_unavailable",
    answering ? "The agent's answer broke off before its end." : "The agent cannot be reached.",
  );
}

/** A status that is no success (contract section 8); the body is the agent's own and not read. */
export function agentFailureOfStatus(status: number, retryAfter?: number): StepFailure {
  if (status === 429) {
    return failure("agent_rate_limited", "The agent limits requests.", {
      retryAfterMs: retryAfter,
    });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return failure("agent_unavailable", `The agent is not available (HTTP ${status}).`, {
      retryAfterMs: retryAfter,
    });
  }
  if (status >= 400) {
    return failure("agent_rejected", `The agent rejects the request (HTTP ${status}).`);
  }
  return failure("agent_rejected", "The agent's address redirects, which is not followed.");
}
