import { afterEach, describe, expect, it, vi } from "vitest";
import { type ClientOptions, createClient, TaskroomError } from "../../../src/client";
import { FakeWire } from "../../support/fake-wire";
import { holdTime, pass, TASK } from "./connected";

const SERVER = "https://taskroom.test";

/** As a program without types may give them. */
function made(options: object) {
  const wire = new FakeWire();
  const { WebSocket, fetch } = wire;
  const given: object = { url: SERVER, token: "t-1", WebSocket, fetch, ...options };
  return { wire, taskroom: createClient(given as ClientOptions) };
}

function refusal(options: object): TaskroomError {
  try {
    made(options);
  } catch (error) {
    if (error instanceof TaskroomError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

/** The addresses that a client of this url asks. */
async function asked(url: unknown): Promise<string[]> {
  const addresses: string[] = [];
  const fetch: ClientOptions["fetch"] = async (address) => {
    addresses.push(address);
    return { ok: true, status: 200, headers: new Headers(), text: async () => "{}" };
  };
  const { wire, taskroom } = made({ url, fetch });
  await taskroom.usage();
  const room = taskroom.connect(TASK);
  await vi.waitFor(() => expect(wire.sockets).toHaveLength(1));
  room.close();
  return [...addresses, wire.last.url.href];
}

afterEach(() => vi.unstubAllGlobals());

describe("[K6] an address of the server may be written as people write it", () => {
  it.each([
    "https://taskroom.test",
    "https://taskroom.test/",
    "https://taskroom.test/api/v1",
    "https://taskroom.test/api/v1/",
    "HTTPS://Taskroom.Test",
    "wss://taskroom.test/",
    " https://taskroom.test\n",
    new URL("https://taskroom.test"),
  ])("%s", async (url) => {
    const [rest, socket] = await asked(url);
    expect(rest).toBe("https://taskroom.test/api/v1/usage");
    expect(socket).toBe(`wss://taskroom.test/api/v1/tasks/${TASK}/chat`);
  });

  it.each([
    ["ws://localhost:8787", "http://localhost:8787"],
    ["http://[::1]:8787/", "http://[::1]:8787"],
    ["https://app.test/rooms/", "https://app.test/rooms"],
    ["https://app.test/rooms/api/v1", "https://app.test/rooms"],
  ])("%s", async (url, server) => {
    const [rest, socket] = await asked(url);
    expect(rest).toBe(`${server}/api/v1/usage`);
    expect(socket).toBe(`${server.replace("http", "ws")}/api/v1/tasks/${TASK}/chat`);
  });

  it.each([
    ["/", "https://app.test:5173"],
    ["/rooms", "https://app.test:5173/rooms"],
    ["//other.test", "https://other.test"],
  ])("%s, on a page", async (url, server) => {
    vi.stubGlobal("location", new URL("https://app.test:5173/some/page?q#here"));
    expect((await asked(url))[0]).toBe(`${server}/api/v1/usage`);
  });

  it("a relative one is no fault where nothing is asked: a page is made on its server too", async () => {
    const { wire, taskroom } = made({ url: "/" });
    const error = { code: "bad_options", message: expect.stringContaining("relative") };
    await expect(taskroom.usage()).rejects.toMatchObject(error);
    const room = taskroom.connect(TASK);
    await vi.waitFor(() => expect(room.getSnapshot().connection.state).toBe("closed"));
    expect(room.getSnapshot().connection).toMatchObject({ closed: { code: "bad_options" }, error });
    expect(wire.sockets).toEqual([]);
  });
});

describe("[K6] what can't be used is refused at once, with words", () => {
  it.each([
    ["no options", { url: undefined }, "url is undefined"],
    ["a number", { url: 8787 }, "url is number"],
    ["an empty address", { url: "" }, "url is empty"],
    ["no scheme", { url: "taskroom.test" }, "write https://taskroom.test"],
    ["a port for a scheme", { url: "localhost:8787" }, "write http://localhost:8787"],
    ["half a scheme", { url: "http:taskroom.test" }, "has no scheme"],
    ["another scheme", { url: "ftp://taskroom.test" }, "only http and https"],
    ["no host", { url: "https://" }, "is no address"],
    ["a query", { url: "https://taskroom.test/?a=b" }, "has a ? or a #"],
    ["a fragment", { url: "https://taskroom.test/#a" }, "has a ? or a #"],
    ["a password", { url: "https://a:secret@taskroom.test" }, "by token alone"],
    ["no token", { token: undefined }, "token is undefined"],
    ["an empty token", { token: " " }, "token is empty"],
    ["a header for a token", { token: "Bearer abc" }, 'begins with "Bearer"'],
    ["an answer for a token", { token: '{"token":"abc"}' }, "characters that no token has"],
    ["two tokens", { token: "abc def" }, "characters that no token has"],
    ["a promise of a token", { token: Promise.resolve("abc") }, "token is a promise"],
    ["an object for a token", { token: {} }, "token is object"],
    ["no function to fetch with", { fetch: "yes" }, "fetch is string"],
    ["a socket for its class", { WebSocket: {} }, "WebSocket is object"],
    ["no chance", { random: 0.5 }, "random is number"],
    ["a wait without an end", { timing: { requestMs: Infinity } }, "timing.requestMs is Infinity"],
    ["a wait that is a text", { timing: { pingMs: "5" } }, "timing.pingMs is 5"],
  ])("%s", (_, options, words) => {
    const error = refusal(options);
    expect(error.code).toBe("bad_options");
    expect(error.message).toContain(words);
    expect(error.message).not.toMatch(/abc|secret/);
  });

  it.each([[undefined], [null], ["https://taskroom.test"]])("%s in place of options", (options) => {
    const make = createClient as (given: unknown) => unknown;
    expect(() => make(options)).toThrow(expect.objectContaining({ code: "bad_options" }));
  });
});

describe("[K6] what is only found out later is a rejection and a closed connection", () => {
  holdTime();

  async function ends(options: object): Promise<{ rest: unknown; connection: unknown }> {
    const { wire, taskroom } = made(options);
    const rest = await taskroom.usage().catch((error: unknown) => error);
    const room = taskroom.connect(TASK);
    await pass(120_000);
    expect(wire.sockets).toEqual([]);
    return { rest, connection: room.getSnapshot().connection };
  }

  it.each([
    ["a function that gives a header", () => "Bearer abc", 'begins with "Bearer"'],
    ["one that gives an answer", async () => '{"token":"abc"}', "no token has"],
    ["one that gives an object", async () => ({ token: "abc" }), "gave object"],
  ])("%s", async (_, token, words) => {
    const wrong = { code: "bad_options", message: expect.stringContaining(words) };
    const { rest, connection } = await ends({ token });
    expect(rest).toMatchObject(wrong);
    expect(connection).toMatchObject({ state: "closed", closed: { code: "bad_options" } });
    expect(connection).toMatchObject({ error: wrong });
  });

  it("a runtime without WebSocket: requests work, a connection says what is missing", async () => {
    vi.stubGlobal("WebSocket", undefined);
    const { wire, taskroom } = made({ WebSocket: undefined });
    wire.answers.set("GET /usage", { status: 200, body: {} });
    expect(await taskroom.usage()).toEqual({});
    for (const connection of [taskroom.connect(TASK), taskroom.connectUser()]) {
      await pass();
      expect(connection.getSnapshot().connection).toMatchObject({
        state: "closed",
        closed: { code: "bad_options", reason: expect.stringContaining("no WebSocket here") },
      });
    }
  });

  it("a runtime without fetch", async () => {
    vi.stubGlobal("fetch", undefined);
    const { taskroom } = made({ fetch: undefined });
    const message = expect.stringContaining("no fetch here");
    await expect(taskroom.usage()).rejects.toMatchObject({ code: "bad_options", message });
  });

  it.each([
    ["throws", () => Promise.reject(new Error("signed out"))],
    ["gives none", () => undefined],
    ["gives an empty one", async () => ""],
  ])("a token function that %s may have one later: the connection waits", async (_, token) => {
    const { rest, connection } = await ends({ token });
    expect(rest).toMatchObject({ code: "network", cause: expect.any(Error) });
    expect(connection).toMatchObject({ state: "waiting", error: { code: "network" } });
  });
});

describe("[K6] nothing throws where it is called", () => {
  holdTime();
  /** Half of a character, which no address can hold. */
  const HALF = "\ud800";
  const circle: Record<string, unknown> = {};
  circle.itself = circle;

  it("an id that no address can hold is asked about, as any other", async () => {
    const { wire, taskroom } = made({});
    wire.refuses("GET /tasks/%EF%BF%BD", 404, "not_found");
    await expect(taskroom.tasks.get(HALF)).rejects.toMatchObject({ code: "not_found" });
    const room = taskroom.connect(HALF);
    await pass();
    expect(wire.last.url.pathname).toBe("/api/v1/tasks/%EF%BF%BD/chat");
    room.close();
  });

  it("a body that is no JSON is a rejection, over REST and over a socket", async () => {
    const { taskroom } = made({});
    const metadata = circle as never;
    const invalid = { code: "invalid_request" };
    await expect(taskroom.tasks.create({ metadata })).rejects.toMatchObject(invalid);
    const room = taskroom.connect(TASK);
    await expect(room.send("hello", { metadata })).rejects.toMatchObject(invalid);
    await expect(room.guide(circle as never)).rejects.toMatchObject(invalid);
    expect(room.getSnapshot().unsent).toEqual([]);
    room.close();
  });

  it("a store that a browser keeps shut loses the session's place, and nothing else", async () => {
    const shut = (): never => {
      throw new Error("SecurityError");
    };
    const { wire, taskroom } = made({});
    const room = taskroom.connect(TASK, { recovery: { get: shut, set: shut } });
    await pass();
    const ready = { sessionId: "s", recoveryToken: "r", presence: [], limits: {}, epoch: "e" };
    wire.last.says({ type: "session:ready", ts: "", data: ready });
    expect(room.getSnapshot().connection.state).toBe("open");
    room.close();
  });
});

it("a page that may not be allowed is told which setting names it", async () => {
  vi.stubGlobal("location", new URL("http://localhost:5173/"));
  const { taskroom } = made({});
  const message = `${SERVER} did not answer, or its ALLOWED_ORIGINS lacks http://localhost:5173`;
  await expect(taskroom.usage()).rejects.toMatchObject({ code: "network", message });
});
