import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEV_VARS, ensureDevVars } from "./dev-vars";
import { parseDuration } from "./duration";
import { mintToken, ROOT, type TokenRequest } from "./local-identity";

const USAGE = `Usage: npm run token -- --sub USER [--scope read|write|admin] [--ttl 24h] [--name NAME]
  --sub    the user's id
  --scope  what the token may do (default: write)
  --ttl    how long it is valid: 30s, 15m, 1h, 7d (default: 24h)
  --name   the name that others see`;

const SCOPES = ["read", "write", "admin"];

const request = readRequest(process.argv.slice(2));
if (typeof request === "string") {
  console.error(`${request}\n\n${USAGE}`);
  process.exitCode = 2;
} else if (!request) console.log(USAGE);
else await print(request);

async function print(wanted: TokenRequest): Promise<void> {
  if (ensureDevVars(join(ROOT, DEV_VARS))) console.error(`Made ${DEV_VARS} with random secrets.`);
  const token = await mintToken(wanted);
  if (token) console.log(token);
  else {
    console.error(`AUTH_JWT_SECRET is not set in ${DEV_VARS}; there is nothing to sign with.`);
    process.exitCode = 1;
  }
}

/** The request, a complaint about it, or nothing when help is wanted. */
function readRequest(args: string[]): TokenRequest | string | undefined {
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
