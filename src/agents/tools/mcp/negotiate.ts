import { isFields } from "../../model/wire/json";
import type { Connection } from "./connection";
import type { Endpoint } from "./endpoint";
import { McpFault } from "./mcp-fault";
import { STATELESS, STATELESS_CODES, VERSION_UNKNOWN, WITH_SESSIONS } from "./protocol";
import { Session, unknownVersion, versionsIn } from "./session";
import { StatelessServer } from "./stateless-server";

/** How long a server may be silent to `server/discover` before it is asked as older ones are, too. */
const PATIENCE_MS = 1000;
/** How long it is asked both; then only the older one, in case that it does one thing at a time. */
const BESIDE_MS = 2000;

export type Era = "stateless" | "sessions";

/** Connects as one era does. `signal` is that of whoever uses the connection. */
export async function connectAs(
  era: Era,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Connection> {
  return era === "stateless" ? new StatelessServer(endpoint) : Session.open(endpoint, signal);
}

/**
 * Finds out what a server speaks, and connects. A server that is silent to the newer question is asked
 * the older one beside it, and the first answer counts: neither a server that knows only one of them
 * nor one that is slow loses its tools.
 */
export async function negotiate(endpoint: Endpoint, signal: AbortSignal): Promise<Connection> {
  const stop = new AbortController();
  const asking = AbortSignal.any([signal, stop.signal]);
  const discovery = discover(endpoint, asking);
  // Whoever does not wait for it any more must not hear of its failure.
  discovery.catch(() => undefined);
  try {
    const first = await Promise.race([discovery, silence(PATIENCE_MS, asking)]);
    if (first === "stateless") return new StatelessServer(endpoint);
    if (first === "sessions") return await sessionOr(endpoint, signal);
    const letGo = setTimeout(() => stop.abort(), BESIDE_MS);
    return await firstOf(endpoint, discovery, signal).finally(() => clearTimeout(letGo));
  } finally {
    stop.abort();
  }
}

async function firstOf(
  endpoint: Endpoint,
  discovery: Promise<Era>,
  signal: AbortSignal,
): Promise<Connection> {
  const session = sessionOr(endpoint, signal);
  const stateless = discovery.then((era) =>
    era === "stateless" ? new StatelessServer(endpoint) : Promise.reject(new Error("none")),
  );
  try {
    const found = await Promise.any([session, stateless]);
    // Its session may still be opened, and is nobody's then.
    if (found.isStateless)
      endpoint.hold(session.then((late) => late.close()).catch(() => undefined));
    return found;
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

/** A server that knows no `initialize` may say so as only newer ones do. */
async function sessionOr(endpoint: Endpoint, signal: AbortSignal): Promise<Connection> {
  try {
    return await Session.open(endpoint, signal);
  } catch (error) {
    const isNewer = error instanceof McpFault && eraOfRefusal(error) === "stateless";
    if (isNewer) return new StatelessServer(endpoint);
    throw error;
  }
}

/** What a server says of itself; whatever is no answer to that is one of a server with sessions. */
async function discover(endpoint: Endpoint, signal: AbortSignal): Promise<Era> {
  try {
    const answer = await new StatelessServer(endpoint).request({
      ...{ method: "server/discover", params: {}, signal },
    });
    if (!isFields(answer)) return "sessions";
    const { supportedVersions, capabilities } = answer;
    if (Array.isArray(supportedVersions)) return eraOfVersions(versionsIn(supportedVersions));
    return isFields(capabilities) ? "stateless" : "sessions";
  } catch (error) {
    if (!(error instanceof McpFault) || error.kind === "version") throw error;
    return eraOfRefusal(error);
  }
}

function eraOfRefusal({ error }: McpFault): Era {
  if (error?.code === undefined || !STATELESS_CODES.includes(error.code)) return "sessions";
  const { data } = error;
  const supported = versionsIn(isFields(data) ? data.supported : undefined);
  return error.code === VERSION_UNKNOWN && supported.length > 0
    ? eraOfVersions(supported)
    : "stateless";
}

function eraOfVersions(versions: readonly string[]): Era {
  if (versions.includes(STATELESS)) return "stateless";
  if (versions.some((version) => WITH_SESSIONS.includes(version))) return "sessions";
  throw unknownVersion(versions);
}

function silence(ms: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
