import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { control } from "../../worker/control";

const TOOLS = "https://tools.example/mcp";
const GOODBYE_MS = 200;

afterEach(() => vi.restoreAllMocks());

const rpc = z.looseObject({
  id: z.number().optional(),
  method: z.string(),
  params: z.looseObject({ _meta: z.looseObject({}).default({}) }).optional(),
});

/** An MCP server without tools, slow to say goodbye; tells how many of its sessions are open. */
function toolServer(): { sessions: number } {
  const open = { sessions: 0 };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input instanceof Request ? input : String(input), init ?? {});
    if (request.method === "DELETE") {
      await scheduler.wait(GOODBYE_MS);
      open.sessions--;
      return new Response(null, { status: 204 });
    }
    const { id, method } = rpc.parse(await request.json());
    if (id === undefined) return new Response(null, { status: 202 });
    if (method === "initialize") open.sessions++;
    const serverInfo = { name: "fixture", version: "1" };
    const hello = { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo };
    const answers: Record<string, object> = { initialize: hello, "tools/list": { tools: [] } };
    const result = answers[method];
    const error = { code: -32601, message: "no such method" };
    const body = { jsonrpc: "2.0", id, ...(result ? { result } : { error }) };
    return Response.json(body, { headers: { "mcp-session-id": "s-1" } });
  });
  return open;
}

const done = { type: "text", text: "seen" };
const frame = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const toolCall = { index: 0, id: "c1", function: { name: "look", arguments: "{}" } };
const asks = [
  { choices: [{ delta: { tool_calls: [toolCall] } }] },
  { choices: [{ delta: {}, finish_reason: "tool_calls" }] },
];
const says42 = [{ choices: [{ delta: { content: "42" }, finish_reason: "stop" }] }];

/** A model that calls a tool and then answers, and a server whose tool tells of its progress; `end` ends it. */
function tooledWorld() {
  const methods: string[] = [];
  const end = Promise.withResolvers<void>();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input instanceof Request ? input : String(input), init ?? {});
    const { hostname } = new URL(request.url);
    if (request.method === "DELETE") {
      methods.push("DELETE");
      return new Response(null, { status: 204 });
    }
    if (hostname === "model.example") {
      const isAnswered = (await request.text()).includes('"role":"tool"');
      return new Response((isAnswered ? says42 : asks).map(frame).join(""));
    }
    const { id, method, params } = rpc.parse(await request.json());
    methods.push(method);
    const answer = (result: object) =>
      Response.json({ jsonrpc: "2.0", id, result }, { headers: { "mcp-session-id": "s-1" } });
    if (method === "initialize") return answer({ protocolVersion: "2025-06-18" });
    if (method === "tools/list") return answer({ tools: [{ name: "look", inputSchema: {} }] });
    if (method !== "tools/call") return new Response(null, { status: 202 });
    const progressToken = params?._meta.progressToken;
    const about = { progressToken, progress: 1, total: 2, message: "half" };
    const encoder = new TextEncoder();
    return new Response(
      new ReadableStream({
        async start(controller) {
          const told = { method: "notifications/progress", params: about };
          controller.enqueue(encoder.encode(frame(told)));
          await end.promise;
          controller.enqueue(encoder.encode(frame({ id, result: { content: [done] } })));
          controller.close();
        },
      }),
      { headers: { "content-type": "text/event-stream" } },
    );
  });
  return { methods, end: end.resolve };
}

async function tooledRoom(alice: string) {
  control.model = undefined;
  const make = async (kind: string, spec: object) => {
    const body = { metadata: { name: "looking" }, spec };
    expect((await call(alice, "POST", `/${kind}`, body)).status).toBe(201);
  };
  const ref = `${alice}/looking`;
  const model = { provider: "openai-compatible", model: "m", baseUrl: "https://model.example/v1" };
  await make("ghosts", { systemPrompt: "", mcpServers: { tools: { url: TOOLS } } });
  await make("models", model);
  await make("bots", { ghostRef: ref, modelRef: ref });
  await make("teams", { collaboration: "solo", members: [{ role: "looking", botRef: ref }] });
  return RoomClient.join(alice, await newTask(alice, { teamRef: ref }));
}

it("[T4] a tool's progress is told to the room", async () => {
  const { methods, end } = tooledWorld();
  const client = await tooledRoom(newUser());
  await client.ask("chat:send", { content: "look" });
  const { data } = await client.frames.next(({ type }) => type === "tool:progress");
  expect(data).toMatchObject({ round: 0, index: 0, progress: 1, total: 2, message: "half" });
  end();
  await client.frames.next(says("turn:status", "COMPLETED"));
  await vi.waitFor(() => expect(methods.at(-1)).toBe("DELETE"));
  expect(methods).not.toContain("notifications/cancelled");
});

it("[T4] a tool's server is told of a stop, and then its session ends", async () => {
  const { methods } = tooledWorld();
  const client = await tooledRoom(newUser());
  const { data } = await client.ask("chat:send", { content: "look" });
  await client.frames.next(({ type }) => type === "tool:progress");
  const { turnId } = z.looseObject({ turnId: z.string() }).parse(data);
  await client.ask("chat:cancel", { turnId });
  await client.frames.next(says("turn:status", "INTERRUPTED"));
  await vi.waitFor(() => expect(methods.slice(-2)).toEqual(["notifications/cancelled", "DELETE"]));
});

it("the end of a tool session is work that keeps the room's object awake", async () => {
  const alice = newUser();
  control.model = undefined;
  const make = async (kind: string, spec: object) => {
    const body = { metadata: { name: "tooled" }, spec };
    expect((await call(alice, "POST", `/${kind}`, body)).status).toBe(201);
  };
  await make("ghosts", { systemPrompt: "", mcpServers: { tools: { url: TOOLS } } });
  await make("bots", { ghostRef: `${alice}/tooled`, modelRef: "system/demo" });
  const members = [{ role: "tooled", botRef: `${alice}/tooled` }];
  await make("teams", { collaboration: "solo", members });
  const open = toolServer();
  const taskId = await newTask(alice, { teamRef: `${alice}/tooled` });
  const client = await RoomClient.join(alice, taskId);
  const held: Promise<unknown>[] = [];
  await runInDurableObject(roomOf(taskId), (_, state) => {
    const hold = state.waitUntil.bind(state);
    vi.spyOn(state, "waitUntil").mockImplementation((work) => {
      held.push(work);
      hold(work);
    });
  });
  await client.ask("chat:send", { content: "/fast hello" });
  await client.frames.next(says("task:status", "COMPLETED"));
  expect(open.sessions).toBe(1);
  await Promise.all(held);
  expect(open.sessions).toBe(0);
});
