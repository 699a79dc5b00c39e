import type { Settings } from "../../platform/settings";
import { checkTarget } from "../../platform/target";
import { type Descent, descentHeaders } from "../../protocol/depth";
import type { AgentConfig } from "../../resources/agent";
import { ownHeaders } from "../model/own-headers";
import { OutOfTime, within } from "../within";
import type { Connection } from "./mcp/connection";
import { Endpoint, type Hold } from "./mcp/endpoint";
import { eraMemory, lateMemory } from "./mcp/era-memory";
import { type Listed, listTools } from "./mcp/list-tools";
import { late, McpFault, unreachable } from "./mcp/mcp-fault";
import { connectAs, type Era, negotiate } from "./mcp/negotiate";

/** For the connection and the list of tools together; a turn waits for it. */
const CONNECT_MS = 5000;
/** The same for a server that took longer a while ago: not every turn waits for one that is dead. */
const LATE_MS = 2000;

/** What the protocol says about a request; never a resource's to set. */
const RESERVED = [
  ...["accept", "mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name"],
  ...["last-event-id", "taskroom-depth", "taskroom-tasks"],
];

type ServerConfig = AgentConfig["mcpServers"][string];
export type McpServer = { connection: Connection; listed: Listed };

export type McpDoors = {
  settings: Settings;
  signal: AbortSignal;
  /** Of the step's requests to others. */
  descent: Descent;
  /** Keeps the runtime awake for work that nobody waits for. */
  hold?: Hold | undefined;
};

/** An MCP server cannot be used; the message is ours and goes on after its name. */
export class ServerUnavailable extends Error {
  /** Of its answer, where that is what was wrong. */
  readonly httpStatus: number | undefined;

  constructor(message: string, httpStatus?: number) {
    super(message);
    this.httpStatus = httpStatus;
  }
}

/** Connects and lists the tools. Throws `ServerUnavailable`. */
export async function connectServer(config: ServerConfig, doors: McpDoors): Promise<McpServer> {
  const { settings, signal, descent, hold = () => undefined } = doors;
  const target = checkTarget(config.url, { allowPrivate: settings.ALLOW_PRIVATE_TARGETS });
  if (!target.ok) throw new ServerUnavailable(`has an address that ${target.reason}`);
  const headers = { ...headersOf(config), ...descentHeaders(descent) };
  const endpoint = new Endpoint(target.url.href, headers, hold);
  const ms = lateMemory.has(endpoint.url, Date.now()) ? LATE_MS : CONNECT_MS;
  try {
    const server = await within(ms, signal, (limit) => connect(endpoint, limit));
    lateMemory.forget(endpoint.url);
    return server;
  } catch (error) {
    if (error instanceof OutOfTime) lateMemory.add(endpoint.url, Date.now());
    const { message, status } = faultOf(error);
    throw new ServerUnavailable(message, status);
  }
}

function faultOf(error: unknown): McpFault {
  if (error instanceof OutOfTime) return late();
  return error instanceof McpFault ? error : unreachable();
}

function headersOf({ headers }: ServerConfig): Record<string, string> {
  try {
    return Object.fromEntries(ownHeaders(headers, RESERVED));
  } catch {
    throw new ServerUnavailable("has headers that cannot be used");
  }
}

/** As the server is known to speak; where it does not any more, or is not known, it is found out. */
async function connect(endpoint: Endpoint, signal: AbortSignal): Promise<McpServer> {
  const known = eraMemory.of(endpoint.url, Date.now());
  if (known) {
    try {
      return await listed(await connectAs(known, endpoint, signal), endpoint, signal);
    } catch (error) {
      if (signal.aborted || !mayHaveChanged(error)) throw error;
      eraMemory.forget(endpoint.url);
    }
  }
  const server = await listed(await negotiate(endpoint, signal), endpoint, signal);
  const era: Era = server.connection.isStateless ? "stateless" : "sessions";
  eraMemory.keep(endpoint.url, era, Date.now());
  return server;
}

/** A server that answers otherwise than before, or one whose kept connection was of a server that is gone. */
function mayHaveChanged(error: unknown): boolean {
  return (
    error instanceof McpFault &&
    ["unreachable", "status", "no-result", "version", "reported"].includes(error.kind)
  );
}

async function listed(
  connection: Connection,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<McpServer> {
  try {
    return { connection, listed: await listTools(connection, signal) };
  } catch (error) {
    endpoint.hold(connection.close());
    throw error;
  }
}
