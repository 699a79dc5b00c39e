import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  arrivalRequest,
  readArrival,
  refusalResponse,
} from "../../../src/durable-objects/sockets/arrival";
import { problemOf, refuse } from "../../../src/protocol/errors";
import { type Call, call, codeOf, fakeRooms, ORIGIN, TASK, token } from "./build";

const CHAT = `/api/v1/tasks/${TASK}/chat`;
const RECOVERY = "r".repeat(43);

let received: Request[];
let answer: () => Response;

beforeEach(() => {
  received = [];
  answer = () => {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    return new Response(null, { status: 101, webSocket: client });
  };
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function upgrade(path = CHAT, options: Call = {}): Promise<Response> {
  const { env } = fakeRooms({
    task: {
      fetch: async (request) => {
        received.push(request);
        return answer();
      },
    },
  });
  const headers = { Upgrade: "websocket", ...options.headers };
  return call(path, { ...options, env: { ...env, ...options.env }, headers });
}

describe("an accepted upgrade", () => {
  it("is the room's socket, with a request id", async () => {
    const response = await upgrade();
    expect(response.status).toBe(101);
    expect(response.webSocket).not.toBeNull();
    expect(response.headers.get("X-Request-Id")).toMatch(/^req_/);
    response.webSocket?.accept();
    response.webSocket?.close();
  });

  it.each([
    ["when it was offered", "taskroom.v1", "taskroom.v1"],
    ["among others", "chat, taskroom.v1", "taskroom.v1"],
    ["not when it was not", "chat", null],
    ["not by a part of it", "taskroom.v12", null],
  ])("selects taskroom.v1 %s", async (_name, offered, selected) => {
    const response = await upgrade(CHAT, { headers: { "Sec-WebSocket-Protocol": offered } });
    expect(response.headers.get("Sec-WebSocket-Protocol")).toBe(selected);
  });

  it("selects nothing where nothing was offered", async () => {
    expect((await upgrade()).headers.get("Sec-WebSocket-Protocol")).toBeNull();
  });

  it("tells the room who calls and where to resume, and hands on no credential", async () => {
    const bearer = await token({ sub: "åsa/1", name: "Åsa ✓", scope: "read" });
    await upgrade(`${CHAT}?after=12&epoch=e1`, {
      token: null,
      headers: {
        "Sec-WebSocket-Protocol": `taskroom.v1, taskroom.bearer.${bearer}, taskroom.resume.${RECOVERY}`,
        Cookie: "secret=1",
        "X-Request-Id": "mine",
      },
    });
    const [request] = received;
    const told = request && readArrival(request);
    expect(told).toMatchObject({
      principal: { userId: "åsa/1", name: "Åsa ✓", scope: "read", requestId: "mine" },
      recoveryToken: RECOVERY,
      position: { after: 12, epoch: "e1" },
      isFeed: false,
    });
    const own = told && arrivalRequest(told);
    expect(request?.url).toBe(own?.url);
    expect([...(request?.headers ?? [])]).toEqual([...(own?.headers ?? [])]);
  });

  it("takes nothing of the room's headers from the caller", async () => {
    const mallory = { userId: "mallory", scope: "admin", expiresAt: null } as const;
    const forged = arrivalRequest({
      principal: mallory,
      recoveryToken: RECOVERY,
      position: { after: 7 },
      isFeed: true,
    });
    forged.headers.delete("Upgrade");
    await upgrade(CHAT, { headers: Object.fromEntries(forged.headers) });
    const [request] = received;
    const told = request && readArrival(request);
    expect(told).toMatchObject({ principal: { userId: "alice" }, position: {}, isFeed: false });
    expect(told).not.toHaveProperty("recoveryToken", RECOVERY);
  });
});

describe("an upgrade that is refused at the edge is a problem, and no room hears of it", () => {
  const resume = (text: string) => ({ "Sec-WebSocket-Protocol": text });
  it.each<[string, string, Call, number, string]>([
    ["without a token", CHAT, { token: null }, 401, "unauthorized"],
    ["with garbage", CHAT, { token: "garbage" }, 401, "unauthorized"],
    ["with the token in the URL", `${CHAT}?token=x`, { token: null }, 401, "unauthorized"],
    ["with another token in the URL", `${CHAT}?token=x`, {}, 400, "invalid_request"],
    ["for an id of the wrong form", "/api/v1/tasks/nope/chat", {}, 404, "not_found"],
    ["from another site", CHAT, { headers: { Origin: "https://evil.test" } }, 403, "forbidden"],
    ["from nowhere", CHAT, { headers: { Origin: "null" } }, 403, "forbidden"],
    ["after a text", `${CHAT}?after=x`, {}, 400, "invalid_request"],
    ["after nothing", `${CHAT}?after=`, {}, 400, "invalid_request"],
    ["after less than nothing", `${CHAT}?after=-1`, {}, 400, "invalid_request"],
    ["after half", `${CHAT}?after=1.5`, {}, 400, "invalid_request"],
    [
      "after more than a number holds",
      `${CHAT}?after=9007199254740993`,
      {},
      400,
      "invalid_request",
    ],
    ["after two numbers", `${CHAT}?after=1&after=2`, {}, 400, "invalid_request"],
    ["an empty epoch", `${CHAT}?after=1&epoch=`, {}, 400, "invalid_request"],
    ["an epoch too long", `${CHAT}?epoch=${"x".repeat(65)}`, {}, 400, "invalid_request"],
    ["an unknown name", `${CHAT}?colour=red`, {}, 400, "invalid_request"],
    [
      "a recovery token that is none",
      CHAT,
      { headers: resume("taskroom.v1, taskroom.resume.x") },
      404,
      "recovery_invalid",
    ],
    [
      "an empty recovery token",
      CHAT,
      { headers: resume("taskroom.v1, taskroom.resume.") },
      404,
      "recovery_invalid",
    ],
    [
      "two recovery tokens",
      CHAT,
      { headers: resume(`taskroom.resume.${RECOVERY}, taskroom.resume.${RECOVERY}`) },
      400,
      "invalid_request",
    ],
    [
      "where nothing is configured",
      CHAT,
      { env: { AUTH_JWT_SECRET: "", AUTH_JWKS_URL: "" } },
      503,
      "auth_not_configured",
    ],
  ])("%s", async (_name, path, options, status, code) => {
    const response = await upgrade(path, options);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(received).toEqual([]);
  });

  it.each([
    ["its own page", ORIGIN, {}],
    ["a listed page", "https://app.test", { ALLOWED_ORIGINS: "https://app.test" }],
  ])("but not from %s", async (_name, origin, env) => {
    const response = await upgrade(CHAT, { headers: { Origin: origin }, env });
    expect(response.status).toBe(101);
  });

  it.each(["", "h2c"])("what asks for %j instead hears what to ask for", async (upgradeTo) => {
    const response = await upgrade(CHAT, { headers: { Upgrade: upgradeTo } });
    expect([response.status, await codeOf(response)]).toEqual([400, "invalid_request"]);
    expect(response.headers.get("Upgrade")).toBe("websocket");
  });
});

describe("an upgrade that the room refuses", () => {
  const refusal = refuse("rate_limited", "slow down", { retryAfterMs: 1500 });
  it.each<[string, () => Response]>([
    ["a room's refusal", () => refusalResponse(refusal)],
    ["a problem of a room of the last version", () => Response.json(problemOf(refusal))],
  ])("is a problem with the headers of its code: %s", async (_, refused) => {
    answer = refused;
    const response = await upgrade();
    expect([response.status, await response.json()]).toEqual([429, problemOf(refusal)]);
    expect(response.headers.get("Retry-After")).toBe("2");
    expect(response.headers.get("X-Request-Id")).toMatch(/^req_/);
  });

  it.each<[string, () => Response, number]>([
    ["an answer that is no problem", () => new Response("boom", { status: 500 }), 500],
    ["another JSON", () => Response.json({ code: "what" }), 500],
    [
      "a room that is gone",
      () => {
        throw Object.assign(new Error("reset"), { durableObjectReset: true });
      },
      503,
    ],
  ])("never shows %s", async (_name, broken, status) => {
    answer = broken;
    const response = await upgrade();
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/boom|what|reset/);
  });
});
