import type { ServerResponse } from "node:http";

export type Called = { id?: string | number; method: string };

const RESULTS: Record<string, object> = {
  initialize: {
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "bench", version: "1" },
  },
  "tools/list": {
    tools: [{ name: "look", description: "Looks", inputSchema: { type: "object" } }],
  },
  "tools/call": { content: [{ type: "text", text: "seen" }] },
};

/** What an MCP server with one tool, and without sessions, answers at once. */
export function toolAnswer({ id, method }: Called, response: ServerResponse): void {
  if (id === undefined) {
    response.writeHead(202).end();
    return;
  }
  const result = RESULTS[method];
  const said = result ? { result } : { error: { code: -32601, message: "no such method" } };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id, ...said }));
}
