import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readAll } from "node:stream/consumers";
import * as z from "zod";
import type { Gate } from "./model-script";
import { gone } from "./model-server";

const rpcMessage = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z
    .looseObject({
      name: z.string().optional(),
      arguments: z.unknown().optional(),
      cursor: z.string().optional(),
      _meta: z.looseObject({}).optional(),
    })
    .optional(),
});

/** What a tool does with a call: its result, or how it misbehaves. */
export type ToolReply =
  | { text: string; isError?: boolean }
  | { result: unknown }
  | { rpcError: { code: number; message: string } }
  | { status: number; headers?: Record<string, string>; body?: string }
  | "hang"
  | "reset";

export type FixtureTool = {
  name: string;
  description?: string;
  inputSchema?: Record<string, unknown>;
  annotations?: { readOnlyHint?: boolean; idempotentHint?: boolean };
  /** `tell` says how far it is, to a client that asked for that; `meta` is the request's `_meta`. */
  call(
    args: unknown,
    tell: (progress: object) => void,
    meta?: unknown,
  ): ToolReply | Promise<ToolReply>;
};

export type McpOptions = {
  /** Answers come as an event stream instead of JSON. */
  streams?: boolean;
  /** Tools of one page of the list. */
  pageSize?: number;
  /** What every request gets instead of an answer. */
  instead?: ToolReply;
  /** What a request for the list of tools gets instead. */
  listing?: ToolReply;
  /** A session's end is acknowledged only when this is open. */
  goodbye?: Gate;
};

export type McpRequest = {
  httpMethod: string;
  method: string;
  headers: IncomingMessage["headers"];
  params: z.infer<typeof rpcMessage>["params"];
  /** Resolves, with the time, when the client closes before its answer has ended. */
  aborted: Promise<number>;
};

export type McpServer = {
  url: string;
  requests: McpRequest[];
  /** The first request of a method after `from` others of it, as soon as it is there. */
  request(method: string, from?: number): Promise<McpRequest>;
  /** Sessions begun and not ended. */
  sessions: Set<string>;
  close(): Promise<void>;
};

/** An MCP server on loopback: streamable HTTP, tools only, by hand. */
export async function startMcpServer(
  tools: FixtureTool[],
  options: McpOptions = {},
): Promise<McpServer> {
  const requests: McpRequest[] = [];
  const sessions = new Set<string>();
  const watchers = new Set<() => void>();
  const server = createServer(async (incoming, response) => {
    const message = await record(incoming, response, requests);
    for (const look of watchers) look();
    const session = incoming.headers["mcp-session-id"];
    if (incoming.method === "DELETE") {
      if (options.goodbye) {
        options.goodbye.reach();
        await options.goodbye.opened;
      }
      sessions.delete(String(session));
      return response.writeHead(204).end();
    }
    if (options.instead !== undefined) return send(options.instead, message?.id, response, options);
    if (!message) return response.writeHead(405).end();
    if (message.id === undefined) return response.writeHead(202).end();
    if (message.method === "initialize") {
      const id = crypto.randomUUID();
      sessions.add(id);
      response.setHeader("mcp-session-id", id);
    } else if (message.method !== "server/discover" && !sessions.has(String(session))) {
      return response.writeHead(404).end();
    }
    const tell = (progress: object) => tellProgress(response, message, progress);
    await send(await replyTo(message, tools, options, tell), message.id, response, options);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the MCP server has no port");

  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    requests,
    sessions,
    request: (method, from = 0) =>
      new Promise((resolve) => {
        const look = () => {
          const found = requests.filter((item) => item.method === method)[from];
          if (!found) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function record(incoming: IncomingMessage, response: ServerResponse, requests: McpRequest[]) {
  const aborted = new Promise<number>((resolve) => {
    response.on("close", () => !response.writableFinished && resolve(Date.now()));
  });
  const { headers, method: httpMethod = "" } = incoming;
  const text = (await readAll(incoming).catch(gone)) ?? "";
  const message = text ? rpcMessage.parse(JSON.parse(text)) : undefined;
  const method = message?.method ?? httpMethod;
  requests.push({ httpMethod, method, headers, params: message?.params, aborted });
  return message;
}

async function replyTo(
  { method, params }: z.infer<typeof rpcMessage>,
  tools: FixtureTool[],
  { pageSize = tools.length, listing }: McpOptions,
  tell: (progress: object) => void,
): Promise<ToolReply> {
  switch (method) {
    case "initialize":
      return {
        result: {
          protocolVersion: "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "fixture", version: "1" },
        },
      };
    case "tools/list": {
      if (listing !== undefined) return listing;
      const from = Number(params?.cursor ?? 0);
      const page = tools.slice(from, from + pageSize).map(({ call, ...tool }) => ({
        ...{ description: `Does ${tool.name}`, inputSchema: { type: "object" } },
        ...tool,
      }));
      const more = from + pageSize < tools.length;
      return { result: { tools: page, ...(more ? { nextCursor: String(from + pageSize) } : {}) } };
    }
    case "tools/call": {
      const tool = tools.find(({ name }) => name === params?.name);
      try {
        if (tool) return await tool.call(params?.arguments, tell, params?._meta);
      } catch {
        // Arguments that the tool does not take.
      }
      return { rpcError: { code: -32602, message: "invalid params" } };
    }
    default:
      return { rpcError: { code: -32601, message: "no such method" } };
  }
}

/** Makes the answer an event stream. */
function tellProgress(
  response: ServerResponse,
  { params }: z.infer<typeof rpcMessage>,
  progress: object,
): void {
  const progressToken = params?._meta?.progressToken;
  if (progressToken === undefined) return;
  const told = { method: "notifications/progress", params: { progressToken, ...progress } };
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", ...told })}\n\n`);
}

async function send(
  reply: ToolReply,
  id: string | number | undefined,
  response: ServerResponse,
  { streams = false }: McpOptions,
) {
  if (reply === "reset") return response.socket?.resetAndDestroy();
  if (reply === "hang") return new Promise<void>((resolve) => response.on("close", resolve));
  if ("status" in reply) {
    response.writeHead(reply.status, reply.headers);
    return response.end(reply.body);
  }
  const message = JSON.stringify({ jsonrpc: "2.0", id, ...payload(reply) });
  const inStream = streams || response.headersSent;
  const type = inStream ? "text/event-stream" : "application/json";
  if (!response.headersSent) response.writeHead(200, { "content-type": type });
  response.end(inStream ? `event: message\ndata: ${message}\n\n` : message);
}

function payload(reply: Exclude<ToolReply, string | { status: number }>) {
  if ("rpcError" in reply) return { error: reply.rpcError };
  if ("result" in reply) return { result: reply.result };
  const { text, isError } = reply;
  return { result: { content: [{ type: "text", text }], ...(isError ? { isError } : {}) } };
}
