import { vi } from "vitest";
import * as z from "zod";

const message = z.looseObject({
  id: z.unknown().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
});

/** A message that came, or an HTTP method without one. */
export type Sent = z.infer<typeof message> & { headers: Headers; signal: AbortSignal };

type Rule = (sent: Sent) => Response | Promise<Response>;

/** What a server does with each method; what it knows no rule for, it says that it does not know. */
export type Rules = Record<string, Rule>;

export const rpc = (sent: Sent, said: object) =>
  Response.json({ jsonrpc: "2.0", id: sent.id, ...said });
export const result =
  (value: unknown): Rule =>
  (sent) =>
    rpc(sent, { result: value });
export const rpcError =
  (
    code: number,
    words: string,
    { status = 200, data }: { status?: number; data?: unknown } = {},
  ): Rule =>
  ({ id }) =>
    Response.json({ jsonrpc: "2.0", id, error: { code, message: words, data } }, { status });
export const status =
  (code: number, headers: Record<string, string> = {}): Rule =>
  () =>
    new Response(null, { status: code, headers });
/** Never answers. */
export const silence: Rule = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** An event stream of exactly these pieces, which ends behind them. */
export const stream =
  (...pieces: ((sent: Sent) => string)[]): Rule =>
  (sent) =>
    new Response(pieces.map((piece) => piece(sent)).join(""), {
      headers: { "content-type": "text/event-stream" },
    });
export const event = (value: unknown) => `event: message\ndata: ${JSON.stringify(value)}\n\n`;

export const tool = (name: string, more: object = {}) => ({
  ...{ name, description: name, inputSchema: { type: "object" } },
  ...more,
});

/** A server with sessions and one tool, `look`. */
export const withSessions: Rules = {
  initialize: (sent) => {
    const hello = { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: {} };
    const answer = rpc(sent, { result: hello });
    answer.headers.set("mcp-session-id", `s${++sessions}`);
    return answer;
  },
  "notifications/initialized": status(202),
  "notifications/cancelled": status(202),
  "tools/list": result({ tools: [tool("look")] }),
  "tools/call": result({ content: [{ type: "text", text: "seen" }] }),
  DELETE: status(204),
};
let sessions = 0;

/** The same without. */
export const withoutSessions: Rules = {
  "server/discover": result({ supportedVersions: ["2026-07-28"], capabilities: { tools: {} } }),
  "tools/list": result({ tools: [tool("look")] }),
  "tools/call": result({ resultType: "complete", content: [{ type: "text", text: "seen" }] }),
};

let peers = 0;

/** Puts a server in the place of the network. Each has an address of its own. */
export function startPeer(rules: Rules) {
  const sent: Sent[] = [];
  const url = `https://peer-${++peers}.example/mcp`;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init = {}) => {
    const { body, headers, method = "GET", signal } = init;
    const text = typeof body === "string" ? body : "{}";
    const one: Sent = {
      ...message.parse(JSON.parse(text)),
      headers: new Headers(headers),
      signal: signal ?? new AbortController().signal,
    };
    const name = one.method ?? (text === "{}" ? method : "reply");
    sent.push({ ...one, method: name });
    const rule = rules[name] ?? (one.id === undefined ? status(202) : rpcError(-32601, "unknown"));
    if (String(input) !== url) throw new Error("another address");
    return rule(one);
  });
  return { url, sent, methods: () => sent.map(({ method }) => method) };
}
