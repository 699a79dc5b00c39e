// `npm start` and `npm run dev`: the whole service on this machine.
import { dirname, join, resolve } from "node:path";
import { DEV_VARS, ensureDevVars } from "./dev-vars";
import { waitForHealth } from "./health";
import { migrateLocally } from "./local-database";
import { devVarsFor, mintToken, ROOT } from "./local-identity";
import { DEFAULT_PORT } from "./port.mjs";
import { ensureSite } from "./site-build";
import { stopWithUs, sweepOrphans } from "./stop";
import { startWrangler } from "./wrangler";
import { readWranglerOptions, withoutOurOwn } from "./wrangler-options";

/** After so long it is said that it takes long. */
const PATIENCE_MS = 60_000;
const NEVER_MS = Number.POSITIVE_INFINITY;

const args = process.argv.slice(2);
const options = readWranglerOptions(args);
const port = options.port ?? DEFAULT_PORT;
const origin = `${options.secure ? "https" : "http"}://${shownHost(options.ip)}:${port}`;

if (await prepare()) await serve();
else process.exitCode = 1;

async function prepare(): Promise<boolean> {
  if (ensureDevVars(join(ROOT, DEV_VARS))) console.log(`Made ${DEV_VARS} with random secrets.`);
  const [isBuilt, failure] = await Promise.all([ensureSite(), migrateLocally(args)]);
  if (isBuilt) console.log("Built the console and the pages of the API.");
  if (failure !== undefined) console.error(`${failure}\nThe migrations failed.`);
  return failure === undefined;
}

async function serve(): Promise<void> {
  const child = startWrangler(["dev", ...withoutOurOwn(args), ...additions()], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const wasAsked = stopWithUs(child);
  child.on("exit", (code) => {
    sweepOrphans();
    // Stopped as asked is a success, whatever wrangler makes of it; anything else is its own word.
    process.exit(wasAsked() ? 0 : (code ?? 1));
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  let health = await waitForHealth(origin, { hasEnded, deadlineMs: PATIENCE_MS });
  if (health === "unhealthy") {
    console.error(`${origin}/healthz does not answer 200 yet. With --verbose the server says why.`);
    health = await waitForHealth(origin, { hasEnded, deadlineMs: NEVER_MS });
  }
  if (health === "healthy") console.log(await welcome());
}

/** What the caller's options leave open. */
function additions(): string[] {
  const config = resolve(ROOT, options.config ?? "wrangler.toml");
  const devVars = devVarsFor(config, options.env);
  return [
    ...(options.port === undefined ? ["--port", String(port)] : []),
    // Its tables, its warnings and a line for each request.
    ...(options.verbose ? [] : ["--log-level", "error"]),
    // Its hot keys would take the terminal, and repaint over what we print.
    ...(options.interactive ? [] : ["--show-interactive-dev-session=false"]),
    // Wrangler looks for secrets beside the configuration only.
    ...(dirname(devVars) === dirname(config) ? [] : ["--env-file", devVars]),
  ];
}

async function welcome(): Promise<string> {
  const token = await mintToken({ sub: "dev", name: "Developer", ttlSeconds: 86_400 }, options);
  // The other scripts know .dev.vars alone, not what this server was told besides.
  const own = options.vars.AUTH_JWT_SECRET === undefined;
  const chat = [
    ...(origin === `http://localhost:${DEFAULT_PORT}` ? [] : ["--url", origin]),
    ...(own || !token ? [] : ["--token", token]),
  ];
  const link = token
    ? `Open this link, which signs you in (user "dev", 24 hours):\n  ${origin}/#token=${token}`
    : `There is no link that signs in: AUTH_JWT_SECRET is not set in ${DEV_VARS}.`;
  return `
Taskroom runs at ${origin}

${link}

Or, in another terminal:
  ${["npm run chat", ...(chat.length > 0 ? ["--"] : []), ...chat].join(" ")}

Ctrl-C stops the server.${options.verbose ? "" : " With --verbose it says what it does."}
`;
}

function shownHost(ip: string): string {
  if (["*", "0.0.0.0", "::"].includes(ip)) return "localhost";
  return ip.includes(":") ? `[${ip}]` : ip;
}
