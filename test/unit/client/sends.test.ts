import { describe, expect, it } from "vitest";
import type { RoomConnection } from "../../../src/client";
import { ready } from "../../support/fake-room";
import { ack, connected, connecting, EMPTY, holdTime, pass, refuse } from "./connected";

holdTime();

const SENT = { messageId: "msg_1", turnId: "turn_1", duplicate: false };

function contents(room: RoomConnection): string[] {
  return room.getSnapshot().unsent.map(({ content }) => content);
}

/** How a promise has ended by now. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  const end = promise.catch((error: unknown) => error);
  return Promise.race([end, pass(0).then(() => "open")]);
}

describe("[K3] a message is sent until it has an answer, always under the same id", () => {
  it("written without a connection, it goes out as soon as there is one", async () => {
    const { wire, room } = await connecting();
    const sent = room.send("hello", { onBusy: "enqueue", metadata: { a: 1 } });
    expect(room.getSnapshot().unsent).toMatchObject([{ content: "hello", onBusy: "enqueue" }]);
    expect(wire.last.commands).toEqual([]);
    wire.last.says(ready({ state: EMPTY }));
    expect(wire.last.commands).toMatchObject([
      { type: "chat:send", data: { content: "hello", onBusy: "enqueue", metadata: { a: 1 } } },
    ]);
    ack(wire.last, SENT);
    expect(await sent).toEqual(SENT);
    expect(contents(room)).toEqual([]);
  });

  it("unanswered when the connection breaks, it goes out again on the next", async () => {
    const { wire, room } = await connected();
    const sent = room.send("hello");
    const [first] = wire.last.commands;
    wire.last.ends(1006);
    expect(contents(room)).toEqual(["hello"]);
    await pass(500);
    wire.last.says(ready());
    const [second, ...rest] = wire.last.commands;
    expect(second).toEqual(first);
    expect(rest).toEqual([]);
    ack(wire.last, { ...SENT, duplicate: true });
    expect(await sent).toMatchObject({ duplicate: true });
  });

  it("keeps its order: the next one waits for the answer", async () => {
    const { wire, room } = await connected();
    for (const content of ["one", "two", "three"]) void room.send(content);
    const out = () => wire.last.commands.map(({ data }) => data.content);
    expect(out()).toEqual(["one"]);
    ack(wire.last, SENT);
    expect(out()).toEqual(["one", "two"]);
    refuse(wire.last, "rate_limited", { retryAfterMs: 4000 });
    await pass(3999);
    expect(out()).toEqual(["one", "two"]);
    await pass(1);
    expect(out()).toEqual(["one", "two", "two"]);
    ack(wire.last, SENT);
    ack(wire.last, SENT);
    expect(out()).toEqual(["one", "two", "two", "three"]);
    await pass();
    expect(contents(room)).toEqual([]);
  });

  it("refused, it is given back with the reason, and the next one goes", async () => {
    const { wire, room } = await connected();
    const first = outcome(room.send("one"));
    void room.send("two");
    refuse(wire.last, "queue_full");
    expect(await first).toMatchObject({ name: "TaskroomError", code: "queue_full" });
    expect(wire.last.commands.at(-1)?.data.content).toBe("two");
    expect(contents(room)).toEqual(["two"]);
  });

  it("uses the caller's own id where there is one", async () => {
    const { wire, room } = await connected();
    void room.send("one", { clientMessageId: "mine" });
    expect(wire.last.commands[0]?.data).toEqual({ content: "one", clientMessageId: "mine" });
  });

  it("at most a hundred wait; one more is refused and leaves the others alone", async () => {
    const { room } = await connecting();
    for (let i = 0; i < 100; i++) void room.send(`${i}`);
    await expect(room.send("more")).rejects.toMatchObject({ code: "outbox_full" });
    expect(contents(room)).toHaveLength(100);
  });

  it("too big for a frame, it is refused here: sent, it would end every connection", async () => {
    const { wire, room } = await connected();
    const metadata = { text: "é".repeat(128 * 1024) };
    await expect(room.send("x", { metadata })).rejects.toMatchObject({ code: "payload_too_large" });
    expect(wire.last.commands).toEqual([]);
    expect(contents(room)).toEqual([]);
  });

  it("is not shown twice: heard from the room, it is on its way no more", async () => {
    const { wire, room } = await connected();
    const shown: string[][] = [];
    void room.send("hello");
    room.subscribe(() => {
      const { room: state, unsent } = room.getSnapshot();
      shown.push([...(state?.messages ?? []), ...unsent].map(({ content }) => content));
    });
    const message = { ...MESSAGE, content: "hello" };
    const clientMessageId = wire.last.commands[0]?.data.clientMessageId;
    wire.last.says({ type: "chat:message", seq: 2, ts: "", data: { message, clientMessageId } });
    ack(wire.last, SENT);
    await pass();
    expect(shown).toEqual([["hello"]]);
  });

  it.each<[string, object]>([
    ["the same words", {}],
    ["the same words under another id", { clientMessageId: "theirs" }],
    ["the same words under the same id", { clientMessageId: "mine" }],
  ])("another member's message does not clear it: %s", async (_name, data) => {
    const { wire, room } = await connecting();
    wire.last.says(ready({ state: EMPTY, userId: "alice" }));
    void room.send("hello", { clientMessageId: "mine" });
    const message = { ...MESSAGE, content: "hello", author: { userId: "bob" } };
    wire.last.says({ type: "chat:message", seq: 2, ts: "", data: { message, ...data } });
    await pass();
    expect(contents(room)).toEqual(["hello"]);
    const own = { ...message, id: "msg_2", author: { userId: "alice" } };
    const heard = { message: own, clientMessageId: "mine" };
    wire.last.says({ type: "chat:message", seq: 3, ts: "", data: heard });
    await pass();
    expect(contents(room)).toEqual([]);
  });
});

describe("when the connection ends for good", () => {
  it("whatever waits is given back, and nothing more is taken", async () => {
    const { wire, room } = await connected();
    const waiting = [room.send("one"), room.send("two")].map(outcome);
    wire.last.ends(4403, "removed");
    const error = { code: "closed", detail: "removed" };
    expect(await Promise.all(waiting)).toMatchObject([error, error]);
    await expect(room.send("three")).rejects.toMatchObject(error);
    expect(contents(room)).toEqual([]);
  });

  it("until it begins again", async () => {
    const { wire, room } = await connected();
    wire.last.ends(4403);
    room.reconnectNow();
    void room.send("again");
    await pass();
    wire.last.says(ready());
    expect(wire.last.commands.map(({ data }) => data.content)).toEqual(["again"]);
  });
});

describe("[K3] a command that the connection broke under", () => {
  it("is not repeated where once more is not the same: the caller is told", async () => {
    const { wire, room } = await connected();
    const step = { turnId: "turn_1", step: "s", approve: true };
    const given = { turnId: "turn_1", toolCallId: "call_1", output: 1 };
    const asked = [room.retry("turn_1"), room.confirm(step), room.guide("so"), room.output(given)];
    const lost = asked.map(outcome);
    wire.last.ends(1006);
    const error = { code: "connection_lost" };
    expect(await Promise.all(lost)).toMatchObject([error, error, error, error]);
    await pass(500);
    wire.last.says(ready());
    expect(wire.last.commands).toEqual([]);
  });

  it("is repeated where it is", async () => {
    const { wire, room } = await connected();
    void room.cancel({ turnId: "turn_1", reason: "enough" });
    void room.historySync({ limit: 5 });
    const before = wire.last.commands;
    wire.last.ends(1006);
    await pass(500);
    wire.last.says(ready());
    expect(wire.last.commands).toEqual(before);
  });

  it("that never went out waits for the next connection", async () => {
    const { wire, room } = await connecting();
    const retried = room.retry("turn_1");
    wire.last.ends(1006);
    await pass(500);
    wire.last.says(ready({ state: EMPTY }));
    ack(wire.last, { turnId: "turn_1" });
    expect(await retried).toEqual({ turnId: "turn_1" });
  });
});

describe("[K3] guidance", () => {
  it("that waits for a connection is for the turn that was at work as it was given", async () => {
    const at = (activeTurnId: string) => ({ ...EMPTY, task: { ...EMPTY.task, activeTurnId } });
    const { wire, room } = await connecting();
    wire.last.says(ready({ state: at("turn_7") }));
    wire.last.ends(1006);
    void room.guide("shorter");
    void room.guide("longer", { turnId: "turn_6" });
    await pass(500);
    wire.last.says(ready({ state: at("turn_8") }));
    expect(wire.last.commands.map(({ data }) => data)).toEqual([
      { turnId: "turn_7", content: "shorter" },
      { turnId: "turn_6", content: "longer" },
    ]);
  });
});

describe("[K3] a stop", () => {
  it("names the turn that the caller saw, so that a repeat cannot hit a later one", async () => {
    const state = { ...EMPTY, task: { ...EMPTY.task, activeTurnId: "turn_7" } };
    const { wire, room } = await connecting();
    wire.last.says(ready({ state }));
    void room.cancel();
    expect(wire.last.commands[0]?.data).toEqual({ turnId: "turn_7" });
  });

  it("with no turn to name stays behind the message that it is meant for", async () => {
    const { wire, room } = await connecting();
    void room.send("hello");
    void room.cancel();
    wire.last.says(ready({ state: EMPTY }));
    const types = () => wire.last.commands.map(({ type }) => type);
    expect(types()).toEqual(["chat:send"]);
    ack(wire.last, SENT);
    expect(types()).toEqual(["chat:send", "chat:cancel"]);
  });

  it("with no turn to name is not repeated: by then it could stop what somebody else has begun", async () => {
    const { wire, room } = await connecting();
    void room.send("hello");
    const stopped = room.cancel().catch((error: unknown) => error);
    wire.last.says(ready({ state: EMPTY }));
    ack(wire.last, SENT);
    wire.last.ends(1006);
    expect(await outcome(stopped)).toMatchObject({ code: "connection_lost" });
    await pass(500);
    wire.last.says(ready());
    expect(wire.last.commands).toEqual([]);
  });
});

it("typing is said when it changes, and never while there is no connection", async () => {
  const { wire, room } = await connecting();
  room.typing(true);
  wire.last.says(ready({ state: EMPTY }));
  for (const typing of [true, true, false, true]) room.typing(typing);
  void room.send("hello");
  room.typing(false);
  expect(wire.last.commands.map(({ type, data }) => data.typing ?? type)).toEqual([
    true,
    false,
    true,
    "chat:send",
  ]);
});

const MESSAGE = {
  id: "msg_1",
  seq: 2,
  taskId: "task_1",
  turnId: "turn_1",
  threadId: "main",
  role: "user",
  status: "complete",
  createdAt: "",
  metadata: {},
};
