import { ERRORS, problemOf, type Refusal, refuse } from "../protocol/errors";
import type { Scope } from "../protocol/identity";

export type ProblemOptions = {
  /** In place of the code's own, where HTTP has an exacter one. */
  status?: number;
  /** Besides, or in place of, those that belong to the code. */
  headers?: Record<string, string>;
};

/** Thrown where a request is refused; the error handler makes it the answer. */
export class RefusedRequest extends Error {
  readonly refusal: Refusal;
  readonly options: ProblemOptions;

  constructor(refusal: Refusal, options: ProblemOptions = {}) {
    super(refusal.message);
    this.refusal = refusal;
    this.options = options;
  }
}

/** Seconds after which to ask again where nothing better is known: a room or D1 restarts in less. */
const UNAVAILABLE_RETRY_S = 2;

/** Status and headers of a refusal, whatever form its body has. */
export function headOf({ refusal, options }: RefusedRequest): { status: number; headers: Headers } {
  const headers = new Headers();
  if (refusal.code === "unauthorized") {
    headers.set("WWW-Authenticate", challenge("invalid_token", refusal.message));
  }
  const seconds = retryAfterSeconds(refusal);
  if (seconds !== undefined) headers.set("Retry-After", String(seconds));
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  return { status: options.status ?? ERRORS[refusal.code].status, headers };
}

/** RFC 9457: the form of errors of the service's own API. */
export function problemResponse(refused: RefusedRequest): Response {
  const { status, headers } = headOf(refused);
  headers.set("Content-Type", "application/problem+json");
  const problem = { ...problemOf(refused.refusal), status };
  return new Response(JSON.stringify(problem), { status, headers });
}

/** A credential that is good, but for less than this (RFC 6750, section 3.1). */
export function insufficientScope(needed: Scope, message: string): RefusedRequest {
  const header = `${challenge("insufficient_scope", message)}, scope="${needed}"`;
  const options = { headers: { "WWW-Authenticate": header } };
  return new RefusedRequest(refuse("forbidden", message), options);
}

/** RFC 6750, section 3: the words may hold neither quotes nor anything but ASCII. */
function challenge(error: "invalid_token" | "insufficient_scope", words: string): string {
  const description = words.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "?");
  return `Bearer error="${error}", error_description="${description}"`;
}

function retryAfterSeconds({ code, retryAfterMs }: Refusal): number | undefined {
  if (retryAfterMs !== undefined) return Math.ceil(retryAfterMs / 1000);
  return code === "unavailable" ? UNAVAILABLE_RETRY_S : undefined;
}
