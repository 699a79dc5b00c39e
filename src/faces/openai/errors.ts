import type { Failure } from "../../protocol/errors";
import { headOf, type RefusedRequest } from "../../worker/problem";

/** An error as OpenAI's clients read it; `code` is the service's own. */
export type WireError = {
  message: string;
  type: string;
  code: string;
  param: string | null;
};

const TYPES: Record<number, string> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  429: "rate_limit_error",
};

function typeOf(status: number): string {
  return TYPES[status] ?? (status >= 500 ? "server_error" : "invalid_request_error");
}

/** Refusals whose status looks as though they would pass. */
const FINAL: ReadonlySet<string> = new Set(["quota_exceeded", "files_not_configured"]);

/** A refusal in the protocol's form; the field that it is about is its `param`. */
export function errorsAs(refused: RefusedRequest): Response {
  const { status, headers } = headOf(refused);
  const { code, message, issues = [] } = refused.refusal;
  const [issue] = issues;
  const param = issue?.path || null;
  const words = issue ? `${param === null ? "" : `${param}: `}${issue.message}` : message;
  // The client asks again by itself after these, and would be told the same.
  if (status === 409 || FINAL.has(code)) headers.set("x-should-retry", "false");
  const error: WireError = { message: words, type: typeOf(status), code, param };
  return Response.json({ error }, { status, headers });
}

/** Why there is no whole answer, with the status that its client understands. */
export function failureStatus({ code }: Failure): number {
  if (code.endsWith("_rate_limited")) return 429;
  if (code.endsWith("_timeout")) return 504;
  return code === "runtime_restarted" ? 503 : 502;
}

export function failureError(failure: Failure): WireError {
  const { code, message } = failure;
  return { message, type: typeOf(failureStatus(failure)), code, param: null };
}
