import type { Refusal } from "../../protocol/errors";
import { headOf, type RefusedRequest } from "../../worker/problem";

/** A refusal in words: the client shows them as they are, and has no place for anything else. */
export function wordsOf({ message, issues = [] }: Refusal): string {
  const fields = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return fields.length === 0 ? message : `${message}: ${fields.join("; ")}`;
}

/** The client takes the text of an answer that is no success for the error's message. */
export function inWords(refused: RefusedRequest): Response {
  const { status, headers } = headOf(refused);
  headers.set("Content-Type", "text/plain; charset=utf-8");
  return new Response(wordsOf(refused.refusal), { status, headers });
}
