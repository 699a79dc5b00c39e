import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readAll } from "node:stream/consumers";
import * as z from "zod";
import { type Action, answer, type Script } from "./model-script";

// Text as OpenAI takes it, or parts as Anthropic does; null beside the calls of tools.
const content = z.union([z.string(), z.array(z.unknown()), z.null()]);
const messages = z.array(z.looseObject({ role: z.string(), content }));
const body = z.looseObject({
  model: z.string().optional(),
  messages: messages.optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).optional(),
});

export type ModelRequest = {
  path: string;
  headers: IncomingMessage["headers"];
  body: z.infer<typeof body>;
  /** Milliseconds since 1970. */
  receivedAt: number;
  /** Resolves, with the time, when the client closes before its answer has ended. */
  aborted: Promise<number>;
};

export type ModelServer = {
  /** Base address for an OpenAI-compatible provider: `http://127.0.0.1:<port>/v1`. */
  url: string;
  /** In order of arrival. */
  requests: ModelRequest[];
  /** The n-th request (from 1), as soon as it is there. */
  request(n: number): Promise<ModelRequest>;
  /** Queues scripts: each serves one request. Without any, `respond` does. */
  script(...scripts: Script[]): void;
  /** What serves requests when no script is queued; at first an echo of the last message. */
  respond(rule: (request: ModelRequest) => Script): void;
  close(): Promise<void>;
};

/**
 * A model provider on loopback that speaks OpenAI's streamed chat completions and does exactly
 * what its scripts say, mistakes included.
 */
export async function startModelServer(port = 0): Promise<ModelServer> {
  const scripts: Script[] = [];
  const requests: ModelRequest[] = [];
  const arrivals = new Map<number, (request: ModelRequest) => void>();
  let rule: (request: ModelRequest) => Script = echo;

  // A test that computes for seconds must not find its connection closed when it asks again.
  const server = createServer({ keepAliveTimeout: 0 }, async (incoming, response) => {
    const request = await record(incoming, response).catch(gone);
    if (!request) return;
    requests.push(request);
    arrivals.get(requests.length)?.(request);
    await play(scripts.shift() ?? rule(request), request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the model server has no port");

  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests,
    request(n) {
      const there = requests[n - 1];
      if (there) return Promise.resolve(there);
      return new Promise((resolve) => arrivals.set(n, resolve));
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

/** A client that dies while it asks gets no answer; whatever else is wrong is the test's own mistake. */
export function gone(error: unknown): undefined {
  if (error instanceof Error && error.message === "aborted") return undefined;
  throw error;
}

async function record(incoming: IncomingMessage, response: ServerResponse): Promise<ModelRequest> {
  const receivedAt = Date.now();
  const aborted = new Promise<number>((resolve) => {
    response.on("close", () => !response.writableFinished && resolve(Date.now()));
  });
  const { headers, url = "" } = incoming;
  const sent = await readAll(incoming);
  return { path: url, headers, body: body.parse(JSON.parse(sent || "{}")), receivedAt, aborted };
}

function echo({ body }: ModelRequest): Script {
  return answer("You said: ", String(body.messages?.at(-1)?.content ?? "nothing"));
}

async function play(script: Script, request: ModelRequest, response: ServerResponse) {
  const closed = new Promise<void>((resolve) => response.on("close", resolve));
  for (const action of script) {
    // Goes on writing to a client that is gone, as providers do; only waiting makes no sense.
    await act(action, { request, response, closed });
  }
  if (!response.writableEnded && !response.destroyed) response.end();
}

type Scene = { request: ModelRequest; response: ServerResponse; closed: Promise<void> };

async function act(action: Action, scene: Scene): Promise<void> {
  const { request, response, closed } = scene;
  switch (action.do) {
    case "status":
      response.writeHead(action.status, {
        "content-type": "application/json",
        ...action.headers,
      });
      response.write(JSON.stringify(action.body ?? { error: { message: "scripted" } }));
      if (!action.endless) response.end();
      return;
    case "headers":
      return open(response);
    case "delta":
      return action.bytewise
        ? writeBytewise(scene, chunk(request, { delta: action.delta }))
        : write(scene, chunk(request, { delta: action.delta }));
    case "finish":
      return write(scene, chunk(request, { delta: {}, finish_reason: action.reason }));
    case "usage":
      if (!request.body.stream_options?.include_usage) return;
      return write(scene, chunk(request, undefined, action.usage));
    case "done":
      return write(scene, "data: [DONE]\n\n");
    case "raw":
      return write(scene, action.text);
    case "pause":
      return new Promise((resolve) => setTimeout(resolve, action.ms));
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

function open(response: ServerResponse): void {
  if (response.headersSent) return;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
}

/** The first chunk of an answer is preceded by the one that only names the role. */
async function write(scene: Scene, text: string): Promise<void> {
  const { response, request, closed } = scene;
  if (response.destroyed) return;
  if (!response.headersSent) {
    open(response);
    response.write(chunk(request, { delta: { role: "assistant", content: "" } }));
  }
  if (!response.write(text)) {
    await Promise.race([new Promise((resolve) => response.once("drain", resolve)), closed]);
  }
}

async function writeBytewise(scene: Scene, text: string): Promise<void> {
  await write(scene, "");
  for (const byte of Buffer.from(text)) {
    scene.response.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

type Choice = { delta: Record<string, unknown>; finish_reason?: string };

function chunk({ body }: ModelRequest, choice?: Choice, usage?: unknown): string {
  const data = {
    id: "chatcmpl-scripted",
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: `${body.model ?? "model"}-2026`,
    choices: choice ? [{ index: 0, finish_reason: null, ...choice }] : [],
    ...(body.stream_options?.include_usage ? { usage: usage ?? null } : {}),
  };
  return `data: ${JSON.stringify(data)}\n\n`;
}
