import { describe, expect, it } from "vitest";
import { ready } from "../../support/fake-room";
import { ack, connected, connecting, EMPTY, holdTime, pass, type Scene } from "./connected";

holdTime();

describe("[K1] a connection that was lost comes back", () => {
  it("after waits that double up to thirty seconds, each as long as chance says", async () => {
    const { wire, room } = await connecting({ random: () => 0.5 });
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      wire.last.ends();
      await pass();
      const { connection } = room.getSnapshot();
      if (connection.state !== "waiting") throw new Error(connection.state);
      waits.push(connection.retryAt - Date.now());
      await pass(connection.retryAt - Date.now());
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it("says how it stands, and how often it has tried", async () => {
    const { wire, room } = await connecting();
    expect(room.getSnapshot().connection).toEqual({ state: "connecting", attempt: 1 });
    wire.last.says(ready({ state: EMPTY }));
    expect(room.getSnapshot().connection).toEqual({ state: "open", resumed: false });
    wire.last.ends(1012, "restart");
    expect(room.getSnapshot().connection).toMatchObject({
      state: "waiting",
      attempt: 1,
      error: { code: "connection_lost", detail: "restart" },
    });
    await pass(500);
    expect(room.getSnapshot().connection).toEqual({ state: "connecting", attempt: 2 });
    wire.last.says(ready({ resumed: true }));
    expect(room.getSnapshot().connection).toEqual({ state: "open", resumed: true });
  });

  it("begins its backoff anew only after a connection that has stood for a while", async () => {
    const { wire, room } = await connected();
    const attempts = async (stoodMs: number) => {
      await pass(stoodMs);
      wire.last.ends(1012);
      await pass(1000);
      const { connection } = room.getSnapshot();
      wire.last.says(ready());
      return connection.state === "connecting" ? connection.attempt : undefined;
    };
    expect(await attempts(100)).toBe(2);
    expect(await attempts(100)).toBe(3);
    expect(await attempts(5000)).toBe(1);
  });

  it("resumes where it was, with its epoch and the newest recovery token, none of it secret in the address", async () => {
    const { wire } = await connected();
    wire.last.says(ready({ recoveryToken: "token-2" }));
    wire.last.ends(1006);
    await pass(500);
    const { url, protocols } = wire.last;
    expect(url.href).toBe("wss://taskroom.test/api/v1/tasks/task_1/chat?after=1&epoch=e1");
    expect(protocols).toEqual(["taskroom.v1", "taskroom.bearer.t-1", "taskroom.resume.token-2"]);
  });

  it("connects without its recovery token once the session has expired, but from where it was", async () => {
    const { wire } = await connected();
    wire.last.ends(4408);
    await pass(500);
    expect(wire.last.url.search).toBe("?after=1&epoch=e1");
    expect(wire.last.protocols).toEqual(["taskroom.v1", "taskroom.bearer.t-1"]);
  });

  it("waits out the limiter's window when it was closed for flooding", async () => {
    const { wire } = await connected();
    wire.last.ends(4429);
    await pass(9_999);
    expect(wire.sockets).toHaveLength(1);
    await pass(1);
    expect(wire.sockets).toHaveLength(2);
  });

  it("does not wait when it is told to come back now", async () => {
    const { wire, room } = await connected();
    wire.last.ends(1006);
    room.reconnectNow();
    await pass();
    expect(wire.sockets).toHaveLength(2);
    wire.last.says(ready());
    await pass(20_000);
    expect(wire.sockets.length, "the wait that was cut short has no second effect").toBe(2);
  });

  it("hears nothing more of a socket that it has given up", async () => {
    const { wire, room } = await connected();
    const [old] = wire.sockets;
    wire.last.fails();
    await pass(500);
    wire.last.says(ready());
    old?.says({
      type: "task:updated",
      seq: 2,
      ts: "",
      data: { task: { ...EMPTY.task, title: "Old" } },
    });
    old?.ends(4410);
    expect(room.getSnapshot()).toMatchObject({
      connection: { state: "open" },
      room: { task: { title: "A task" } },
    });
  });

  it("[K5] resumes when an event is missing, instead of showing what never was", async () => {
    const { wire, room } = await connected();
    wire.last.says({ type: "task:updated", seq: 3, ts: "", data: { task: EMPTY.task } });
    expect(wire.last.closed).toBe(true);
    expect(room.getSnapshot().room?.task.headSeq).toBe(1);
    await pass(500);
    expect(wire.last.url.search).toBe("?after=1&epoch=e1");
  });
});

describe("[K2] a line so slow that what is waited for takes longer than it may", () => {
  /** For how long a connection waits that says nothing more. */
  async function patience({ wire }: Pick<Scene, "wire">): Promise<number> {
    const { last } = wire;
    let seconds = 0;
    for (; !last.closed; seconds++) await pass(1000);
    return seconds;
  }
  it("has twice as long each time, up to a bound, for the first frame", async () => {
    // It comes back at once.
    const scene = await connecting({ random: () => 0 });
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      waits.push(await patience(scene));
      await pass(10);
    }
    expect(waits).toEqual([15, 30, 60, 120, 120]);
  });

  it("and for an answer, until it has one", async () => {
    const scene = await connected();
    expect(await patience(scene)).toBe(25 + 10);
    await pass(500);
    scene.wire.last.says(ready());
    expect(await patience(scene)).toBe(25 + 20);
    await pass(1000);
    scene.wire.last.says(ready());
    scene.wire.last.says("pong");
    scene.wire.last.ends(1006);
    await pass(2000);
    scene.wire.last.says(ready());
    expect(await patience(scene)).toBe(25 + 10);
  });
});

describe("[K2] a connection whose token does not come", () => {
  it("says so, and asks for it again", async () => {
    let asked = 0;
    const never = new Promise<string>(() => undefined);
    const { wire, room } = await connecting({ token: () => (asked++ === 0 ? never : "t-2") });
    await pass(30_000);
    expect(room.getSnapshot().connection).toMatchObject({
      state: "waiting",
      error: { code: "network", detail: expect.stringContaining("no token") },
    });
    await pass(500);
    expect(wire.last.protocols).toContain("taskroom.bearer.t-2");
  });
});

describe("[K2] a connection that is dead without saying so", () => {
  it("is asked after 25 s, and given up when nothing comes for ten", async () => {
    const { wire, room } = await connected();
    // The first is to be heard by the server; nothing waits for its answer.
    expect(wire.last.sent).toEqual(["ping"]);
    await pass(25_000);
    expect(wire.last.sent).toEqual(["ping", "ping"]);
    await pass(9_999);
    expect(room.getSnapshot().connection.state).toBe("open");
    await pass(1);
    expect(room.getSnapshot().connection).toMatchObject({
      state: "waiting",
      error: { detail: "no answer to a ping" },
    });
    expect(wire.last.closed).toBe(true);
  });

  it.each(["pong", JSON.stringify({ type: "presence", data: { userId: "bob", connections: 0 } })])(
    "lives if %s comes",
    async (frame) => {
      const { wire, room } = await connected();
      for (let i = 1; i <= 5; i++) {
        await pass(25_000);
        wire.last.says(frame);
        expect(wire.last.sent).toHaveLength(1 + i);
      }
      await pass(20_000);
      expect(room.getSnapshot().connection.state).toBe("open");
      expect(wire.sockets).toHaveLength(1);
    },
  );

  it("is given up as soon as it takes nothing more, without waiting for its end", async () => {
    const { wire, room } = await connected();
    wire.last.readyState = 2;
    const sent = room.send("hello");
    expect(room.getSnapshot().connection.state).toBe("waiting");
    await pass(500);
    wire.last.says(ready());
    ack(wire.last, { messageId: "msg_1" });
    expect(await sent).toEqual({ messageId: "msg_1" });
  });

  it("is given up when its handshake does not end", async () => {
    const { wire, room } = await connecting();
    await pass(15_000);
    expect(wire.last.closed).toBe(true);
    expect(room.getSnapshot().connection.state).toBe("waiting");
  });
});

describe("the caller ends it", () => {
  it("and nothing comes after that: no socket, no timer", async () => {
    const { wire, room } = await connected();
    room.close();
    expect(wire.last.closed).toBe(true);
    expect(room.getSnapshot().connection).toMatchObject({
      state: "closed",
      closed: { code: "closed" },
    });
    room.reconnectNow();
    await pass(120_000);
    expect(wire.sockets).toHaveLength(1);
    expect(wire.last.commands).toEqual([]);
  });

  it("also while it waits for a token, or for the next try", async () => {
    const token = Promise.withResolvers<string>();
    const early = await connecting({ token: () => token.promise });
    early.room.close();
    token.resolve("t-1");
    const late = await connected();
    late.wire.last.ends(1006);
    late.room.close();
    await pass(120_000);
    expect(early.wire.sockets).toHaveLength(0);
    expect(late.wire.sockets).toHaveLength(1);
  });
});
