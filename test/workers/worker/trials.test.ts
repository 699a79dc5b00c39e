import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { trial } from "../../../src/resources/trial";
import { call, newUser } from "../../support/room-client";

const KEY = "sk-very-secret";
const HEADER = "Bearer very-secret-header";

let alice: string;
let asked: Request[];
let answer: (request: Request) => Response | Promise<Response>;

beforeEach(() => {
  alice = newUser();
  asked = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    asked.push(request.clone());
    return answer(request);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const sse = (...events: unknown[]) =>
  new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), {
    headers: { "content-type": "text/event-stream" },
  });
const said = sse.bind(null, {
  choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "stop" }],
});

async function model(spec: object = {}) {
  const whole = { provider: "openai-compatible", model: "m", apiKey: KEY, ...spec };
  const body = { metadata: { name: "mine" }, spec: whole };
  expect((await call(alice, "POST", "/models", body)).status).toBe(201);
  return tried("/models", {});
}

async function tried(path: string, body: object) {
  const response = await call(alice, "POST", `${path}/${alice}/mine/test`, body);
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).not.toMatch(/very-secret|their words/);
  return trial.parse(JSON.parse(text));
}

it("[TR1] a model that answers works, asked with its key", async () => {
  answer = () => said();
  expect(await model({ baseUrl: "https://models.example/v1" })).toMatchObject({ ok: true });
  expect(asked.map(({ url, headers }) => [url, headers.get("authorization")])).toEqual([
    ["https://models.example/v1/chat/completions", `Bearer ${KEY}`],
  ]);
});

it.each<[string, () => Response, object]>([
  [
    "a key that is refused",
    () =>
      Response.json(
        { error: { message: "their words", code: "invalid_api_key" } },
        { status: 401 },
      ),
    { code: "model_rejected", reason: "bad_credentials", httpStatus: 401 },
  ],
  [
    "a model that is not there",
    () =>
      Response.json(
        { error: { message: "their words", code: "model_not_found" } },
        { status: 404 },
      ),
    { code: "model_rejected", reason: "unknown_model", httpStatus: 404 },
  ],
  [
    "a server that is overloaded",
    () => new Response("their words", { status: 503 }),
    { code: "model_unavailable", httpStatus: 503 },
  ],
  ["what is no answer", () => new Response("their words"), { code: "model_malformed" }],
])("[TR1] %s is said, and nothing of what its server wrote", async (_, refuse, expected) => {
  answer = refuse;
  const told = await model({ baseUrl: "https://models.example/v1" });
  expect(told).toMatchObject({ ok: false, ...expected });
});

it("[TR1] a model that is built in works, and nobody is asked", async () => {
  expect(await model({ provider: "demo", apiKey: undefined })).toMatchObject({ ok: true });
  expect(asked).toEqual([]);
});

it("[TR1][TR2] a server of tools says which it has, asked with its headers; none is called", async () => {
  const methods: string[] = [];
  answer = async (request) => {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const rpc = z.object({ id: z.number().optional(), method: z.string() });
    const { id, method } = rpc.parse(await request.json());
    methods.push(method);
    if (id === undefined) return new Response(null, { status: 202 });
    const error = { code: -32601, message: "their words" };
    const tools = [{ name: "look", inputSchema: { type: "object" } }];
    const result: Record<string, object> = {
      initialize: {
        ...{ protocolVersion: "2025-11-25", capabilities: { tools: {} } },
        serverInfo: { name: "eyes", version: "1" },
      },
      "tools/list": { tools },
    };
    const known = result[method];
    return Response.json({ jsonrpc: "2.0", id, ...(known ? { result: known } : { error }) });
  };
  const headers = { authorization: HEADER };
  const mcpServers = {
    eyes: { url: "https://eyes.example/mcp", headers },
    gone: { url: "https://gone.example/mcp" },
  };
  const spec = { systemPrompt: "Look.", mcpServers };
  await call(alice, "POST", "/ghosts", { metadata: { name: "mine" }, spec });
  const seen = await tried("/ghosts", { server: "eyes" });
  expect(seen).toMatchObject({ ok: true, tools: ["look"] });
  expect(methods).toContain("tools/list");
  expect(methods).not.toContain("tools/call");
  expect(asked.every((request) => request.headers.get("authorization") === HEADER)).toBe(true);

  answer = () => new Response("their words", { status: 503 });
  const gone = await tried("/ghosts", { server: "gone" });
  expect(gone).toMatchObject({ ok: false, httpStatus: 503 });
  const unknown = await call(alice, "POST", `/ghosts/${alice}/mine/test`, { server: "other" });
  expect(unknown.status).toBe(400);
});
