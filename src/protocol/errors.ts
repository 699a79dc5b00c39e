import * as z from "zod";
import { issue } from "./issues";

/** Every error a caller can get: the closed table of contract section 2. */
export const ERRORS = {
  unauthorized: { status: 401, title: "Authentication is missing or not valid" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  recovery_invalid: { status: 404, title: "The recovery token is not valid" },
  invalid_request: { status: 400, title: "The request is not valid" },
  invalid_transition: { status: 409, title: "The status cannot change like this" },
  turn_active: { status: 409, title: "A turn is active" },
  queue_full: { status: 409, title: "Too many turns are waiting" },
  in_use: { status: 409, title: "The resource is in use" },
  conflict: { status: 409, title: "Conflicts with what is stored" },
  task_cancelled: { status: 409, title: "The task is cancelled" },
  session_expired: { status: 410, title: "The session has expired" },
  payload_too_large: { status: 413, title: "The payload is too large" },
  session_limit: { status: 429, title: "Too many connected sessions" },
  rate_limited: { status: 429, title: "Too many requests" },
  quota_exceeded: { status: 429, title: "The quota is used up" },
  auth_not_configured: { status: 503, title: "Authentication is not configured" },
  files_not_configured: { status: 503, title: "Files are not configured" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  internal: { status: 500, title: "Internal error" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;
const errorCodes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
export const errorCode = z.enum(errorCodes);

/** Why a turn or step failed, and whether another attempt may mend it (contract sections 2 and 5). */
export const FAILURES = {
  model_rate_limited: { retryable: true },
  model_unavailable: { retryable: true },
  model_timeout: { retryable: true },
  model_rejected: { retryable: false },
  model_malformed: { retryable: true },
  agent_rate_limited: { retryable: true },
  agent_unavailable: { retryable: true },
  agent_timeout: { retryable: true },
  agent_rejected: { retryable: false },
  agent_malformed: { retryable: true },
  turn_timeout: { retryable: false },
  confirm_timeout: { retryable: false },
  error_budget: { retryable: false },
  runtime_restarted: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type FailureCode = keyof typeof FAILURES;
const failureCodes = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]];
export const failureCode = z.enum(failureCodes);

/** What a provider's machine-readable refusal comes to (contract section 12). */
export const failureReason = z.enum([
  "context_overflow",
  "quota_exhausted",
  "bad_credentials",
  "unknown_model",
  "unsupported_parameter",
  "content_filter",
  "rate_limited",
  "overloaded",
]);
export type FailureReason = z.infer<typeof failureReason>;

/** What says more of a failure than its code. */
export const failureDetails = z.object({
  reason: failureReason.optional(),
  /** Which parameter was refused. */
  parameter: z.string().optional(),
  httpStatus: z.int().optional(),
});

export const failure = z.object({
  code: failureCode,
  message: z.string(),
  ...failureDetails.shape,
});
export type Failure = z.infer<typeof failure>;

/** Members that single codes add to a problem (contract sections 2 and 4). */
export const refusalDetails = z.object({
  issues: z.array(issue).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  allowed: z.array(z.string()).optional(),
  referrers: z.array(z.string()).optional(),
  retryAfterMs: z.int().optional(),
  requestId: z.string().optional(),
});
export type RefusalDetails = z.infer<typeof refusalDetails>;

/** What refuses a command, as data: it crosses RPC and becomes a problem or an error frame at the edge. */
export const refusal = z.object({ code: errorCode, message: z.string(), ...refusalDetails.shape });
export type Refusal = z.infer<typeof refusal>;

export function refuse(code: ErrorCode, message: string, details: RefusalDetails = {}): Refusal {
  return { code, message, ...details };
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export function accepted<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function refused(refusal: Refusal): { ok: false; refusal: Refusal } {
  return { ok: false, refusal };
}

/** RFC 9457 problem; `type` is stable per code and needs not resolve. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: errorCode,
  ...refusalDetails.shape,
});
export type Problem = z.infer<typeof problem>;

export function problemOf({ code, message, ...details }: Refusal): Problem {
  const { status, title } = ERRORS[code];
  return { type: `urn:taskroom:error:${code}`, title, status, detail: message, code, ...details };
}
