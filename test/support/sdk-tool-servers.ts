import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readAll } from "node:stream/consumers";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { McpServer as SessionServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";

export type SdkServer = {
  url: string;
  /** JSON-RPC methods, and HTTP methods where there is none, in order. */
  methods: string[];
  /** Keys of the calls that were carried out. */
  keys: unknown[];
  /** Forgets its sessions, as a restart does. */
  restart(): void;
  close(): Promise<void>;
};

const pair = { a: z.number(), b: z.number() };
const KEY = "taskroom/idempotencyKey";

type Meta = Record<string, unknown> | undefined;
type Told = {
  method: "notifications/progress";
  params: { progressToken: string | number; progress: number; total: number };
};

/** Tells twice how far it is, if it was asked to. */
async function stride(meta: Meta, notify: (told: Told) => Promise<void>) {
  const token = meta?.progressToken;
  if (typeof token !== "string" && typeof token !== "number") return;
  for (const progress of [1, 2]) {
    await notify({
      method: "notifications/progress",
      params: { progressToken: token, progress, total: 2 },
    });
  }
}

/** A server of the SDK's first generation, with sessions. */
export function startSessionServer(): Promise<SdkServer> {
  const keys: unknown[] = [];
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const make = () => {
    const server = new SessionServer({ name: "first", version: "1.0.0" });
    server.registerTool(
      "add.numbers",
      { description: "Adds", inputSchema: pair, annotations: { readOnlyHint: true } },
      async ({ a, b }, { _meta, sendNotification }) => {
        keys.push(_meta?.[KEY]);
        await stride(_meta, sendNotification);
        return { content: [{ type: "text", text: String(a + b) }] };
      },
    );
    return server;
  };
  const handle: Handler = async (incoming, response, body) => {
    const id = String(incoming.headers["mcp-session-id"] ?? "");
    const known = transports.get(id);
    if (known) return known.handleRequest(incoming, response, body);
    if (id !== "") return response.writeHead(404).end();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (session) => void transports.set(session, transport),
      onsessionclosed: (session) => void transports.delete(session),
    });
    await make().connect(transport);
    await transport.handleRequest(incoming, response, body);
  };
  return listening(handle, { keys, restart: () => transports.clear() });
}

/** A server of the second generation, which has none; `only` makes it refuse the older revisions. */
export function startStatelessServer(only = true, port = 0): Promise<SdkServer> {
  const keys: unknown[] = [];
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: "second", version: "2.0.0" });
      server.registerTool(
        "add.numbers",
        { description: "Adds", inputSchema: z.object(pair), annotations: { readOnlyHint: true } },
        async ({ a, b }, { mcpReq }) => {
          keys.push(mcpReq._meta?.[KEY]);
          await stride(mcpReq._meta, (told) => mcpReq.notify(told));
          return { content: [{ type: "text", text: String(a + b) }] };
        },
      );
      return server;
    },
    { legacy: only ? "reject" : "stateless" },
  );
  const node = toNodeHandler(handler);
  const handle: Handler = (incoming, response, body) => {
    const { method = "", url = "" } = incoming;
    return node(Object.assign(incoming, { method, url }), response, body);
  };
  return listening(handle, { keys, restart: () => undefined }, port);
}

type Own = Pick<SdkServer, "keys" | "restart">;
type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
) => Promise<unknown>;

const message = z.looseObject({ method: z.string() });

async function listening(handle: Handler, own: Own, at = 0): Promise<SdkServer> {
  const methods: string[] = [];
  const server = createServer(async (incoming, response) => {
    const text = await readAll(incoming);
    const body: unknown = text ? JSON.parse(text) : undefined;
    methods.push(body ? message.parse(body).method : (incoming.method ?? ""));
    await handle(incoming, response, body);
  });
  await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    ...own,
    methods,
    url: `http://127.0.0.1:${port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
