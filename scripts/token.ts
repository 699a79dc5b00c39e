import { join } from "node:path";
import { DEV_VARS, ensureDevVars } from "./dev-vars";
import { mintToken, ROOT, type TokenRequest } from "./local-identity";
import { readTokenRequest } from "./token-request";

const USAGE = `Usage: npm run token -- --sub USER [--scope read|write|admin] [--ttl 24h] [--name NAME]
  --sub    the user's id
  --scope  what the token may do (default: write)
  --ttl    how long it is valid: 30s, 15m, 1h, 7d (default: 24h)
  --name   the name that others see`;

const request = readTokenRequest(process.argv.slice(2));
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
