import { accepted, type Outcome, refuse, refused } from "../../protocol/errors";
import { bearersOf } from "../handshake";
import { isUpgrade } from "../upgrade";
import { invalidToken } from "./refusals";

/** Characters of a token: far over any issuer's, far under what it costs to decode one. */
const MAX_CHARS = 8192;
// RFC 6750, section 2.1.
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;
const SCHEME = /^Bearer(?: |$)/i;

/** What refuses a request that brings no credential of our kind at all. */
export const NO_CREDENTIAL = refuse("unauthorized", "A bearer token is required");

/**
 * The credential of a request: the header's or, on an upgrade without one, the subprotocol's,
 * since a page cannot set a WebSocket's headers. Never the URL's, which ends up in logs.
 */
export function bearerToken(request: Request): Outcome<string> {
  const header = request.headers.get("Authorization") ?? "";
  if (header.length > 2 * MAX_CHARS) return invalidToken("The token is too long");
  const token = BEARER.exec(header)?.[1] ?? subprotocolToken(request);
  if (token === undefined) {
    const isOurs = SCHEME.test(header);
    return isOurs ? invalidToken("Authorization is not of the form: Bearer token") : missing();
  }
  return token.length > MAX_CHARS ? invalidToken("The token is too long") : accepted(token);
}

function subprotocolToken(request: Request): string | undefined {
  if (!isUpgrade(request)) return undefined;
  const [token, ...others] = bearersOf(request);
  return others.length === 0 ? token : undefined;
}

function missing(): Outcome<never> {
  return refused(NO_CREDENTIAL);
}
