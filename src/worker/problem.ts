import { problemOf, type Refusal } from "../protocol/errors";

/** Thrown where a request is refused; the error handler makes it the answer. */
export class RefusedRequest extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Seconds after which to ask again where nothing better is known: a room or D1 restarts in less. */
const UNAVAILABLE_RETRY_S = 2;

/** RFC 9457, with the headers that belong to single codes. */
export function problemResponse(refusal: Refusal): Response {
  const problem = problemOf(refusal);
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  if (refusal.code === "unauthorized") headers.set("WWW-Authenticate", "Bearer");
  const seconds = retryAfterSeconds(refusal);
  if (seconds !== undefined) headers.set("Retry-After", String(seconds));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

function retryAfterSeconds({ code, retryAfterMs }: Refusal): number | undefined {
  if (retryAfterMs !== undefined) return Math.ceil(retryAfterMs / 1000);
  return code === "unavailable" ? UNAVAILABLE_RETRY_S : undefined;
}
