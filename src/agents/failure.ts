import type { z } from "zod";
import { FAILURES, type FailureCode, type failureDetails } from "../protocol/errors";
import type { Usage } from "../protocol/usage";
import type { StepFailure } from "../resources/step";

export type FailureMore = z.infer<typeof failureDetails> & {
  /** Milliseconds. */
  retryAfterMs?: number | undefined;
  /** Where it is not as the closed list has it. */
  retryable?: boolean | undefined;
  usage?: Usage | undefined;
  finishReason?: string | undefined;
};

/** A failure of the closed list; whether another attempt may mend it is the list's to say. */
export function failure(code: FailureCode, message: string, more: FailureMore = {}): StepFailure {
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  return {
    type: "failure",
    code,
    message,
    retryable: FAILURES[code].retryable,
    ...Object.fromEntries(given),
  };
}
