import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { ERRORS, type ErrorCode, problem, refuse } from "../../../src/protocol/errors";
import { call, codeOf, fakeRooms, TASK } from "./build";

let log: MockInstance;
beforeEach(() => {
  log = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

function logged(): string {
  return log.mock.calls.flat().join("\n");
}

/** The answer when the room behind `GET /tasks/{id}` does as told. */
async function whenRoom(read: () => unknown): Promise<Response> {
  const { env } = fakeRooms({ task: { read: async () => read() as never } });
  return call(`/api/v1/tasks/${TASK}`, { env });
}

function fails(error: unknown) {
  return () => {
    throw error;
  };
}

const marked = (message: string, marks: object) => Object.assign(new Error(message), marks);

describe("every answer has a request id", () => {
  it.each([["a"], ["A-b_c.9"], ["x".repeat(128)]])("the caller's: %s", async (id) => {
    const response = await call("/api/v1/tasks", { headers: { "X-Request-Id": id } });
    expect(response.headers.get("X-Request-Id")).toBe(id);
  });

  it.each([[""], ["x".repeat(129)], ["a b"], ["ä"], ["a\tb"], ["a/b"]])(
    "a new one instead of: %s",
    async (id) => {
      const response = await call("/api/v1/tasks", { headers: { "X-Request-Id": id } });
      expect(response.headers.get("X-Request-Id")).toMatch(/^req_[0-9a-z]{26}$/);
    },
  );

  it.each<[string, string, string]>([
    ["a refused call", "GET", "/api/v1/tasks/nope"],
    ["an unknown path", "GET", "/api/v1/nope"],
    ["a path outside the API", "GET", "/elsewhere"],
    ["an open path", "GET", "/healthz"],
    ["a preflight", "OPTIONS", "/api/v1/tasks"],
    ["a HEAD", "HEAD", "/healthz"],
  ])("on %s", async (_name, method, path) => {
    const response = await call(path, { method });
    expect(response.headers.get("X-Request-Id")).toMatch(/^req_/);
  });
});

describe("a room's refusal becomes the contract's problem", () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])("%s", async (code) => {
    const response = await whenRoom(() => ({ ok: false, refusal: refuse(code, "because") }));
    expect(response.status).toBe(ERRORS[code].status);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(problem.parse(await response.json())).toMatchObject({
      code,
      status: response.status,
      title: ERRORS[code].title,
      detail: "because",
    });
  });

  it("details are members of the problem", async () => {
    const details = { from: "PENDING", to: "RUNNING", allowed: ["CANCELLED"] };
    const refusal = refuse("invalid_transition", "no", details);
    const response = await whenRoom(() => ({ ok: false, refusal }));
    expect(await response.json()).toMatchObject(details);
  });

  it.each([
    [1, "1"],
    [1000, "1"],
    [1001, "2"],
    [59_999, "60"],
  ])("Retry-After is whole seconds, rounded up: %i ms", async (retryAfterMs, header) => {
    const refusal = refuse("rate_limited", "slow down", { retryAfterMs });
    const response = await whenRoom(() => ({ ok: false, refusal }));
    expect(response.headers.get("Retry-After")).toBe(header);
    expect(await response.json()).toMatchObject({ retryAfterMs });
  });
});

describe("what the platform throws for a moment is 503 with Retry-After", () => {
  it.each<[string, unknown]>([
    ["a lost connection to the object", marked("Network connection lost.", { retryable: true })],
    ["an overloaded object", marked("Durable Object is overloaded.", { overloaded: true })],
    ["an object that was reset", marked("why", { durableObjectReset: true, remote: true })],
    ["an object that is no more", new Error("Application called abort().")],
    ["D1 behind the room", marked("D1_ERROR: Network connection lost.", { remote: true })],
    ["something that is no error", "boom"],
  ])("%s", async (_name, error) => {
    const response = await whenRoom(fails(error));
    expect([response.status, await codeOf(response)]).toEqual([503, "unavailable"]);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  it("D1 in front of resources", async () => {
    const failing = { prepare: fails(new Error("D1_ERROR: Network connection lost.")) };
    const response = await call("/api/v1/teams", { env: { DB: failing } });
    expect([response.status, await codeOf(response)]).toEqual([503, "unavailable"]);
  });
});

describe("what nobody expected is 500 and says nothing", () => {
  const secret = "SELECT secret FROM place";
  it.each<[string, unknown]>([
    ["a bug in a room", Object.assign(new TypeError(secret), { remote: true })],
  ])("%s", async (_name, error) => {
    const response = await whenRoom(fails(error));
    const text = await response.clone().text();
    expect(response.status).toBe(500);
    expect(text).not.toContain(secret);
    expect(text).not.toContain("TypeError");
    expect(JSON.parse(text)).toMatchObject({
      code: "internal",
      requestId: response.headers.get("X-Request-Id"),
    });
  });

  it("but the log has it in one line, with the request id", async () => {
    const response = await whenRoom(fails(marked(secret, { remote: true })));
    expect(log).toHaveBeenCalledTimes(1);
    expect(JSON.parse(logged())).toMatchObject({
      event: "internal_error",
      requestId: response.headers.get("X-Request-Id"),
      path: `/api/v1/tasks/${TASK}`,
      causes: [expect.stringContaining(secret)],
    });
  });

  it("a failed query is logged without what users wrote", async () => {
    const raw = async () => fails(new Error("D1_ERROR: no such table"))();
    const prepare = () => ({ bind: () => ({ raw }) });
    // A home of the last release has no list: the database is asked.
    const older = { listTasks: fails(new Error("The RPC receiver does not implement the method")) };
    const env = { ...fakeRooms({ user: older }).env, DB: { prepare } };
    const response = await call("/api/v1/tasks?q=private", { env });
    expect(response.status).toBe(500);
    expect(logged()).toContain("no such table");
    expect(logged()).not.toContain("private");
  });
});

describe("settings that are not valid stop every call", () => {
  it.each<[string, Record<string, string>]>([
    ["AUTH_JWT_SECRET", { AUTH_JWT_SECRET: "sho-rt" }],
    ["AUTH_JWKS_URL", { AUTH_JWKS_URL: "no-address" }],
    ["TURN_TIMEOUT_MS", { TURN_TIMEOUT_MS: "so-on" }],
    ["ALLOW_PRIVATE_TARGETS", { ALLOW_PRIVATE_TARGETS: "ye-s" }],
  ])("%s", async (name, env) => {
    for (const path of ["/api/v1/tasks", "/healthz"]) {
      const response = await call(path, { env });
      expect([response.status, await codeOf(response)]).toEqual([503, "unavailable"]);
      expect(await response.text()).not.toContain(name);
    }
    expect(logged()).toContain(name);
    expect(logged()).not.toContain(env[name]);
  });
});

describe("health", () => {
  it("is open, and ok while D1 answers", async () => {
    const response = await call("/healthz", { token: null });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  it.each([
    ["for a moment", new Error("D1_ERROR: Network connection lost.")],
    ["for good", new Error("D1_ERROR: no such database")],
  ])("is 503 while D1 fails %s", async (_name, error) => {
    const response = await call("/healthz", {
      token: null,
      env: { DB: { prepare: fails(error) } },
    });
    expect([response.status, await codeOf(response)]).toEqual([503, "unavailable"]);
  });
});
