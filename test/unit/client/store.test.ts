import { describe, expect, it, vi } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import type { RoomEvent } from "../../../src/protocol/events";
import type { RoomState } from "../../../src/protocol/room-state";
import { solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";
import { ready, TS } from "../../support/fake-room";
import { ack, client, connected, EMPTY, holdTime, pass, TASK } from "./connected";

holdTime();

const renamed = (seq: number, title: string): RoomEvent => ({
  type: "task:updated",
  seq,
  ts: TS,
  data: { task: { ...EMPTY.task, title } },
});
const batch = (...data: RoomEvent[]) => ({ type: "batch", data });
const presence = (userId: string, state: "joined" | "left" | "typing", connections = 1) => ({
  type: "presence",
  ts: TS,
  data: { userId, state, connections },
});

describe("[K4] what a page shows", () => {
  it("is the same object until something changes, and changes once per frame", async () => {
    const { wire, room } = await connected();
    // As a framework takes them: without the room as `this`.
    const { subscribe, getSnapshot } = room;
    const seen: string[] = [];
    const off = subscribe(() => seen.push(getSnapshot().room?.task.title ?? ""));
    const before = getSnapshot();
    wire.last.says("pong");
    wire.last.says({ type: "news of another version", data: {} });
    wire.last.says("not JSON");
    expect(getSnapshot()).toBe(before);
    wire.last.says(batch(renamed(2, "one"), renamed(3, "two"), renamed(4, "three")));
    expect(seen).toEqual(["three"]);
    expect(getSnapshot()).not.toBe(before);
    expect(before.room?.task.title).toBe("A task");
    off();
    wire.last.says(renamed(5, "four"));
    expect(seen).toEqual(["three"]);
    expect(getSnapshot().room?.task.headSeq).toBe(5);
  });

  it("is there before any connection, where a state was kept", () => {
    const { wire, taskroom } = client();
    const state: RoomState = { ...EMPTY, task: { ...EMPTY.task, headSeq: 9 } };
    const room = taskroom.connect(TASK, { state });
    expect(room.getSnapshot().room).toBe(state);
    return pass().then(() => expect(wire.last.url.search).toBe("?after=9&epoch=e1"));
  });

  it("is replaced by a reset, which also lets go of older pages", async () => {
    const { wire, room } = await connected();
    const task = { ...EMPTY.task, headSeq: 40, epoch: "e2", title: "Elsewhere" };
    const data = { state: { ...EMPTY, task }, headSeq: 40, epoch: "e2", reason: "another log" };
    wire.last.says({ type: "history:reset", ts: TS, data });
    expect(room.getSnapshot().room?.task.title).toBe("Elsewhere");
    wire.last.ends(1006);
    await pass(500);
    expect(wire.last.url.search).toBe("?after=40&epoch=e2");
  });

  it("says who is here, each user once", async () => {
    const { wire, room } = await connected();
    const here = () => room.getSnapshot().presence.map(({ userId, state }) => `${userId} ${state}`);
    wire.last.says(presence("bob", "joined"));
    wire.last.says(presence("eve", "joined", 2));
    wire.last.says(presence("bob", "typing"));
    // Nobody changes places under the reader's eyes.
    expect(here()).toEqual(["bob typing", "eve joined"]);
    wire.last.says(presence("eve", "left", 1));
    wire.last.says(presence("bob", "left", 0));
    expect(here()).toEqual(["eve joined"]);
    wire.last.ends(1006);
    await pass(500);
    wire.last.says(ready({ presence: [{ userId: "dan", state: "joined", connections: 1 }] }));
    expect(here()).toEqual(["dan joined"]);
  });
});

describe("[K4] who listens", () => {
  it("hears each event once, by type or all, after it was folded in", async () => {
    const { wire, room } = await connected();
    const all: string[] = [];
    const titles: string[] = [];
    room.on("*", ({ type }) => all.push(type));
    const off = room.on("task:updated", ({ data }) => {
      titles.push(`${data.task.title} ${room.getSnapshot().room?.task.title}`);
    });
    wire.last.says(batch(renamed(2, "one"), renamed(3, "two")));
    wire.last.says(batch(renamed(2, "one"), renamed(3, "two")));
    wire.last.says(presence("bob", "joined"));
    expect(all).toEqual(["task:updated", "task:updated", "presence"]);
    expect(titles).toEqual(["one two", "two two"]);
    off();
    wire.last.says(renamed(4, "three"));
    expect(titles).toHaveLength(2);
  });

  it("cannot break the connection: what it throws is thrown elsewhere", async () => {
    const thrown: unknown[] = [];
    vi.stubGlobal("queueMicrotask", (call: () => void) => {
      try {
        call();
      } catch (error) {
        thrown.push(error);
      }
    });
    const { wire, room } = await connected();
    const broken = () => {
      throw new Error("a page's own mistake");
    };
    room.subscribe(broken);
    room.on("*", broken);
    wire.last.says(renamed(2, "one"));
    vi.unstubAllGlobals();
    expect(thrown).toHaveLength(2);
    expect(room.getSnapshot()).toMatchObject({
      connection: { state: "open" },
      room: { task: { title: "one" } },
    });
  });
});

describe("older messages", () => {
  /** A room in which a few turns have been, as its newest page shows it. */
  function grown(): { state: RoomState; cut: RoomState } {
    const world = new World(solo());
    for (const text of ["one", "two", "three"]) {
      world.send(text);
      world.finish(`answer to ${text}`);
    }
    const { state } = world.room;
    return { state, cut: { ...state, messages: state.messages.slice(-2) } };
  }

  it("come page by page, before those of the room, which stay as they are", async () => {
    const { state, cut } = grown();
    const { wire, room } = await connected();
    wire.last.says(ready({ state: cut }));
    expect(room.getSnapshot()).toMatchObject({ older: [], hasOlder: undefined });
    const [one, two, three, four] = state.messages;
    const first = room.loadOlder(2);
    expect(room.loadOlder(2), "asked twice at once is asked once").toBe(first);
    expect(wire.last.commands.at(-1)?.data).toEqual({ before: cut.messages[0]?.id, limit: 2 });
    ack(wire.last, { messages: [three, four], hasMore: true, headSeq: 1 });
    expect(await first).toBe(true);
    const second = room.loadOlder(2);
    expect(wire.last.commands.at(-1)?.data).toEqual({ before: three?.id, limit: 2 });
    ack(wire.last, { messages: [one, two], hasMore: false, headSeq: 1 });
    expect(await second).toBe(false);
    const shown = room.getSnapshot();
    expect([...shown.older, ...(shown.room?.messages ?? [])]).toEqual(state.messages);
    expect(await room.loadOlder()).toBe(false);
    expect(wire.last.commands).toHaveLength(2);
  });

  it("are there as the room says, whose snapshot is cut; where there are none, none are asked for", async () => {
    const { cut } = grown();
    const { wire, room } = await connected();
    wire.last.says(ready({ state: cut, hasOlder: true }));
    expect(room.getSnapshot().hasOlder).toBe(true);
    wire.last.says(ready({ state: cut, hasOlder: false }));
    expect(room.getSnapshot().hasOlder).toBe(false);
    expect(await room.loadOlder()).toBe(false);
    expect(wire.last.commands).toEqual([]);
    const { headSeq, epoch } = cut.task;
    const data = { state: cut, hasOlder: true, headSeq, epoch, reason: "" };
    wire.last.says({ type: "history:reset", ts: TS, data });
    expect(room.getSnapshot().hasOlder).toBe(true);
  });

  it("begin with the newest, where the room's state had no room for a message", async () => {
    const { state } = grown();
    const { wire, room } = await connected();
    wire.last.says(ready({ state: { ...state, messages: [] } }));
    const asked = room.loadOlder(2);
    expect(wire.last.commands.at(-1)?.data).toEqual({ limit: 2 });
    ack(wire.last, { messages: state.messages.slice(-1), hasMore: true, headSeq: 1 });
    expect(await asked).toBe(true);
    expect(room.getSnapshot().older).toEqual(state.messages.slice(-1));
  });

  it("that come after a reset are of another page, and not shown", async () => {
    const { state, cut } = grown();
    const { wire, room } = await connected();
    wire.last.says(ready({ state: cut }));
    const asked = room.loadOlder();
    const { headSeq, epoch } = EMPTY.task;
    const data = { state: EMPTY, headSeq, epoch, reason: "" };
    wire.last.says({ type: "history:reset", ts: TS, data });
    ack(wire.last, { messages: state.messages.slice(0, 2), hasMore: true, headSeq: 1 });
    await asked;
    expect(room.getSnapshot()).toMatchObject({ older: [], hasOlder: undefined });
  });

  it("give way to a new attempt, as those of the room do", async () => {
    const { state, cut } = grown();
    const { wire, room } = await connected();
    wire.last.says(ready({ state: cut }));
    const asked = room.loadOlder();
    ack(wire.last, { messages: state.messages.slice(0, 4), hasMore: false, headSeq: 1 });
    await asked;
    const again = state.messages[1];
    const seq = cut.task.headSeq + 1;
    const { id: messageId = "", turnId = "" } = again ?? {};
    const start = { turnId, messageId, step: "s", attempt: 2, bot: "b", model: "m" };
    wire.last.says({ type: "chat:start", seq, ts: TS, data: start });
    expect(room.getSnapshot().older).not.toContainEqual(again);
    expect(room.getSnapshot().older).toHaveLength(3);
  });

  it("give way to a new attempt while they are still on their way", async () => {
    const { state, cut } = grown();
    const { wire, room } = await connected();
    wire.last.says(ready({ state: cut }));
    const asked = room.loadOlder();
    const [, again] = state.messages;
    const seq = cut.task.headSeq + 1;
    const { id: messageId = "", turnId = "" } = again ?? {};
    const start = { turnId, messageId, step: "s", attempt: 2, bot: "b", model: "m" };
    wire.last.says({ type: "chat:start", seq, ts: TS, data: start });
    ack(wire.last, { messages: state.messages.slice(0, 4), hasMore: false, headSeq: 1 });
    await asked;
    expect(room.getSnapshot().older).toHaveLength(3);
    expect(room.getSnapshot().older).not.toContainEqual(again);
  });

  it("[ED1] that are superseded leave, also those that are still on their way", async () => {
    const { state, cut } = grown();
    const { wire, room } = await connected();
    wire.last.says(ready({ state: cut }));
    const [one, two, three, four] = state.messages;
    const asked = room.loadOlder(2);
    ack(wire.last, { messages: [three, four], hasMore: true, headSeq: 1 });
    await asked;
    const onItsWay = room.loadOlder(2);
    const gone = { messageIds: [two?.id, four?.id, state.messages[5]?.id], by: "turn_x" };
    const seq = cut.task.headSeq + 1;
    wire.last.says({ type: "messages:superseded", seq, ts: TS, data: gone });
    ack(wire.last, { messages: [one, two], hasMore: false, headSeq: 1 });
    await onItsWay;
    const shown = room.getSnapshot();
    expect(shown.older).toEqual([one, three]);
    expect(shown.room?.messages).toEqual([state.messages[4]]);
  });
});

it("a replay folds the task from its first event", async () => {
  const world = new World(solo());
  world.send();
  world.finish();
  const { wire, taskroom } = client();
  const room = taskroom.connect(TASK, { replay: true });
  await pass();
  expect(wire.last.url.search).toBe("?after=0");
  wire.last.says(ready());
  expect(room.getSnapshot().room).toBeUndefined();
  wire.last.says(batch(...world.log));
  const folded = world.log.reduce<RoomState | undefined>(applyEvent, undefined);
  expect(room.getSnapshot().room).toEqual(folded);
});

it("a recovery token that is kept outside brings back the session", async () => {
  let kept: string | null = "token-kept";
  const recovery = {
    get: () => kept,
    set: (token: string) => {
      kept = token;
    },
  };
  const { wire, taskroom } = client();
  taskroom.connect(TASK, { recovery });
  await pass();
  expect(wire.last.protocols).toContain("taskroom.resume.token-kept");
  wire.last.says(ready({ state: EMPTY, recoveryToken: "token-next" }));
  expect(kept).toBe("token-next");
});
