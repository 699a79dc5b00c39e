import { refuse } from "../../protocol/errors";
import { RefusedRequest } from "../../worker/problem";

/** Refuses a request by one of its fields. */
export function notValid(path: string, message: string): RefusedRequest {
  const issues = [{ path, message }];
  return new RefusedRequest(refuse("invalid_request", "The request is not valid", { issues }));
}

/** The same refusal in the caller's own words: our names of fields become those of the request. */
export function inWordsOf(error: unknown, names: (path: string) => string): unknown {
  if (!(error instanceof RefusedRequest)) return error;
  const { refusal, options } = error;
  const issues = refusal.issues?.map(({ path, message }) => ({ path: names(path), message }));
  if (!issues) return error;
  const isTeam = issues.some(({ path }) => path === "model");
  const code = isTeam && refusal.code === "invalid_request" ? "not_found" : refusal.code;
  return new RefusedRequest({ ...refusal, code, issues }, options);
}
