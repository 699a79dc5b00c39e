import { describe, expect, it } from "vitest";
import { ready } from "../../support/fake-room";
import { connected, connecting, EMPTY, holdTime, pass, TASK } from "./connected";

holdTime();

describe("[K1] a close that is final is not answered with another try", () => {
  it.each([
    [4403, "removed"],
    [4410, "deleted"],
    [4400, "incompatible"],
    [1009, "incompatible"],
  ])("%i: %s", async (code, end) => {
    const { wire, room } = await connected();
    wire.last.ends(code, "because");
    expect(room.getSnapshot().connection).toMatchObject({
      state: "closed",
      closed: { code: end, reason: "because" },
    });
    await pass(120_000);
    expect(wire.sockets).toHaveLength(1);
  });
});

describe("[K1] a token that has run out", () => {
  it("is asked for again, and the next one goes on", async () => {
    let asked = 0;
    const { wire, room } = await connected({ token: () => `t-${++asked}` });
    wire.last.ends(4401);
    await pass(500);
    expect(wire.last.protocols).toContain("taskroom.bearer.t-2");
    wire.last.says(ready({ resumed: true }));
    expect(room.getSnapshot().connection.state).toBe("open");
  });

  it.each([
    ["one that never changes", "t-1"],
    ["a function that has no other", () => Promise.resolve("t-1")],
  ])("ends it, with %s", async (_, token) => {
    const { wire, room } = await connected({ token });
    wire.last.ends(4401);
    await pass(120_000);
    expect(wire.sockets).toHaveLength(1);
    expect(room.getSnapshot().connection).toMatchObject({
      state: "closed",
      closed: { code: "unauthorized" },
    });
  });

  it("may be had later: a function that fails is asked again", async () => {
    let asked = 0;
    const token = () => {
      if (++asked < 3) throw new Error("signed out");
      return "t-3";
    };
    const { wire, room } = await connecting({ token });
    expect(room.getSnapshot().connection).toMatchObject({
      state: "waiting",
      error: { code: "network", cause: new Error("signed out") },
    });
    await pass(500 + 1000);
    expect(wire.last.protocols).toContain("taskroom.bearer.t-3");
  });

  it("that no subprotocol can hold ends it with a word instead of a loop", async () => {
    const { wire, room } = await connecting({
      WebSocket: class {
        constructor() {
          throw new SyntaxError("not a token");
        }
        readyState = 3;
        addEventListener = () => undefined;
        send = () => undefined;
        close = () => undefined;
      },
    });
    await pass(120_000);
    expect(wire.requests).toEqual([]);
    expect(room.getSnapshot().connection).toMatchObject({
      state: "closed",
      closed: { code: "invalid_request" },
    });
  });
});

describe("[K1] a handshake that is refused is asked about over REST", () => {
  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [429, "session_limit"],
    [503, "auth_not_configured"],
  ])("%i %s ends it, and the caller may try again", async (status, code) => {
    const { wire, room } = await connecting();
    wire.refuses("POST /sessions", status, code);
    wire.last.ends(1006);
    await pass(120_000);
    expect(wire.requests).toMatchObject([{ line: "POST /sessions", body: { taskId: TASK } }]);
    expect(room.getSnapshot().connection).toMatchObject({
      state: "closed",
      closed: { code, reason: `${code}.` },
      error: { code, status },
    });
    room.reconnectNow();
    await pass();
    wire.last.says(ready({ state: EMPTY }));
    expect(room.getSnapshot().connection.state).toBe("open");
  });

  it.each([
    [429, "rate_limited", { retryAfterMs: 7000 }, 7000],
    [503, "unavailable", {}, 500],
    [500, "internal", {}, 500],
  ])("%i %s passes", async (status, code, more, waitMs) => {
    const { wire, room } = await connecting();
    wire.refuses("POST /sessions", status, code, more);
    wire.last.ends(1006);
    await pass();
    expect(room.getSnapshot().connection).toMatchObject({ state: "waiting", error: { code } });
    await pass(waitMs - 1);
    expect(wire.sockets).toHaveLength(1);
    await pass(1);
    expect(wire.sockets).toHaveLength(2);
  });

  it("what answers is no Taskroom: another page of a proxy passes too", async () => {
    const { wire, room } = await connecting();
    wire.answers.set("POST /sessions", { status: 502, body: "<h1>Bad Gateway</h1>" });
    wire.last.ends(1006);
    await pass();
    expect(room.getSnapshot().connection).toMatchObject({
      state: "waiting",
      error: { code: "bad_answer", status: 502 },
    });
  });

  it("a session that was made for the question is used", async () => {
    const { wire } = await connecting();
    wire.answers.set("POST /sessions", { status: 201, body: { recoveryToken: "token-q" } });
    wire.last.ends(1006);
    await pass(500);
    expect(wire.last.protocols).toContain("taskroom.resume.token-q");
  });

  it.each(["recovery_invalid", "session_expired"])(
    "a recovery token that is %s is let go; the place in the log is not",
    async (code) => {
      const { wire } = await connected();
      wire.answers.set(`GET /tasks/${TASK}`, { status: 200, body: EMPTY.task });
      wire.refuses("POST /sessions/recover", code === "session_expired" ? 410 : 404, code);
      wire.last.ends(1006);
      await pass(500);
      wire.last.ends(1006);
      await pass(1000);
      expect(wire.requests[1]?.body).toEqual({ recoveryToken: "token-1" });
      expect(wire.last.protocols).toEqual(["taskroom.v1", "taskroom.bearer.t-1"]);
      expect(wire.last.url.search).toBe("?after=1&epoch=e1");
    },
  );

  it("a task that is gone by then ends it", async () => {
    const { wire, room } = await connected();
    wire.refuses(`GET /tasks/${TASK}`, 404, "not_found");
    wire.last.ends(1006);
    await pass(500);
    wire.last.ends(1006);
    await pass();
    expect(room.getSnapshot().connection).toMatchObject({ closed: { code: "not_found" } });
  });

  it("no answer at all is a server that is away: it is tried again", async () => {
    const { wire, room } = await connecting();
    wire.last.ends(1006);
    await pass();
    expect(room.getSnapshot().connection).toMatchObject({
      state: "waiting",
      error: { code: "network" },
    });
  });
});
