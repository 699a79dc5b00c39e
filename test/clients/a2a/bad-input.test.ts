import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";

const server = new Server(inject("shared").production);
const AGENT = "/a2a/system/assistant";

let token: string;
let reader: string;
beforeAll(async () => {
  token = await server.token("carol-with-agents");
  reader = await server.token("carol-with-agents", { scope: "read" });
});

const failed = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string(), z.number(), z.null()]),
  error: z.object({
    code: z.number(),
    message: z.string(),
    data: z.array(z.looseObject({ "@type": z.string() })),
  }),
});

type Ask = { path?: string; headers?: Record<string, string>; method?: string };

function ask(body: string, { path = AGENT, headers = {}, method = "POST" }: Ask = {}) {
  const own = { Authorization: `Bearer ${token}`, "A2A-Version": "1.0" };
  return fetch(server.url + path, { method, headers: { ...own, ...headers }, body });
}

const call = (method: string, params: unknown = {}) =>
  JSON.stringify({ jsonrpc: "2.0", id: "r-1", method, params });
const said = (message: object, more: object = {}) =>
  call("SendMessage", {
    message: { messageId: "m-1", role: "ROLE_USER", parts: [{ text: "Hi" }], ...message },
    ...more,
  });
const NOBODY = "task_01kasn3v6h8q2x4c7b9m0r5tze.turn_01kasn3v6h4d8f1g3k5n7p9sxa";
const push = { taskPushNotificationConfig: { url: "ftp://example.com" } };
const config = { taskId: NOBODY, url: "https://example.com" };

describe("[J5] what is wrong is said in the protocol's own form", () => {
  it.each<[string, number, string]>([
    ["no JSON", -32700, "{"],
    ["half a character", -32700, '{"jsonrpc":"2.0","id":1,"method":"\\ud800"}'],
    ["nothing", -32600, ""],
    ["a list", -32600, "[]"],
    ["another version of JSON-RPC", -32600, '{"jsonrpc":"1.0","id":1,"method":"GetTask"}'],
    ["no method", -32600, '{"jsonrpc":"2.0","id":1}'],
    ["an id that is none", -32600, '{"jsonrpc":"2.0","id":{},"method":"GetTask"}'],
  ])("before there is a request: %s", async (_why, code, body) => {
    const answer = await ask(body);
    const told = failed.parse(await answer.json());
    expect([answer.status, told.id, told.error.code]).toEqual([400, null, code]);
  });

  it.each<[string, number, string, string]>([
    ["a method that is not there", -32601, call("message/send"), ""],
    ["a method of every object", -32601, call("constructor"), ""],
    ["params that are a list", -32602, call("GetTask", []), ""],
    ["no message", -32602, call("SendMessage"), "message"],
    ["no message id", -32602, said({ messageId: "" }), "message.messageId"],
    ["an agent's role", -32602, said({ role: "ROLE_AGENT" }), "message.role"],
    ["no parts", -32602, said({ parts: [] }), "message.parts"],
    ["a part with nothing in it", -32602, said({ parts: [{}] }), "message.parts.0"],
    ["blanks alone", -32602, said({ parts: [{ text: " \u200b" }] }), "message.parts"],
    ["too long a text", -32602, said({ parts: [{ text: "a".repeat(32_001) }] }), "message.parts"],
    ["a context that cannot be", -32602, said({ contextId: "a\u0000" }), "message.contextId"],
    ["a tenant", -32602, said({}, { tenant: "t" }), "tenant"],
    ["a file that is none", -32602, said({ parts: [{ raw: "a?" }] }), "message.parts.0.raw"],
    [
      "a file elsewhere",
      -32602,
      said({ parts: [{ text: "a" }, { url: "https://a" }] }),
      "message.parts.1.url",
    ],
    [
      "a file in two ways",
      -32602,
      said({ parts: [{ raw: "aGk=", url: "https://a" }] }),
      "message.parts.0",
    ],
    ["data", -32005, said({ parts: [{ data: { a: 1 } }] }), "message.parts.0"],
    [
      "pictures for an answer",
      -32005,
      said({}, { configuration: { acceptedOutputModes: ["image/png"] } }),
      "configuration.acceptedOutputModes",
    ],
    [
      "a push to no address",
      -32602,
      said({}, { configuration: push }),
      "configuration.taskPushNotificationConfig.url",
    ],
    [
      "a token of two lines",
      -32602,
      call("CreateTaskPushNotificationConfig", { ...config, token: "a\nb" }),
      "token",
    ],
    ["pushes of nobody's task", -32001, call("CreateTaskPushNotificationConfig", config), ""],
    [
      "a push of nobody's task",
      -32001,
      call("GetTaskPushNotificationConfig", { taskId: NOBODY, id: "x" }),
      "",
    ],
    ["pushes of no task", -32602, call("ListTaskPushNotificationConfigs"), "taskId"],
    ["another card", -32007, call("GetExtendedAgentCard"), ""],
    ["a task of nobody's", -32001, call("GetTask", { id: NOBODY }), ""],
    ["an id of no task's form", -32001, call("GetTask", { id: "../x" }), ""],
    ["a task of nobody's to cancel", -32001, call("CancelTask", { id: NOBODY }), ""],
    ["a task of nobody's to follow", -32001, call("SubscribeToTask", { id: NOBODY }), ""],
    ["a message to a task of nobody's", -32001, said({ taskId: NOBODY }), ""],
    ["a context of nobody's", -32001, said({ contextId: NOBODY.split(".")[0] }), ""],
    ["a page of no tasks", -32602, call("ListTasks", { pageSize: 0 }), "pageSize"],
    ["a page too large", -32602, call("ListTasks", { pageSize: 101 }), "pageSize"],
    ["a page's token that is none", -32602, call("ListTasks", { pageToken: "x" }), "pageToken"],
    ["a state that is none", -32602, call("ListTasks", { status: "WORKING" }), "status"],
    [
      "a time that is none",
      -32602,
      call("ListTasks", { statusTimestampAfter: "now" }),
      "statusTimestampAfter",
    ],
  ])("of a request: %s", async (_why, code, body, field) => {
    const answer = await ask(body);
    const told = failed.parse(await answer.json());
    expect([answer.status, told.id, told.error.code]).toEqual([200, "r-1", code]);
    const fields = told.error.data.flatMap((data) => (data.fieldViolations as object[]) ?? []);
    expect(fields).toMatchObject(field ? [{ field }] : []);
  });

  it.each(["", "0.3", "2.0"])("another version of the protocol: %s", async (version) => {
    const answer = await ask(call("GetTask", { id: "x" }), { headers: { "A2A-Version": version } });
    expect(failed.parse(await answer.json()).error.code).toBe(-32009);
  });

  it("a team that is not there", async () => {
    const answer = await ask(said({}), { path: "/a2a/system/nobody" });
    expect(failed.parse(await answer.json()).error.code).toBe(-32602);
    const card = await fetch(`${server.url}/a2a/system/nobody/agent-card.json`);
    expect(card.status).toBe(404);
  });

  it("who may not ask, with the status and the challenge of HTTP", async () => {
    const stranger = await ask(said({}), { headers: { Authorization: "Bearer x" } });
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get("WWW-Authenticate")).toMatch(/^Bearer error="invalid_token"/);
    expect(failed.parse(await stranger.json()).error.code).toBe(-32000);
    const card = await fetch(`${server.url}/a2a/somebody/team/agent-card.json`);
    expect([card.status, card.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
    const read = await ask(said({}), { headers: { Authorization: `Bearer ${reader}` } });
    expect([read.status, failed.parse(await read.json()).id]).toEqual([403, "r-1"]);
    const lists = await ask(call("ListTasks"), { headers: { Authorization: `Bearer ${reader}` } });
    expect([lists.status, await lists.json()]).toMatchObject([200, { result: { tasks: [] } }]);
  });

  it("a method of HTTP that is not there, and a path", async () => {
    const put = await ask("{}", { method: "PUT" });
    expect([put.status, failed.parse(await put.json()).error.code]).toEqual([405, -32600]);
    const nothing = await ask("{}", { path: "/a2a/nothing" });
    expect([nothing.status, failed.parse(await nothing.json()).error.code]).toEqual([404, -32600]);
  });
});
