import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readAll } from "node:stream/consumers";
import * as z from "zod";
import type { Action, Gate } from "./model-script";
import { gone } from "./model-server";

const requestBody = z.looseObject({
  taskId: z.string(),
  turnId: z.string(),
  step: z.string(),
  phase: z.string(),
  attempt: z.number(),
  run: z.number(),
  input: z.string(),
  prompt: z.string().optional(),
  context: z.array(
    z.looseObject({ role: z.string(), phase: z.string().optional(), content: z.string() }),
  ),
  bot: z.string(),
});

/** What the agent does with one request, in order; at the end the answer just ends. */
export type AgentAction =
  | Extract<Action, { do: "status" | "pause" | "gate" | "hang" | "reset" }>
  /** Opens an event stream; `event`, `raw` and `bytes` do so by themselves. */
  | { do: "headers"; contentType?: string }
  /** One event; data that is a string is sent as it is. */
  | { do: "event"; name: string; data: unknown; bytewise?: boolean }
  | { do: "raw"; text: string }
  | { do: "bytes"; bytes: Uint8Array }
  /** A whole JSON answer; a string is sent as it is. */
  | { do: "json"; body: unknown; contentType?: string };

export type AgentScript = AgentAction[];

export type AgentRequest = {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  /** As it came: what a signature is of. */
  text: string;
  body: z.infer<typeof requestBody>;
  idempotencyKey: string | undefined;
  /** Of the `Taskroom-Attempt` header. */
  attempt: number;
  /** Milliseconds since 1970. */
  receivedAt: number;
  /** Resolves, with the time, when the client closes before its answer has ended. */
  aborted: Promise<number>;
  /** Resolves, with the time, when its answer has been given whole. */
  answered: Promise<number>;
};

export type RemoteAgent = {
  /** `http://127.0.0.1:<port>/run` */
  url: string;
  /** In order of arrival. */
  requests: AgentRequest[];
  /** The n-th request (from 1), as soon as it is there. */
  request(n: number): Promise<AgentRequest>;
  /** Queues scripts: each serves one request. Without any, `respond` does. */
  script(...scripts: AgentScript[]): void;
  /** What serves requests when no script is queued; at first an echo of the input. */
  respond(rule: (request: AgentRequest) => Iterable<AgentAction>): void;
  close(): Promise<void>;
};

export function event(name: string, data: unknown): AgentAction {
  return { do: "event", name, data };
}

export function chunk(delta: string): AgentAction {
  return event("chunk", { delta });
}

export function result(output: string, more: Record<string, unknown> = {}): AgentAction {
  return event("result", { output, ...more });
}

/** Refuses, as an agent does that is not there for now. */
export function refuse(status: number, headers: Record<string, string> = {}): AgentScript {
  return [{ do: "status", status, headers }];
}

export function json(body: unknown, contentType = "application/json"): AgentScript {
  return [{ do: "json", body, contentType }];
}

export function pause(ms: number): AgentAction {
  return { do: "pause", ms };
}

export function wait(at: Gate): AgentAction {
  return { do: "gate", gate: at };
}

export const hang: AgentAction = { do: "hang" };
export const reset: AgentAction = { do: "reset" };

/** A stranger's agent on loopback that does exactly what its scripts say, mistakes included. */
export async function startRemoteAgent(port = 0): Promise<RemoteAgent> {
  const scripts: AgentScript[] = [];
  const requests: AgentRequest[] = [];
  const arrivals = new Map<number, ((request: AgentRequest) => void)[]>();
  let rule = (request: AgentRequest): Iterable<AgentAction> =>
    json({ output: `Did: ${request.body.input}` });

  const server = createServer(async (incoming, response) => {
    const request = await record(incoming, response).catch(gone);
    if (!request) return;
    const n = requests.push(request);
    for (const arrived of arrivals.get(n) ?? []) arrived(request);
    await play(scripts.shift() ?? rule(request), response);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the remote agent has no port");

  return {
    url: `http://127.0.0.1:${address.port}/run`,
    requests,
    request(n) {
      const there = requests[n - 1];
      if (there) return Promise.resolve(there);
      return new Promise((resolve) => arrivals.set(n, [...(arrivals.get(n) ?? []), resolve]));
    },
    script: (...more) => void scripts.push(...more),
    respond: (next) => {
      rule = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function record(incoming: IncomingMessage, response: ServerResponse): Promise<AgentRequest> {
  const receivedAt = Date.now();
  const aborted = new Promise<number>((resolve) => {
    response.on("close", () => !response.writableFinished && resolve(Date.now()));
  });
  const answered = new Promise<number>((resolve) => {
    response.on("finish", () => resolve(Date.now()));
  });
  const { headers, method = "", url: path = "" } = incoming;
  const text = await readAll(incoming);
  const body = requestBody.parse(JSON.parse(text));
  const idempotencyKey = one(headers["idempotency-key"]);
  const attempt = Number(one(headers["taskroom-attempt"]));
  const times = { receivedAt, aborted, answered };
  return { method, path, headers, text, body, idempotencyKey, attempt, ...times };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}

async function play(script: Iterable<AgentAction>, response: ServerResponse): Promise<void> {
  const closed = new Promise<void>((resolve) => response.on("close", resolve));
  for (const action of script) await act(action, response, closed);
  if (!response.writableEnded && !response.destroyed) response.end();
}

async function act(action: AgentAction, response: ServerResponse, closed: Promise<void>) {
  switch (action.do) {
    case "status":
      response.writeHead(action.status, { "content-type": "application/json", ...action.headers });
      response.write(JSON.stringify(action.body ?? { error: "scripted" }));
      if (!action.endless) response.end();
      return;
    case "json":
      response.writeHead(200, { "content-type": action.contentType ?? "application/json" });
      return write(response, textOf(action.body), closed);
    case "headers":
      return open(response, action.contentType);
    case "event": {
      const frame = `event: ${action.name}\ndata: ${textOf(action.data)}\n\n`;
      return action.bytewise ? writeBytewise(response, frame) : write(response, frame, closed);
    }
    case "raw":
      return write(response, action.text, closed);
    case "bytes":
      return write(response, action.bytes, closed);
    case "pause":
      return new Promise<void>((resolve) => setTimeout(resolve, action.ms));
    case "gate":
      action.gate.reach();
      return Promise.race([action.gate.opened, closed]);
    case "hang":
      return closed;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
  }
}

function textOf(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function open(response: ServerResponse, contentType = "text/event-stream"): void {
  if (response.headersSent) return;
  response.writeHead(200, { "content-type": contentType });
  response.flushHeaders();
}

/** Goes on writing to a client that is gone, as agents do; only waiting makes no sense. */
async function write(response: ServerResponse, data: string | Uint8Array, closed: Promise<void>) {
  if (response.destroyed) return;
  open(response);
  if (!response.write(data)) {
    await Promise.race([new Promise((resolve) => response.once("drain", resolve)), closed]);
  }
}

async function writeBytewise(response: ServerResponse, text: string): Promise<void> {
  open(response);
  for (const byte of Buffer.from(text)) {
    response.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
