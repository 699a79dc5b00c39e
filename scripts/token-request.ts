import { parseArgs } from "node:util";
import { parseDuration } from "./duration";
import type { TokenRequest } from "./local-identity";

const SCOPES = ["read", "write", "admin"];

/** The request, a complaint about it, or nothing when help is wanted. */
export function readTokenRequest(args: string[]): TokenRequest | string | undefined {
  const values = options(args);
  if (typeof values === "string") return values;
  const { help, sub, scope, ttl = "24h", name } = values;
  if (help) return undefined;
  if (!sub) return "--sub is missing: whose token is it?";
  if (scope !== undefined && !SCOPES.includes(scope))
    return `--scope ${scope} is none of ${SCOPES.join(", ")}`;
  const ttlSeconds = parseDuration(ttl);
  if (!ttlSeconds) return `--ttl ${ttl} is not a duration such as 30s, 15m, 1h or 7d`;
  return { sub, ttlSeconds, ...(scope && { scope }), ...(name && { name }) };
}

function options(args: string[]) {
  const text = { type: "string" } as const;
  const known = {
    sub: text,
    scope: text,
    ttl: text,
    name: text,
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args, options: known }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
