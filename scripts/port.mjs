// Looked at before anything is installed, so plain JavaScript for node 20.
import { createServer } from "node:net";

export const DEFAULT_PORT = 8787;
/** So many ports after the one that is taken are tried. */
const TRIED = 50;
const MAX_PORT = 65_535;
const PROBE_MS = 1000;

/**
 * The last of `--name value`, `--name=value` and the short form counts, as with wrangler.
 * @param {string[]} args
 * @param {string[]} names
 * @returns {string | undefined}
 */
export function optionOf(args, ...names) {
  return args
    .map((arg, i) => {
      if (names.includes(arg)) return args[i + 1];
      const name = names.find((option) => arg.startsWith(`${option}=`));
      return name && arg.slice(name.length + 1);
    })
    .findLast((value) => value !== undefined);
}

/**
 * Why a server with these options could not listen, and what to type instead; nothing where it can.
 * @param {string[]} args
 * @param {string | undefined} script the npm script that was asked for
 * @returns {Promise<string | undefined>}
 */
export async function portRefusal(args, script = process.env.npm_lifecycle_event) {
  const given = optionOf(args, "--port");
  const port = Number(given ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT) {
    return `--port ${given} is not a port: 1 to ${MAX_PORT}.`;
  }
  const ip = optionOf(args, "--ip") ?? "localhost";
  const trouble = await troubleAt(port, ip);
  if (trouble === undefined) return undefined;
  if (trouble !== "EADDRINUSE") return `Port ${port} cannot be used: ${trouble}`;
  const who = (await isTaskroom(port))
    ? "a Taskroom runs there already"
    : "another program listens there";
  const free = await freeAfter(port, ip);
  const others = args.length > (given === undefined ? 0 : 2) ? ", with your other options" : "";
  const command = script === "dev" ? "npm run dev" : "npm start";
  return `Port ${port} cannot be used: ${who}. Stop it, or take another port${others}:\n  ${command} -- --port ${free}`;
}

/**
 * What keeps a server from listening, as the system calls it.
 * @param {number} port
 * @param {string} ip
 * @returns {Promise<string | undefined>}
 */
async function troubleAt(port, ip) {
  // `localhost` is two addresses, and a program may listen at either.
  const hosts = ip === "localhost" ? ["127.0.0.1", "::1"] : [ip === "*" ? "::" : ip];
  for (const host of hosts) {
    const trouble = await listening(port, host);
    const isAbsent = trouble === "EADDRNOTAVAIL" || trouble === "EAFNOSUPPORT";
    if (trouble !== undefined && !(isAbsent && hosts.length > 1)) return trouble;
  }
  return undefined;
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<string | undefined>}
 */
function listening(port, host) {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      answer(error.code ?? error.message),
    );
    probe.listen({ port, host }, () => probe.close(() => answer(undefined)));
  });
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function isTaskroom(port) {
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    const answer = await fetch(`http://localhost:${port}/asyncapi.json`, { signal });
    return (await answer.text()).includes('"Taskroom');
  } catch {
    return false;
  }
}

/**
 * @param {number} port
 * @param {string} ip
 */
async function freeAfter(port, ip) {
  for (let next = port + 1; next <= Math.min(port + TRIED, MAX_PORT); next += 1) {
    if ((await troubleAt(next, ip)) === undefined) return next;
  }
  return "PORT";
}
