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

const rpc = z.looseObject({ id: z.number().optional(), method: z.string() });

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
