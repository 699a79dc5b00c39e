import type { ErrorCode, Refusal } from "../../protocol/errors";
import type { AppContext } from "../../worker/context";
import { headOf, type RefusedRequest } from "../../worker/problem";
import { metadataUrl } from "./metadata";

/** JSON-RPC 2.0, section 5.1; what it has no word for is the server's own error. */
const CODES: Partial<Record<ErrorCode, number>> = {
  invalid_request: -32600,
  payload_too_large: -32600,
  internal: -32603,
};
const SERVER_ERROR = -32000;

/**
 * A refusal before any message was read, so that it is of none. A client without a credential that holds
 * is told where to get one (RFC 9728, section 5.1).
 */
export function errorsAs(refused: RefusedRequest, c: AppContext): Response {
  const { status, headers } = headOf(refused);
  const challenge = headers.get("WWW-Authenticate");
  if (challenge !== null) {
    const parameter = `resource_metadata="${metadataUrl(c)}"`;
    const joint = challenge === "Bearer" ? " " : ", ";
    headers.set("WWW-Authenticate", challenge + joint + parameter);
  }
  const { code, ...rest } = refused.refusal;
  const error = { code: CODES[code] ?? SERVER_ERROR, message: wordsOf(refused.refusal) };
  const data = { code, ...(rest.requestId !== undefined && { requestId: rest.requestId }) };
  const body = { jsonrpc: "2.0", error: { ...error, data }, id: null };
  return Response.json(body, { status, headers });
}

/** A refusal in words, with the fields that it is about. */
export function wordsOf({ message, issues = [] }: Refusal): string {
  const fields = issues.map(({ path, message: why }) => (path === "" ? why : `${path}: ${why}`));
  return fields.length === 0 ? message : `${message}: ${fields.join("; ")}`;
}
