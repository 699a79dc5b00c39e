import { describe, expect, it, vi } from "vitest";
import { accepted } from "../../../src/protocol/errors";
import { aTask } from "../history/build";
import { type Call, call, codeOf, fakeRooms, TASK, TURN, token } from "./build";

const SESSION = "sess_01hzzzzzzzzzzzzzzzzzzzzzzz";
const RECOVERY = "r".repeat(43);
const alice = expect.objectContaining({ userId: "alice", scope: "write" });

/** Rooms whose every method answers with its own name, and remember what they were asked. */
function echoingRooms() {
  const calls: unknown[][] = [];
  const stub = new Proxy(
    {},
    {
      get:
        (_stub, method: string) =>
        async (...args: unknown[]) => {
          calls.push([method, ...args]);
          return accepted({ answered: method });
        },
    },
  );
  return { calls, ...fakeRooms({ task: stub, user: stub }) };
}

describe("each route asks one room, and answers what it says", () => {
  const base = `/api/v1/tasks/${TASK}`;
  it.each<[string, string, unknown, unknown[], number, unknown]>([
    ["GET", base, undefined, ["read", alice], 200, { answered: "read" }],
    ["PATCH", base, { title: "x" }, ["update", alice, { title: "x" }], 200, { answered: "update" }],
    ["DELETE", base, undefined, ["remove", alice], 204, undefined],
    [
      "PATCH",
      `${base}/status`,
      { status: "CANCELLED", reason: "r" },
      ["setStatus", alice, { status: "CANCELLED", reason: "r" }],
      200,
      { answered: "setStatus" },
    ],
    [
      "POST",
      `${base}/execute`,
      { input: "go", onBusy: "reject" },
      ["execute", alice, { input: "go", onBusy: "reject" }, undefined],
      202,
      { answered: "execute" },
    ],
    [
      "POST",
      `${base}/execute`,
      undefined,
      ["execute", alice, {}, undefined],
      202,
      expect.anything(),
    ],
    [
      "POST",
      `${base}/interrupt`,
      { reason: "r" },
      ["interruptAll", alice, "r"],
      202,
      { answered: "interruptAll" },
    ],
    [
      "GET",
      `${base}/turns?status=FAILED&status=PENDING&limit=2&cursor=c`,
      undefined,
      ["turns", alice, { status: ["FAILED", "PENDING"], limit: 2, cursor: "c" }],
      200,
      { answered: "turns" },
    ],
    ["GET", `${base}/turns/${TURN}`, undefined, ["turn", alice, TURN], 200, { answered: "turn" }],
    [
      "POST",
      `${base}/turns/${TURN}/interrupt`,
      undefined,
      ["interruptTurn", alice, TURN, undefined],
      202,
      { turn: { answered: "interruptTurn" } },
    ],
    [
      "GET",
      `/api/v1/messages?taskId=${TASK}&role=user&threadId=t`,
      undefined,
      ["messages", alice, { taskId: TASK, role: ["user"], threadId: "t", limit: 50 }],
      200,
      { answered: "messages" },
    ],
  ])("%s %s", async (method, path, body, expected, status, answer) => {
    const { calls, asked, env } = echoingRooms();
    const response = await call(path, { method, env, ...(body !== undefined && { body }) });
    expect(response.status).toBe(status);
    expect(status === 204 ? undefined : await response.json()).toEqual(answer);
    expect(calls).toEqual([expected]);
    expect(asked).toEqual([TASK]);
  });

  it.each<[string, string, unknown, unknown[], number]>([
    ["GET", "/api/v1/sessions?limit=3", undefined, ["listSessions", "alice", { limit: 3 }], 200],
    [
      "POST",
      "/api/v1/sessions/recover",
      { recoveryToken: RECOVERY },
      ["recoverSession", "alice", RECOVERY],
      200,
    ],
    ["DELETE", `/api/v1/sessions/${SESSION}`, undefined, ["revokeSession", "alice", SESSION], 204],
  ])("%s %s", async (method, path, body, expected, status) => {
    const { calls, asked, env } = echoingRooms();
    const response = await call(path, { method, env, ...(body !== undefined && { body }) });
    expect(response.status).toBe(status);
    expect(calls).toEqual([expected]);
    expect(asked).toEqual(["alice"]);
  });

  it("POST /sessions asks the task's room first", async () => {
    const { calls, asked, env } = echoingRooms();
    const response = await call("/api/v1/sessions", {
      method: "POST",
      env,
      body: { taskId: TASK },
    });
    expect([response.status, await response.json()]).toEqual([201, { answered: "createSession" }]);
    expect(calls).toEqual([
      ["read", alice],
      ["createSession", "alice", TASK],
    ]);
    expect(asked).toEqual([TASK, "alice"]);
  });

  it("POST /sessions/recover refuses what is no token as it does an unknown one", async () => {
    const { asked, env } = fakeRooms({});
    for (const recoveryToken of ["", "x", `${RECOVERY}r`, "ü".repeat(43)]) {
      const body = { recoveryToken };
      const response = await call("/api/v1/sessions/recover", { method: "POST", env, body });
      expect([response.status, await codeOf(response)]).toEqual([404, "recovery_invalid"]);
    }
    expect(asked).toEqual([]);
  });

  it.each(["/api/v1/sessions", "/api/v1/sessions/recover"])(
    "POST %s refuses the pages that may not open a socket",
    async (path) => {
      const headers = { Origin: "https://evil.test" };
      const body = path.endsWith("recover") ? { recoveryToken: RECOVERY } : { taskId: TASK };
      const response = await call(path, { method: "POST", headers, body, env: fakeRooms({}).env });
      expect([response.status, await codeOf(response)]).toEqual([403, "forbidden"]);
    },
  );
});

describe("POST /tasks fills in what was left out", () => {
  const owner = { userId: "alice", role: "owner" };
  const assistant = { namespace: "system", name: "assistant" };
  const empty = { labels: {}, metadata: {}, members: [owner], teamRef: assistant };
  it.each<[string, unknown, object]>([
    ["nothing at all", undefined, { ...empty, title: "New task" }],
    [
      "a prompt",
      { prompt: "Do this\nand that" },
      { ...empty, title: "Do this", prompt: "Do this\nand that" },
    ],
    ["a title", { prompt: "p", title: "t" }, { ...empty, title: "t", prompt: "p" }],
    [
      "a team as text",
      { teamRef: "a/b/crew" },
      { ...empty, title: "New task", teamRef: { namespace: "a/b", name: "crew" } },
    ],
    [
      "members, the creator among them",
      { members: [{ userId: "bob", role: "viewer" }, owner] },
      { ...empty, title: "New task", members: [owner, { userId: "bob", role: "viewer" }] },
    ],
  ])("%s", async (_name, body, input) => {
    const createTask = vi.fn(async (_: unknown, { taskId }: { taskId: string }) => ({
      ok: true as const,
      value: { task: { ...aTask(), id: taskId }, isNew: true },
    }));
    const { asked, env } = fakeRooms({ user: { createTask } });
    const response = await call("/api/v1/tasks", {
      method: "POST",
      env,
      ...(body !== undefined && { body }),
    });
    expect([response.status, asked]).toEqual([201, ["alice"]]);
    const { taskId } = createTask.mock.calls[0]?.[1] ?? {};
    expect(taskId).toMatch(/^task_/);
    expect(response.headers.get("Location")).toBe(`/api/v1/tasks/${taskId}`);
    expect(createTask.mock.calls).toEqual([[alice, { ...input, taskId }, undefined]]);
  });
});

it("execute hands the Idempotency-Key to the room", async () => {
  const { calls, env } = echoingRooms();
  const headers = { "Idempotency-Key": "k-1" };
  await call(`/api/v1/tasks/${TASK}/execute`, { method: "POST", env, headers });
  expect(calls).toEqual([["execute", alice, {}, "k-1"]]);
});

describe("a read credential", () => {
  const base = `/api/v1/tasks/${TASK}`;
  async function reading(method: string, path: string, body?: unknown) {
    const { calls, env } = echoingRooms();
    const options: Call = { method, env, token: await token({ scope: "read" }) };
    const response = await call(path, body === undefined ? options : { ...options, body });
    return { response, calls };
  }

  it.each<[string, string, unknown?]>([
    ["GET", base],
    ["HEAD", base],
    ["GET", `${base}/turns`],
    ["GET", "/api/v1/tasks"],
    ["POST", "/api/v1/sessions", { taskId: TASK }],
    ["POST", "/api/v1/sessions/recover", { recoveryToken: RECOVERY }],
  ])("may %s %s", async (method, path, body) => {
    const { response } = await reading(method, path, body);
    expect(response.ok).toBe(true);
  });

  it.each<[string, string]>([
    ["POST", "/api/v1/tasks"],
    ["PATCH", base],
    ["DELETE", base],
    ["PATCH", `${base}/status`],
    ["POST", `${base}/execute`],
    ["POST", `${base}/interrupt`],
    ["POST", `${base}/turns/${TURN}/interrupt`],
    ["DELETE", `/api/v1/sessions/${SESSION}`],
    ["DELETE", "/api/v1/sessions"],
  ])("may not %s %s", async (method, path) => {
    const { response, calls } = await reading(method, path);
    expect([response.status, await codeOf(response)]).toEqual([403, "forbidden"]);
    expect(calls).toEqual([]);
  });
});

describe("what the platform calls worth another try", () => {
  const flaky = (marks: object) => {
    const answer = vi
      .fn()
      .mockRejectedValueOnce(Object.assign(new Error("gone"), marks))
      .mockImplementation(async () => accepted({ answered: true }));
    return { answer, ...fakeRooms({ task: { read: answer, update: answer } }) };
  };

  it("is tried again once when reading, with a new stub", async () => {
    const { asked, env } = flaky({ retryable: true });
    expect((await call(`/api/v1/tasks/${TASK}`, { env })).status).toBe(200);
    expect(asked).toEqual([TASK, TASK]);
  });

  it.each<[string, string, object]>([
    ["when it is overloaded", "GET", { retryable: true, overloaded: true }],
    ["when it says nothing", "GET", {}],
    ["when something changes by it", "PATCH", { retryable: true }],
  ])("is not tried again %s", async (_name, method, marks) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { answer, env } = flaky(marks);
    const body = method === "PATCH" ? { body: {} } : {};
    const response = await call(`/api/v1/tasks/${TASK}`, { method, env, ...body });
    expect([response.status, await codeOf(response)]).toEqual([503, "unavailable"]);
    expect(answer).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });
});

describe("pages of other origins", () => {
  const env = { ALLOWED_ORIGINS: "https://app.test" };
  const ASKED = "authorization,last-event-id,x-stainless-retry-count,mcp-protocol-version";
  const preflight = (origin: string, path = "/api/v1/tasks") =>
    call(path, {
      method: "OPTIONS",
      token: null,
      env,
      headers: {
        ...{ Origin: origin, "Access-Control-Request-Method": "POST" },
        "Access-Control-Request-Headers": ASKED,
      },
    });

  it.each([
    ...["/api/v1/tasks", "/openai/v1/responses", "/ai-sdk/chat", "/mcp"],
    ...["/a2a/system/assistant", "/ag-ui/system/assistant", "/copilotkit/info"],
  ])(
    "may call %s when they are listed, without asking who calls, with any header",
    async (path) => {
      const response = await preflight("https://app.test", path);
      expect(response.status).toBe(204);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://app.test");
      expect(response.headers.get("Access-Control-Allow-Headers")).toBe(ASKED);
    },
  );

  it("may read refusals too, and the headers that matter", async () => {
    const headers = { Origin: "https://app.test" };
    const response = await call("/api/v1/tasks", { token: null, env, headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://app.test");
    for (const name of ["X-Request-Id", "Retry-After", "Location"]) {
      expect(response.headers.get("Access-Control-Expose-Headers")).toContain(name);
    }
  });

  it.each(["https://evil.test", "null"])("may not when they are not: %s", async (origin) => {
    const response = await preflight(origin);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});
