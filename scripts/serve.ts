// `npm start` and `npm run dev`: the whole service on this machine.
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { DEV_VARS, ensureDevVars } from "./dev-vars";
import { waitForHealth } from "./health";
import { migrateLocally } from "./local-database";
import { devVarsFor, mintToken, ROOT } from "./local-identity";
import { ensureSite } from "./site-build";
import { stopWithUs, sweepOrphans } from "./stop";
import { startWrangler } from "./wrangler";
import { readWranglerOptions } from "./wrangler-options";

const DEFAULT_PORT = 8787;
const HEALTH_DEADLINE_MS = 60_000;

const args = process.argv.slice(2);
const options = readWranglerOptions(args);
const port = options.port ?? DEFAULT_PORT;
const origin = `${options.secure ? "https" : "http"}://${shownHost(options.ip)}:${port}`;

if (await prepare()) await serve();
else process.exitCode = 1;

async function prepare(): Promise<boolean> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error(`--port ${port} is not a port: 1 to 65535.`);
    return false;
  }
  if (ensureDevVars(join(ROOT, DEV_VARS))) console.log(`Made ${DEV_VARS} with random secrets.`);
  const taken = await whyTaken(port, options.ip);
  if (taken) {
    console.error(`Port ${port} cannot be used: ${taken}`);
    return false;
  }
  if (await ensureSite()) console.log("Built the console and the pages of the API.");
  const failure = migrateLocally(args);
  if (failure !== undefined) console.error(`${failure}\nThe migrations failed.`);
  return failure === undefined;
}

async function serve(): Promise<void> {
  const child = startWrangler(["dev", ...args, ...additions()], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const wasAsked = stopWithUs(child);
  child.on("exit", (code) => {
    sweepOrphans();
    // Stopped as asked is a success, whatever wrangler makes of it; anything else is its own word.
    process.exit(wasAsked() ? 0 : (code ?? 1));
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const health = await waitForHealth(origin, { hasEnded, deadlineMs: HEALTH_DEADLINE_MS });
  if (health === "healthy") console.log(await welcome());
  if (health === "unhealthy") console.error(`${origin}/healthz does not answer 200; see above.`);
}

/** What the caller's options leave open. */
function additions(): string[] {
  const config = resolve(ROOT, options.config ?? "wrangler.toml");
  const devVars = devVarsFor(config, options.env);
  return [
    ...(options.port === undefined ? ["--port", String(port)] : []),
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
  const bearer = own ? "$(npm run -s token -- --sub dev)" : token;
  return `
Taskroom runs at ${origin}

A development token (user "dev", 24 hours), to sign in with at that address:
${token ?? `none: AUTH_JWT_SECRET is not set in ${DEV_VARS}`}

Or, in another terminal:
  ${["npm run chat", ...(chat.length > 0 ? ["--"] : []), ...chat].join(" ")}
  curl -s ${origin}/api/v1/tasks \\
    -H "Authorization: Bearer ${bearer}"

Ctrl-C stops the server.
`;
}

/** Why nothing can listen there; nothing where it is free. */
function whyTaken(wanted: number, host: string): Promise<string | undefined> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = "another program listens there. Stop it, or choose another with --port.";
      answer(error.code === "EADDRINUSE" ? inUse : error.message);
    });
    probe.listen({ port: wanted, host: host === "*" ? "::" : host }, () => {
      probe.close(() => answer(undefined));
    });
  });
}

function shownHost(ip: string): string {
  if (["*", "0.0.0.0", "::"].includes(ip)) return "localhost";
  return ip.includes(":") ? `[${ip}]` : ip;
}
