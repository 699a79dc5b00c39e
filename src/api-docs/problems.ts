import {
  type ErrorCode,
  type Problem,
  problemOf,
  type RefusalDetails,
  refuse,
} from "../protocol/errors";
import type { ErrorForm } from "./description";
import { schemaOf } from "./json-schema";
import { MODELS } from "./models";
import { IDS } from "./samples";

type Case = { when: string; detail: string; details?: RefusalDetails };

/** When each code comes, with an example of what it says. */
const CASES: Record<ErrorCode, Case> = {
  unauthorized: {
    when: "No credential, or one that is wrong, expired or revoked.",
    detail: "The token has expired",
  },
  forbidden: {
    when: "You see it, but your role, scope or page's origin may not do this.",
    detail: "As viewer with scope write you may not.",
  },
  not_found: {
    when: "There is nothing here, or nothing that you may see.",
    detail: "There is no such task.",
  },
  recovery_invalid: {
    when: "A recovery token that was used, is another user's or task's, or is none.",
    detail: "The recovery token is not valid",
  },
  invalid_request: {
    when: "Path, query, header or body break the schema; `issues` say where.",
    detail: "The body is not valid",
    details: { issues: [{ path: "title", message: "Too big: expected at most 200 characters" }] },
  },
  invalid_transition: {
    when: "The status cannot change like this; `allowed` says what it can change to.",
    detail: "A task goes from RUNNING to COMPLETED by its turns only.",
    details: { from: "RUNNING", to: "COMPLETED", allowed: ["CANCELLED"] },
  },
  turn_active: {
    when: "`onBusy: reject`, and a turn is open; or an edit in a thread with an open turn.",
    detail: "A turn is active and the message asked to be rejected then.",
  },
  queue_full: { when: "Too many turns wait already.", detail: "20 turns are waiting already." },
  in_use: {
    when: "Something refers to it; `referrers` names what.",
    detail: "Other resources refer to this one",
    details: { referrers: ["Team/alice/crew"] },
  },
  conflict: {
    when: "Contradicts what is stored: a reused key, a stale version, an existing name.",
    detail: "The Idempotency-Key was used with another body",
  },
  task_cancelled: {
    when: "The task was cancelled and takes nothing more.",
    detail: "The task is cancelled and takes no more messages.",
  },
  session_expired: {
    when: "The session ended; make a new one.",
    detail: "The session has expired.",
  },
  payload_too_large: {
    when: "The body is too long.",
    detail: "The body is larger than 262144 bytes",
  },
  session_limit: {
    when: "Too many of your sessions are connected.",
    detail: "5 sessions are connected already.",
  },
  rate_limited: {
    when: "Too many requests; wait as long as `Retry-After` or `retryAfterMs` says.",
    detail: "Too many requests",
    details: { retryAfterMs: 4000 },
  },
  quota_exceeded: {
    when: "Your turns or tokens of the day are used up.",
    detail: "The turns of this day are used up",
    details: { retryAfterMs: 3_600_000 },
  },
  auth_not_configured: {
    when: "The service has neither a secret nor a key set; nobody gets in.",
    detail: "Neither a secret nor a key set is configured",
  },
  files_not_configured: {
    when: "The service has no bucket for files; all else works.",
    detail: "This service keeps no files: it has no bucket",
  },
  unavailable: {
    when: "For the moment; try again after `Retry-After`.",
    detail: "The service could not do this now; try again",
  },
  internal: {
    when: "A fault of ours; `requestId` finds it in the log.",
    detail: "Something went wrong",
    details: { requestId: IDS.request },
  },
};

export function whenOf(code: ErrorCode): string {
  return CASES[code].when;
}

function exampleProblem(code: ErrorCode): Problem {
  const { detail, details } = CASES[code];
  return problemOf(refuse(code, detail, details));
}

/** RFC 9457: the form of errors of the service's own API. */
export const PROBLEMS: ErrorForm = {
  prefix: "",
  type: "application/problem+json",
  content: (codes) => ({
    schema: {
      allOf: [
        schemaOf(MODELS.Problem),
        { type: "object", properties: { code: { enum: [...codes] } } },
      ],
    },
    example: exampleProblem(codes[0]),
  }),
};
