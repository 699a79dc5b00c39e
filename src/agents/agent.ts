import type { StepEnd, StepRequest } from "../resources/step";
import { failure } from "./failure";
import type { Voice } from "./voice";

/**
 * Does a step, one attempt of it: speaks through `voice` and returns how it ended. It is told to stop by
 * `signal` and need not hurry: from then on nobody hears it. An `AttemptEnded` that it throws is how the
 * attempt ends; anything else that it throws is an `agent_unavailable`, which is tried again.
 */
export type Agent<Request extends StepRequest = StepRequest> = (
  request: Request,
  voice: Voice,
  signal: AbortSignal,
) => Promise<StepEnd>;

/** Why a signal is aborted, where another attempt of the same run follows: it may go on with what is at work elsewhere. */
export class AnotherFollows extends Error {}

/** Ends an attempt from wherever it is thrown. */
export class AttemptEnded extends Error {
  readonly end: StepEnd;

  constructor(end: StepEnd) {
    super(end.type === "failure" ? end.message : end.type);
    this.end = end;
  }
}

/** Why an agent gives up; the message is shown to the people in the room. */
export class AgentFailed extends AttemptEnded {
  /** `retryable`: another attempt may mend it. */
  constructor(message: string, { retryable = true } = {}) {
    super(failure(retryable ? "agent_unavailable" : "agent_rejected", message));
  }
}
