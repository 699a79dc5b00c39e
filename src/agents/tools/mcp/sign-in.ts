import { McpFault } from "./mcp-fault";

// RFC 6750, section 3.1; RFC 9449, section 7.1.
const ERRORS = ["invalid_token", "insufficient_scope", "invalid_request", "invalid_dpop_proof"];
const SCHEMES = ["basic", "bearer", "digest", "dpop", "negotiate"];
const SCOPES = /^[\w.:/-]{1,64}( [\w.:/-]{1,64}){0,9}$/;

/** A server does not take the credentials of a request, or the lack of them. */
export function needsSignIn(status: number, challenge: string | null): McpFault {
  const told = [`HTTP ${status}`, ...challengeWords(challenge ?? "")].join(", ");
  const message = `needs sign-in: it does not accept the credentials in its headers, or there are none (${told})`;
  return new McpFault("sign-in", message, { status });
}

/** What `WWW-Authenticate` (RFC 9110, section 11.6.1) says in words that are known; the rest is not shown. */
function challengeWords(challenge: string): string[] {
  const text = challenge.slice(0, 2000);
  const scheme = /^\s*([a-z]+)\b/i.exec(text)?.[1] ?? "";
  const error = parameter(text, "error");
  const scope = parameter(text, "scope");
  return [
    ...(SCHEMES.includes(scheme.toLowerCase()) ? [scheme] : []),
    ...(ERRORS.includes(error) ? [error] : []),
    ...(SCOPES.test(scope) ? [`scope ${scope}`] : []),
  ];
}

function parameter(text: string, name: string): string {
  const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]{0,700})"|([^\\s",]{1,200}))`, "i").exec(
    text,
  );
  return found?.[1] ?? found?.[2] ?? "";
}
