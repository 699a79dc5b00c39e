import { createMCPClient, type ListToolsResult, type MCPClient } from "@ai-sdk/mcp";
import type { Settings } from "../../platform/settings";
import { checkTarget } from "../../platform/target";
import type { AgentConfig } from "../../resources/agent";
import { ownHeaders } from "../model/own-headers";
import { OutOfTime, within } from "../within";
import { mcpFetch } from "./mcp-fetch";

/** For the connection and the list of tools together; a turn waits for it. */
const CONNECT_MS = 10_000;
const MOST_PAGES = 10;

/** What the protocol says about a connection; never a resource's to set. */
const RESERVED = ["accept", "mcp-session-id", "mcp-protocol-version", "last-event-id"];

type ServerConfig = AgentConfig["mcpServers"][string];
export type ToolDefinition = ListToolsResult["tools"][number];
export type McpServer = { client: MCPClient; tools: ToolDefinition[] };

type Hold = (work: Promise<unknown>) => void;
export type McpDoors = {
  settings: Settings;
  signal: AbortSignal;
  /** Keeps the runtime awake for work that nobody waits for. */
  hold?: Hold | undefined;
};

/** An MCP server cannot be used; the message is ours and completes "… is not available: it". */
export class ServerUnavailable extends Error {}

/** Connects and lists the tools. Throws `ServerUnavailable`. */
export async function connectServer(config: ServerConfig, doors: McpDoors): Promise<McpServer> {
  const { settings, signal, hold = () => undefined } = doors;
  const target = checkTarget(config.url, { allowPrivate: settings.ALLOW_PRIVATE_TARGETS });
  if (!target.ok) throw new ServerUnavailable(`has an address that ${target.reason}`);
  const headers = headersOf(config);
  try {
    return await within(CONNECT_MS, signal, (limit) =>
      connect(target.url.href, { headers, signal: limit, hold }),
    );
  } catch (error) {
    throw new ServerUnavailable(
      error instanceof OutOfTime ? "does not answer in time" : "cannot be reached",
    );
  }
}

function headersOf({ headers }: ServerConfig): Record<string, string> {
  try {
    return Object.fromEntries(ownHeaders(headers, RESERVED));
  } catch {
    throw new ServerUnavailable("has headers that cannot be used");
  }
}

type Connect = { headers: Record<string, string>; signal: AbortSignal; hold: Hold };

async function connect(url: string, { headers, signal, hold }: Connect): Promise<McpServer> {
  const client = await createMCPClient({
    transport: { type: "http", url, headers, fetch: mcpFetch },
    initializationOptions: { signal },
    clientName: "taskroom",
    // Every call has its own error; the rest is of no consequence.
    onUncaughtError() {},
  });
  try {
    return { client, tools: await listTools(client, signal) };
  } catch (error) {
    hold(closeClient(client));
    throw error;
  }
}

async function listTools(client: MCPClient, signal: AbortSignal): Promise<ToolDefinition[]> {
  const tools: ToolDefinition[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const params = cursor === undefined ? {} : { params: { cursor } };
    const listed = await client.listTools({ ...params, options: { signal } });
    tools.push(...listed.tools);
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}

/** Ends the session too. Never rejects; a server may be slow to say goodbye, so hold it, don't wait. */
export function closeClient(client: MCPClient): Promise<void> {
  return client.close().catch(() => {});
}
