import { type Refusal, refuse } from "../../protocol/errors";
import type { Issue } from "../../protocol/issues";
import { headOf, RefusedRequest } from "../../worker/problem";

/** A refusal in words, with the path of each field that is wrong: a client shows them, and little else. */
export function wordsOf({ message, issues = [] }: Refusal): string {
  const fields = issues.map(({ path, message: words }) =>
    path === "" ? words : `${path}: ${words}`,
  );
  return fields.length === 0 ? message : `${message}: ${fields.join("; ")}`;
}

/** Before a run has started: the client makes its error of status and body. */
export function errorsAs(refused: RefusedRequest): Response {
  const { status, headers } = headOf(refused);
  const { message: _, ...details } = refused.refusal;
  return Response.json({ message: wordsOf(refused.refusal), ...details }, { status, headers });
}

export function notValid(...issues: Issue[]): RefusedRequest {
  return new RefusedRequest(refuse("invalid_request", "The request is not valid", { issues }));
}
