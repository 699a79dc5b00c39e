import type { ErrorCode, Problem, Refusal } from "../protocol/errors";
import type { Issue } from "../protocol/issues";

/** What goes wrong on this side of the wire. */
export type ClientErrorCode =
  /** What `createClient` was given can't be used; its words say what is wrong. */
  | "bad_options"
  /** The server could not be reached, or did not answer in time. */
  | "network"
  /** What answered is no Taskroom. */
  | "bad_answer"
  /** The connection broke before the reply; whether the command took effect is not known. */
  | "connection_lost"
  /** The connection was closed for good. */
  | "closed"
  /** As many messages as may be are waiting already. */
  | "outbox_full";

type Details = {
  status?: number;
  title?: string;
  issues?: Issue[];
  retryAfterMs?: number;
  requestId?: string;
  /** Members that single codes add, such as `from`, `to`, `allowed`, `referrers`. */
  problem?: Problem | Refusal;
  cause?: unknown;
};

/** Every failure that the client tells of; `code` is the contract's, or the client's own. */
export class TaskroomError extends Error {
  override readonly name = "TaskroomError";
  readonly code: ErrorCode | ClientErrorCode;
  /** HTTP status; absent where there was no answer, and on errors that came over a socket. */
  readonly status: number | undefined;
  readonly title: string | undefined;
  readonly detail: string;
  readonly issues: Issue[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  readonly problem: Problem | Refusal | undefined;

  constructor(code: ErrorCode | ClientErrorCode, detail: string, details: Details = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.detail = detail;
    this.status = details.status;
    this.title = details.title;
    this.issues = details.issues;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
    this.problem = details.problem;
  }
}

/** The caller's own mistake: another try would end the same way. */
export function badOptions(detail: string, cause?: unknown): TaskroomError {
  return new TaskroomError("bad_options", detail, { cause });
}

/** The caller's own token function failed; it will be asked again. */
export function noToken(cause: unknown): TaskroomError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new TaskroomError("network", `there is no token to connect with${why}`, { cause });
}

/** What a request or a token function rejected with, as one kind of error. */
export function failureOf(cause: unknown): TaskroomError {
  return cause instanceof TaskroomError ? cause : noToken(cause);
}

/** The text of what goes over the wire; throws a `TaskroomError` where there is none. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new TaskroomError("invalid_request", `this can't be written as JSON: ${cause}`, {
      cause,
    });
  }
}

/** What a room refused. */
export function refusalError(refusal: Refusal): TaskroomError {
  const { code, message, issues, retryAfterMs, requestId } = refusal;
  return new TaskroomError(code, message, {
    problem: refusal,
    ...(issues && { issues }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(requestId !== undefined && { requestId }),
  });
}
