import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { project } from "../../../src/history/projector";
import type { Message } from "../../../src/protocol/message";
import { task as taskSchema } from "../../../src/protocol/task";
import { ChangedRoom } from "../../support/changed-room";
import { toldHistoryOf } from "../../support/own-history";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import { closeGate, isReached, openGate } from "../../worker/gates";
import { pastMessages } from "../../worker/past-messages";

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.settings = {};
  control.d1 = "up";
  control.clockAheadMs = 0;
  vi.restoreAllMocks();
});

const REJECTED = {
  type: "failure",
  code: "model_rejected",
  message: "no",
  retryable: false,
} as const;

describe("[ED5] an edit", () => {
  it("runs the new message's turn with what was said before, and supersedes what follows everywhere", async () => {
    const room = await ChangedRoom.make(alice, model);
    await room.say("one");
    const two = await room.say("two");
    await room.say("three");
    const body = { content: "zwei", metadata: { by: "hand" } };
    const { status, body: answer } = await room.post(`/messages/${two.messageId}/edit`, body);
    expect(status).toBe(202);
    expect(answer).toMatchObject({
      turn: { messageId: Object(answer).message.id },
      message: { content: "zwei", replaces: two.messageId, metadata: { by: "hand" } },
    });
    expect(await room.answer("about zwei")).toEqual(["one", "about one", "zwei"]);
    expect(room.shown).toEqual(["one", "about one", "zwei", "about zwei"]);
    const by = Object(answer).message.id;
    expect(await room.stored()).toEqual({
      ...{ one: null, "about one": null, zwei: null, "about zwei": null },
      ...{ two: by, "about two": by, three: by, "about three": by },
    });
    const [first] = room.client.frames.of("messages:superseded");
    expect(Object(first?.data).messageIds).toHaveLength(4);
  });

  it("said again under its id is the same edit; with other words, or as another command, a conflict", async () => {
    const room = await ChangedRoom.make(alice, model);
    const { messageId } = await room.say("one");
    const edit = { messageId, content: "eins", clientMessageId: "mine" };
    const first = await room.acked("chat:edit", edit);
    await room.answer("about eins");
    expect(await room.acked("chat:edit", edit)).toEqual({ ...first, duplicate: true });
    expect(await room.refused("chat:edit", { ...edit, content: "uno" })).toBe("conflict");
    expect(await room.refused("chat:send", { content: "eins", clientMessageId: "mine" })).toBe(
      "conflict",
    );
    const heard = room.client.frames.of("chat:message").at(-1);
    expect(heard?.data).toMatchObject({ clientMessageId: "mine" });
    expect(room.shown).toEqual(["eins", "about eins"]);
  });

  it("is the sender's or an owner's; nobody else's, and of nothing that is not there", async () => {
    const [bob, carol] = [newUser(), newUser()];
    const members = [bob, carol].map((userId) => ({ userId, role: "editor" }));
    const room = await ChangedRoom.make(alice, model, { members });
    const of = (user: string) => ChangedRoom.of(room.taskId, user, model);
    const [bobs, carols] = [await of(bob), await of(carol)];
    const { messageId } = await bobs.say("one");
    expect(await carols.refused("chat:edit", { messageId, content: "x" })).toBe("forbidden");
    const missing = { messageId: `msg_${"0".repeat(26)}`, content: "x" };
    expect(await bobs.refused("chat:edit", missing)).toBe("not_found");
    expect(await bobs.refused("chat:edit", { messageId, content: " " })).toBe("invalid_request");
    const files = { messageId, content: "", attachments: [`file_${"0".repeat(26)}`] };
    expect(await bobs.refused("chat:edit", files)).not.toBeUndefined();
    await room.acked("chat:edit", { messageId, content: "eins" });
    await room.answer("about eins");
    expect(room.shown).toEqual(["eins", "about eins"]);
  });

  it("that races with the thread's turn is refused, or stops it: what was written is superseded too", async () => {
    const room = await ChangedRoom.make(alice, model);
    const { messageId } = await room.say("one");
    await room.acked("chat:send", { content: "two" });
    (await model.attempt(2)).say("half");
    await room.client.frames.next(({ type }) => type === "chat:chunk");
    expect(await room.refused("chat:edit", { messageId, content: "x" })).toBe("turn_active");
    await room.acked("chat:edit", { messageId, content: "eins", onBusy: "interrupt" });
    expect(await room.answer("about eins", 3)).toEqual(["eins"]);
    expect(room.shown).toEqual(["eins", "about eins"]);
    const all = await room.listed("&superseded=true");
    expect(all.map(({ content }) => content)).toEqual([
      ...["one", "about one", "two", "eins", "half", "about eins"],
    ]);
  });

  it("[ED4] takes an earlier turn's answer with it that came later: that turn is not tried again", async () => {
    const room = await ChangedRoom.make(alice, model);
    const one = await room.acked("chat:send", { content: "one" });
    (await model.attempt(1)).say("half");
    await room.client.frames.next(({ type }) => type === "chat:chunk");
    const { messageId } = await room.acked("chat:send", { content: "two" });
    await room.acked("chat:edit", { messageId, content: "zwei", onBusy: "interrupt" });
    expect(await room.refused("chat:retry", { turnId: one.turnId })).toBe("conflict");
    await room.answer("about zwei", 2);
    expect(await room.refused("chat:retry", { turnId: one.turnId })).toBe("conflict");
    expect(room.shown).toEqual(["one", "zwei", "about zwei"]);
  });

  it("[ED4] of a message that joined a turn ends that turn's tries", async () => {
    const room = await ChangedRoom.make(alice, model);
    await room.acked("chat:send", { content: "at work" });
    const { turnId } = await room.acked("chat:send", { content: "one" });
    const two = await room.acked("chat:send", { content: "two", onBusy: "merge" });
    expect(two.turnId).toBe(turnId);
    await room.answer("done", 1);
    (await model.attempt(2)).say(REJECTED);
    await room.client.frames.next(
      ({ type, data }) => type === "turn:status" && Object(data).status === "FAILED",
    );
    await room.acked("chat:edit", { messageId: two.messageId, content: "zwei" });
    expect(await room.answer("about zwei", 3)).toEqual(["at work", "one", "zwei"]);
    expect(await room.refused("chat:retry", { turnId })).toBe("conflict");
  });

  it("[ED4] takes an answer with it that a turn gave while another retry of it waited for its meter", async () => {
    control.settings = { TOKENS_PER_DAY: 1_000_000 };
    const bob = newUser();
    const room = await ChangedRoom.make(alice, model, {
      members: [{ userId: bob, role: "editor" }],
    });
    const his = await RoomClient.join(bob, room.taskId);
    const { turnId } = await room.acked("chat:send", { content: "one" });
    (await model.attempt(1)).say(REJECTED);
    await room.client.frames.next(
      ({ type, data }) => type === "turn:status" && Object(data).status === "FAILED",
    );
    closeGate("admitting", alice);
    const late = room.refused("chat:retry", { turnId });
    await expect.poll(() => isReached("admitting", alice)).toBe(true);
    await his.ask("chat:retry", { turnId });
    (await model.attempt(2)).say("half");
    await his.frames.next(({ type }) => type === "chat:chunk");
    const note = await his.ask("chat:note", { content: "a note" });
    const { messageId } = Object(note.data);
    await his.ask("chat:edit", { messageId, content: "an order", onBusy: "interrupt" });
    openGate("admitting", alice);
    expect(await late).toBe("conflict");
    await room.answer("ordered", 3);
    expect(room.shown).toEqual(["one", "an order", "ordered"]);
  });

  it("whose commit fails has changed nothing, and works the next time", async () => {
    const room = await ChangedRoom.make(alice, model);
    const { messageId } = await room.say("one");
    vi.spyOn(console, "error").mockImplementation(() => {});
    await runInDurableObject(roomOf(room.taskId), (_, { storage }) => {
      storage.transactionSync = () => {
        throw new Error("disk full");
      };
    });
    const edit = { messageId, content: "eins", clientMessageId: "c" };
    expect(await room.refused("chat:edit", edit)).toBe("internal");
    await runInDurableObject(roomOf(room.taskId), (_, { storage }) => {
      Reflect.deleteProperty(storage, "transactionSync");
    });
    expect(room.shown).toEqual(["one", "about one"]);
    expect(await room.acked("chat:edit", edit)).toMatchObject({ duplicate: false });
    await room.answer("about eins");
    expect(room.shown).toEqual(["eins", "about eins"]);
  });
});

/** A task with so many messages, of which the room has the newest ten, and the database the others. */
async function longTalk(count: number): Promise<{ room: ChangedRoom; all: Message[] }> {
  const taskId = await newTask(alice);
  const all = pastMessages(count).map((past, i) => ({
    ...past,
    taskId,
    content: `word ${i}`,
    ...(past.role === "user" && { author: { userId: alice } }),
  }));
  const kept = count - 10;
  const response = await call(alice, "GET", `/tasks/${taskId}`);
  await project(await toldHistoryOf(taskId), {
    task: { ...taskSchema.parse(await response.json()) },
    members: [{ userId: alice, role: "owner" }],
    throughSeq: 1,
    messages: all,
    removedMessageIds: [],
    wakeAt: null,
  });
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    for (const message of all.slice(kept)) {
      sql.exec(
        "INSERT INTO messages (seq, id, thread_id, role, body) VALUES (?, ?, ?, ?, ?)",
        ...[message.seq, message.id, message.threadId, message.role, JSON.stringify(message)],
      );
    }
    const from = all[kept]?.seq ?? 0;
    sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('messages', ?)", from);
    // The log goes on after them.
    const last = all.at(-1)?.seq ?? 0;
    sql.exec("UPDATE log SET first_seq = first_seq + ?, last_seq = last_seq + ?", last, last);
    sql.exec(
      "UPDATE outbox SET cursor = cursor + ?, history_cursor = history_cursor + ?",
      last,
      last,
    );
  });
  const database = await toldHistoryOf(taskId);
  const last = all.at(-1)?.seq ?? 0;
  await database
    .prepare("UPDATE tasks SET projected_seq = projected_seq + ? WHERE id = ?")
    .bind(last, taskId)
    .run();
  await evictDurableObject(roomOf(taskId));
  return { room: await ChangedRoom.of(taskId, alice, model), all };
}

const words = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, i) => `word ${from + i}`);

describe("[ED5] of a message that the database alone has", () => {
  it("supersedes what follows in either; states, pages and models have what stands before it", async () => {
    const { room, all } = await longTalk(700);
    const edited = await room.acked("chat:edit", { messageId: all[100]?.id, content: "anew" });
    const told = await room.answer("about anew", 1);
    expect(told).toEqual([...words(0, 100), "anew"]);
    const standing = [...words(0, 100), "anew", "about anew"];
    expect((await room.listed("", 37)).map(({ content }) => content)).toEqual(standing);
    const fresh = await RoomClient.join(alice, room.taskId);
    expect(fresh.frames.state?.messages.map(({ content }) => content)).toEqual(standing.slice(-50));
    const shown = await room.listed("&superseded=true", 101);
    expect(shown.map(({ content }) => content)).toEqual([...words(0, 700), "anew", "about anew"]);
    const gone = shown.filter(({ supersededBy }) => supersededBy === edited.messageId);
    expect(gone.map(({ content }) => content)).toEqual(words(100, 700));
    const stored = await room.stored();
    expect(Object.values(stored).filter((by) => by === edited.messageId)).toHaveLength(600);
  });

  it("[ED4] a turn that failed since is tried again without it: its answer can't be there", async () => {
    const { room } = await longTalk(40);
    const { turnId } = await room.acked("chat:send", { content: "one" });
    (await model.attempt(1)).say(REJECTED);
    await room.client.frames.next(
      ({ type, data }) => type === "turn:status" && Object(data).status === "FAILED",
    );
    vi.spyOn(console, "error").mockImplementation(() => {});
    control.d1 = "down";
    expect(await room.refused("chat:retry", { turnId })).toBeUndefined();
    await model.attempt(2);
  });

  it("is refused while that can't be reached, and changes nothing", async () => {
    const { room, all } = await longTalk(40);
    vi.spyOn(console, "error").mockImplementation(() => {});
    control.d1 = "down";
    const edit = { messageId: all[4]?.id, content: "anew" };
    expect(await room.refused("chat:edit", edit)).toBe("unavailable");
    control.d1 = "up";
    expect((await room.listed()).map(({ content }) => content)).toEqual(words(0, 40));
  });

  it("shows at once, also while the database takes nothing: pages and a second edit know of it", async () => {
    const { room, all } = await longTalk(60);
    vi.spyOn(console, "error").mockImplementation(() => {});
    control.d1 = "full";
    await room.acked("chat:edit", { messageId: all[20]?.id, content: "anew" });
    expect(await room.answer("about anew", 1)).toEqual([...words(0, 20), "anew"]);
    const standing = [...words(0, 20), "anew", "about anew"];
    expect((await room.listed("", 7)).map(({ content }) => content)).toEqual(standing);
    expect(await room.refused("chat:edit", { messageId: all[30]?.id, content: "x" })).toBe(
      "conflict",
    );
    const all60 = await room.listed("&superseded=true", 9);
    expect(all60.filter(({ supersededBy }) => supersededBy).map(({ content }) => content)).toEqual(
      words(20, 60),
    );
    await room.acked("chat:edit", { messageId: all[10]?.id, content: "once more" });
    expect(await room.answer("so be it", 2)).toEqual([...words(0, 10), "once more"]);
    control.d1 = "up";
    control.clockAheadMs += 120_000;
    await roomOf(room.taskId).wake();
    const stored = await room.stored();
    expect(Object.keys(stored).filter((content) => stored[content] === null)).toEqual([
      ...words(0, 10),
      ...["once more", "so be it"],
    ]);
  });
});
