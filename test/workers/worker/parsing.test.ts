import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/protocol/limits";
import { type Call, call, codeOf, fakeRooms, TASK, TURN } from "./build";

// No room is ever asked: what can't be read goes no further than the edge.
const { asked, env } = fakeRooms({});

async function refusal(path: string, options: Call) {
  const response = await call(path, { env, ...options });
  const body = await response.json<{ detail: string; issues?: { path: string }[] }>();
  return { status: response.status, ...body, paths: body.issues?.map(({ path: at }) => at) };
}

describe("bodies that are no request", () => {
  const bytes = (...values: number[]) => new Uint8Array(values);
  it.each<[string, unknown]>([
    ["not JSON", "hello"],
    ["half of JSON", '{"title":'],
    ["two of JSON", "{}{}"],
    ["an array", "[]"],
    ["a text", '"x"'],
    ["null", "null"],
    ["nesting without end", '{"metadata":'.repeat(5000)],
    ["nesting one too deep", `{"metadata":${'{"a":'.repeat(64)}1${"}".repeat(64)}}`],
    ["an unknown member", { title: "x", colour: "red" }],
    ["a wrong type", { title: 7 }],
    ["an empty title", { title: "" }],
    ["a title too long", { title: "x".repeat(201) }],
    ["an empty prompt", { prompt: "" }],
    ["a prompt too long", { prompt: "x".repeat(32_001) }],
    ["half of a character", '{"title":"a\\ud83d"}'],
    ["half of a character in a name", '{"labels":{"\\udc00":"x"}}'],
    ["bytes that are no text", bytes(0x7b, 0xff, 0x7d)],
    ["half a character in bytes", bytes(0x22, 0xf0, 0x9f, 0x22)],
    ["__proto__", '{"__proto__":{"title":"x"}}'],
    ["__proto__ inside", '{"metadata":{"a":[{"__proto__":{"x":1}}]}}'],
    ["__proto__ in other letters", '{"labels":{"\\u005f_proto__":"x"}}'],
    ["a label that is no text", { labels: { a: 1 } }],
    [
      "too many labels",
      { labels: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [i, ""])) },
    ],
    ["metadata that is no object", { metadata: [] }],
    ["metadata too large", { metadata: { a: "x".repeat(16 * 1024) } }],
    ["a team without a namespace", { teamRef: "assistant" }],
    ["a team in capitals", { teamRef: "system/Assistant" }],
    ["a team with more", { teamRef: { namespace: "a", name: "b", x: 1 } }],
    ["a role that is none", { members: [{ userId: "bob", role: "king" }] }],
    ["a member without an id", { members: [{ userId: "", role: "viewer" }] }],
    [
      "a member twice",
      {
        members: [
          { userId: "b", role: "viewer" },
          { userId: "b", role: "viewer" },
        ],
      },
    ],
    ["the creator as a viewer", { members: [{ userId: "alice", role: "viewer" }] }],
  ])("%s", async (_name, body) => {
    const answer = await refusal("/api/v1/tasks", { method: "POST", body });
    expect(answer).toMatchObject({ status: 400, code: "invalid_request" });
    expect(answer.paths?.length).toBeGreaterThan(0);
    expect(asked).toEqual([]);
  });

  it("says where the trouble is", async () => {
    const members = [
      { userId: "bob", role: "viewer" },
      { userId: "carol", role: "king" },
    ];
    const answer = await refusal("/api/v1/tasks", { method: "POST", body: { members, title: "" } });
    expect(answer.paths).toEqual(["title", "members.1.role"]);
  });

  it.each([
    "application/json",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "",
  ])("with a Content-Type of %j JSON is read as JSON", async (type) => {
    const headers = { "Content-Type": type };
    const answer = await refusal("/api/v1/tasks", {
      method: "POST",
      headers,
      body: { title: 1 },
    });
    expect(answer.paths).toEqual(["title"]);
  });
});

it("a body that comes byte by byte and says no length is read whole", async () => {
  const bytes = new TextEncoder().encode(JSON.stringify({ prompt: "€".repeat(3000), title: 1 }));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const answer = await refusal("/api/v1/tasks", { method: "POST", body });
  expect(answer.paths).toEqual(["title"]);
});

it("a body that is longer than it says is read whole", async () => {
  const headers = { "Content-Length": "2" };
  const body = { prompt: "x".repeat(10_000), title: 1 };
  const answer = await refusal("/api/v1/tasks", { method: "POST", headers, body });
  expect(answer.paths).toEqual(["title"]);
});

describe("bodies that are too large", () => {
  const filler = (length: number) => JSON.stringify({ x: "x".repeat(length - 8) });

  function stream(text: string): ReadableStream {
    return new Blob([text]).stream();
  }

  it.each<[string, () => Call]>([
    ["declared so", () => ({ body: filler(LIMITS.bodyBytes + 1) })],
    ["without a declaration", () => ({ body: stream(filler(LIMITS.bodyBytes + 1)) })],
    ["in bytes, not in characters", () => ({ body: `{"x":"${"€".repeat(90_000)}"}` })],
    [
      "by the declaration alone",
      () => ({ body: "{}", headers: { "Content-Length": String(LIMITS.createBodyBytes + 1) } }),
    ],
  ])("%s", async (_name, options) => {
    const answer = await refusal("/api/v1/tasks", { method: "POST", ...options() });
    expect(answer).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  it.each<[string, () => Call]>([
    ["declared", () => ({ body: filler(LIMITS.bodyBytes) })],
    ["streamed", () => ({ body: stream(filler(LIMITS.bodyBytes)) })],
  ])("the largest that fits is read: %s", async (_name, options) => {
    const answer = await refusal("/api/v1/tasks", { method: "POST", ...options() });
    expect(answer).toMatchObject({ status: 400, code: "invalid_request" });
  });
});

describe("queries that are none", () => {
  const messages = `/api/v1/messages?taskId=${TASK}`;
  const id = "msg_01hzzzzzzzzzzzzzzzzzzzzzzz";
  it.each<[string, string]>([
    ["/api/v1/tasks?colour=red", "colour"],
    ["/api/v1/tasks?__proto__=x", "__proto__"],
    ["/api/v1/tasks?limit=0", "limit"],
    ["/api/v1/tasks?limit=201", "limit"],
    ["/api/v1/tasks?limit=", "limit"],
    ["/api/v1/tasks?limit=1e2", "limit"],
    ["/api/v1/tasks?limit=-1", "limit"],
    ["/api/v1/tasks?limit=1.5", "limit"],
    ["/api/v1/tasks?limit=99999999999", "limit"],
    ["/api/v1/tasks?limit=1&limit=1", "limit"],
    ["/api/v1/tasks?q=a&q=b", "q"],
    ["/api/v1/tasks?q=", "q"],
    [`/api/v1/tasks?q=${"x".repeat(201)}`, "q"],
    ["/api/v1/tasks?status=DONE", "status.0"],
    ["/api/v1/tasks?status=RUNNING&status=", "status.1"],
    [`/api/v1/tasks?${"status=RUNNING&".repeat(21)}`, "status"],
    ["/api/v1/tasks?label=novalue", "label.0"],
    ["/api/v1/tasks?label==x", "label.0"],
    ["/api/v1/tasks?team=assistant", "team"],
    ["/api/v1/tasks?createdAfter=yesterday", "createdAfter"],
    ["/api/v1/tasks?createdBefore=2026-13-01T00:00:00Z", "createdBefore"],
    ["/api/v1/tasks?createdBefore=2026-11-01", "createdBefore"],
    ["/api/v1/tasks?cursor=", "cursor"],
    ["/api/v1/tasks?cursor=garbage", "cursor"],
    ["/api/v1/tasks?cursor=%00", "cursor"],
    ["/api/v1/tasks?cursor=e30", "cursor"],
    ["/api/v1/messages", "taskId"],
    [`${messages}&role=ghost`, "role.0"],
    [`${messages}&before=1`, "before"],
    [`${messages}&before=${id}&after=${id}`, "before"],
    [`${messages}&taskId=${TASK}`, "taskId"],
    [`/api/v1/tasks/${TASK}/turns?status=RUNNING`, "status.0"],
    [`/api/v1/tasks/${TASK}/turns?x=1`, "x"],
    ["/api/v1/sessions?limit=0", "limit"],
    ["/api/v1/sessions?status=x", "status"],
  ])("%s", async (path, at) => {
    const answer = await refusal(path, {});
    expect(answer).toMatchObject({ status: 400, code: "invalid_request" });
    expect(answer.paths).toContain(at);
    expect(asked).toEqual([]);
  });
});

describe("ids of the wrong form name nothing, and no object is asked", () => {
  const session = "sess_01hzzzzzzzzzzzzzzzzzzzzzzz";
  it.each<[string, string]>([
    ["GET", "/api/v1/tasks/nope"],
    ["GET", `/api/v1/tasks/${TASK.toUpperCase()}`],
    ["GET", `/api/v1/tasks/${TASK}x`],
    ["GET", `/api/v1/tasks/${TASK}%0A`],
    ["GET", `/api/v1/tasks/${TURN}`],
    ["GET", "/api/v1/tasks/%00"],
    ["PATCH", "/api/v1/tasks/nope"],
    ["DELETE", "/api/v1/tasks/nope"],
    ["PATCH", "/api/v1/tasks/nope/status"],
    ["POST", "/api/v1/tasks/nope/execute"],
    ["POST", "/api/v1/tasks/nope/interrupt"],
    ["GET", "/api/v1/tasks/nope/turns"],
    ["GET", `/api/v1/tasks/nope/turns/${TURN}`],
    ["GET", `/api/v1/tasks/${TASK}/turns/nope`],
    ["POST", `/api/v1/tasks/${TASK}/turns/nope/interrupt`],
    ["GET", "/api/v1/messages?taskId=nope"],
    ["GET", "/api/v1/messages?taskId="],
    ["DELETE", "/api/v1/sessions/nope"],
    ["DELETE", `/api/v1/sessions/${session}x`],
  ])("%s %s", async (method, path) => {
    const response = await call(path, { method, env });
    expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
    expect(asked).toEqual([]);
  });
});

describe("an Idempotency-Key that is none", () => {
  it.each([
    ["too long", "x".repeat(256)],
    ["with a space", "a b"],
    ["empty", ""],
  ])("%s", async (_name, key) => {
    for (const path of ["/api/v1/tasks", `/api/v1/tasks/${TASK}/execute`]) {
      const headers = { "Idempotency-Key": key };
      const answer = await refusal(path, { method: "POST", headers });
      expect(answer.status).toBe(400);
      expect(new Set(answer.paths)).toEqual(new Set(["Idempotency-Key"]));
      expect(asked).toEqual([]);
    }
  });
});
