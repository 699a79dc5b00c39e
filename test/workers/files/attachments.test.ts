import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { newId } from "../../../src/protocol/ids";
import { message } from "../../../src/protocol/message";
import { toldHistoryOf } from "../../support/own-history";
import { ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import { closeGate, isReached, openGate } from "../../worker/gates";
import { fetched, homeOf, refusalOf, ringAfter, stored, textOf } from "./uploads";

const MINUTE_MS = 60_000;
const sent = z.looseObject({ turnId: z.string(), messageId: z.string(), duplicate: z.boolean() });
const page = z.object({ items: z.array(message) });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(control, { clockAheadMs: 0, d1: "up", users: "up", rooms: "up" });
});

const named = (file: { id: string; name: string; mediaType: string; size: number }) => ({
  fileId: file.id,
  name: file.name,
  mediaType: file.mediaType,
  size: file.size,
});

async function room(user = alice, body: object = {}) {
  const taskId = await newTask(user, body);
  return { taskId, client: await RoomClient.join(user, taskId) };
}

async function messagesOf(taskId: string) {
  const response = await call(alice, "GET", `/messages?taskId=${taskId}`);
  return page.parse(await response.json()).items;
}

describe("a task's creation that waits for its files", () => {
  it("[X6] makes no task that was made and erased meanwhile, nor holds up what is left to be erased", async () => {
    const file = await stored(alice);
    closeGate("claiming", alice);
    const first = call(alice, "POST", "/tasks", { key: "k", attachments: [file.id] });
    await expect.poll(() => isReached("claiming", alice)).toBe(true);
    const taskId = await newTask(alice, { key: "k" });
    const database = await toldHistoryOf(taskId);
    vi.spyOn(console, "error").mockImplementation(() => {});
    control.d1 = "down";
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    openGate("claiming", alice);
    expect(await refusalOf(await first)).toMatchObject({ status: 404 });
    control.d1 = "up";
    await ring(taskId);
    const left = database.prepare("SELECT id FROM tasks WHERE id = ?").bind(taskId);
    expect(await left.first()).toBeNull();
    await evictDurableObject(roomOf(taskId));
    expect((await call(alice, "GET", `/tasks/${taskId}`)).status).toBe(404);
  });
});

describe("a message carries files", () => {
  it("in the event, in every state, over REST, and in its history's database", async () => {
    const [one, two] = [await stored(alice), await stored(alice, textOf("two"), { name: "b.txt" })];
    const { taskId, client } = await room();
    const reply = await client.ask("chat:send", {
      content: "see these",
      attachments: [one.id, two.id],
    });
    const { messageId } = sent.parse(reply.data);
    const wanted = [named(one), named(two)];
    const attempt = await model.attempt(1);
    expect(client.frames.state?.messages.at(-1)).toMatchObject({ attachments: wanted });
    const late = await RoomClient.join(alice, taskId);
    expect(late.frames.state?.messages.at(-1)).toMatchObject({ attachments: wanted });
    expect((await messagesOf(taskId))[0]).toMatchObject({ id: messageId, attachments: wanted });
    attempt.say("seen");
    attempt.finish();
    const database = await toldHistoryOf(taskId);
    await expect
      .poll(async () => {
        const query = "SELECT * FROM messages WHERE id = ?";
        const row = await database.prepare(query).bind(messageId).first();
        return row?.extra;
      })
      .toBe(JSON.stringify({ attachments: wanted }));
  });

  it("without a word of its own, by socket, by execute, and as a task's first", async () => {
    const file = await stored(alice);
    const attachments = [file.id];
    const { taskId, client } = await room();
    expect(await client.ask("chat:send", { attachments })).toMatchObject({ type: "ack" });
    const executed = await call(alice, "POST", `/tasks/${taskId}/execute`, {
      input: "",
      attachments,
    });
    expect(executed.status).toBe(202);
    const others = [
      await newTask(alice, { attachments }),
      await newTask(alice, { prompt: "", attachments }),
    ];
    for (const id of [taskId, ...others]) {
      expect((await messagesOf(id))[0]).toMatchObject({ content: "", attachments: [named(file)] });
    }
    const titled = await call(alice, "POST", `/tasks/${taskId}/execute`, { attachments });
    expect(titled.status).toBe(202);
    expect((await messagesOf(taskId)).at(-1)?.content).toBe("New task");
  });

  it("[FL6] the same id with the same files is the same message, with others a conflict", async () => {
    const [one, two] = [await stored(alice), await stored(alice)];
    const { client } = await room();
    const say = (attachments: string[]) =>
      client.ask("chat:send", { content: "see", clientMessageId: "c1", attachments });
    const first = sent.parse((await say([one.id])).data);
    expect(sent.parse((await say([one.id])).data)).toEqual({ ...first, duplicate: true });
    expect(await say([two.id])).toMatchObject({ error: { code: "conflict" } });
    expect(await say([])).toMatchObject({ error: { code: "conflict" } });
    const counts = (await homeOf(alice)).file_carriers?.map(({ file_id }) => file_id);
    expect(counts).toEqual([one.id]);
  });

  it("[FL6] frames that come after it wait for it", async () => {
    const file = await stored(alice);
    const { client } = await room();
    closeGate("claiming", alice);
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const all = [
      client.ask("chat:send", { content: "first", attachments: [file.id] }).then(note("message")),
      client.ask("chat:send", { content: "second" }).then(note("second")),
      client.ask("chat:cancel", {}).then(note("stop")),
    ];
    await scheduler.wait(50);
    expect(order).toEqual([]);
    openGate("claiming", alice);
    await Promise.all(all);
    expect(order).toEqual(["message", "second", "stop"]);
    expect(client.frames.state?.messages.map(({ content }) => content)).toEqual([
      "first",
      "second",
    ]);
    await client.frames.next(
      ({ type, data }) => type === "turn:status" && JSON.stringify(data).includes("INTERRUPTED"),
    );
  });

  it("[FL6] and is no guidance: it waits for a turn of its own", async () => {
    const file = await stored(alice);
    const { client } = await room();
    await client.ask("chat:send", { content: "one" });
    await model.attempt(1);
    const guide = { content: "two", onBusy: "guide", attachments: [file.id] };
    const { turnId } = sent.parse((await client.ask("chat:send", guide)).data);
    const waiting = client.frames.state?.openTurns.find(({ id }) => id === turnId);
    expect(waiting).toMatchObject({ status: "PENDING", onBusy: "enqueue" });
  });
});

describe("what changes a conversation carries files too", () => {
  it("a note, and frames that come after it wait", async () => {
    const file = await stored(alice);
    const { taskId, client } = await room();
    const say = { content: "", attachments: [file.id], clientMessageId: "n" };
    const noted = client.ask("chat:note", say);
    const after = client.ask("chat:send", { content: "now" });
    const { messageId } = z.looseObject({ messageId: z.string() }).parse((await noted).data);
    await after;
    expect(client.frames.state?.messages).toMatchObject([
      { id: messageId, note: true, attachments: [named(file)] },
      { content: "now" },
    ]);
    expect(await client.ask("chat:note", say)).toMatchObject({ data: { duplicate: true } });
    expect(await roomOf(taskId).carries([file.id])).toMatchObject({ carried: [file.id] });
  });

  it("an edited message, also with those that it had, whoever edits it", async () => {
    const bob = newUser();
    const [bobs, own, strange] = [await stored(bob), await stored(alice), await stored(newUser())];
    const { taskId, client } = await room(alice, { members: [{ userId: bob, role: "editor" }] });
    const other = await RoomClient.join(bob, taskId);
    const first = await other.ask("chat:send", { content: "see", attachments: [bobs.id] });
    const { messageId } = sent.parse(first.data);
    (await model.attempt(1)).finish();
    await client.frames.next(() => client.frames.state?.openTurns.length === 0);
    const edit = (attachments: string[]) =>
      client.ask("chat:edit", { messageId, content: "look", attachments });
    expect(await edit([bobs.id, strange.id])).toMatchObject({
      error: { code: "not_found", issues: [{ path: "attachments.1" }] },
    });
    expect(await edit([own.id, bobs.id])).toMatchObject({ type: "ack" });
    const edited = client.frames.state?.messages.find(({ replaces }) => replaces === messageId);
    expect(edited).toMatchObject({ attachments: [named(own), named(bobs)] });
    // Each is accounted for where it was.
    expect((await homeOf(alice)).file_carriers).toMatchObject([{ file_id: own.id }]);
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    for (const user of [alice, bob]) expect((await homeOf(user)).files).toEqual([]);
  });
});

describe("a message is refused whose files", () => {
  const nobodys = newId("file", Date.now());

  it("are not its sender's own: for them they are not there", async () => {
    const bob = newUser();
    const [own, theirs] = [await stored(alice), await stored(bob)];
    const { taskId, client } = await room(alice, { members: [{ userId: bob, role: "editor" }] });
    const attachments = [own.id, theirs.id, nobodys];
    const reply = await client.ask("chat:send", { content: "see", attachments });
    expect(reply).toMatchObject({
      error: {
        code: "not_found",
        issues: [{ path: "attachments.1" }, { path: "attachments.2" }],
      },
    });
    const body = { input: "see", attachments: [theirs.id] };
    const refused = await call(alice, "POST", `/tasks/${taskId}/execute`, body);
    const wanted = { status: 404, code: "not_found", paths: ["attachments.0"] };
    expect(await refusalOf(refused)).toEqual(wanted);
    const made = { prompt: "see", attachments: [theirs.id], key: "k" };
    expect(await refusalOf(await call(alice, "POST", "/tasks", made))).toEqual(wanted);
    // Neither task nor message has come of it, and the key is free.
    expect(client.frames.state?.messages).toEqual([]);
    expect((await homeOf(alice)).file_carriers).toEqual([]);
    expect((await call(alice, "POST", "/tasks", { prompt: "see", key: "k" })).status).toBe(201);
    // What the task carries already is not theirs to send either.
    const bobs = await RoomClient.join(bob, taskId);
    await client.ask("chat:send", { content: "mine", attachments: [own.id] });
    const again = await bobs.ask("chat:send", { content: "see", attachments: [own.id] });
    expect(again).toMatchObject({ error: { code: "not_found" } });
  });

  it("are eleven, one of them twice, or none, with nothing said", async () => {
    const { taskId, client } = await room();
    const eleven = Array.from({ length: 11 }, () => newId("file", Date.now()));
    const twice = [nobodys, nobodys];
    for (const attachments of [eleven, twice, ["file_1"], []]) {
      const reply = await client.ask("chat:send", { content: " ", attachments });
      expect(reply).toMatchObject({ error: { code: "invalid_request" } });
      const body = { input: "", attachments };
      const response = await call(alice, "POST", `/tasks/${taskId}/execute`, body);
      expect(await refusalOf(response)).toMatchObject({ status: 400, code: "invalid_request" });
      const made = await call(alice, "POST", "/tasks", { prompt: " ", attachments });
      expect(made.status).toBe(400);
    }
  });

  it.each(["down", "answers are lost"] as const)(
    "cannot be asked for now (their home: %s); later they can",
    async (mode) => {
      vi.spyOn(console, "error").mockImplementation(() => {});
      const file = await stored(alice);
      const { client } = await room();
      const say = () => client.ask("chat:send", { content: "see", attachments: [file.id] });
      control.users = mode;
      expect(await say()).toMatchObject({ error: { code: "unavailable" } });
      control.users = "up";
      expect(await say()).toMatchObject({ type: "ack" });
      expect(client.frames.state?.messages).toHaveLength(1);
    },
  );
});

describe("[FL5] whatever becomes of a message, its files' home knows it in the end", () => {
  const carriersOf = async (user: string) => (await homeOf(user)).file_carriers ?? [];

  it("a file that a message carries stays for good, and cannot be erased by hand", async () => {
    const file = await stored(alice);
    const { taskId, client } = await room();
    await client.ask("chat:send", { content: "see", attachments: [file.id] });
    expect(await refusalOf(await call(alice, "DELETE", `/files/${file.id}`))).toMatchObject({
      ...{ status: 409, code: "in_use" },
    });
    await ringAfter(alice, 2 * MINUTE_MS);
    expect(await carriersOf(alice)).toMatchObject([{ task_id: taskId, ask_at: null }]);
    await ringAfter(alice, 30 * 24 * 60 * MINUTE_MS);
    expect((await homeOf(alice)).files).toMatchObject([{ id: file.id, due_at: null }]);
  });

  it("one whose message was refused is lone again at once, and goes when its day is over", async () => {
    const file = await stored(alice);
    const { taskId, client } = await room();
    await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
    const reply = await client.ask("chat:send", { content: "see", attachments: [file.id] });
    expect(reply).toMatchObject({ error: { code: "task_cancelled" } });
    await vi.waitFor(async () => expect(await carriersOf(alice)).toEqual([]));
    await ringAfter(alice, 25 * 60 * MINUTE_MS);
    expect((await homeOf(alice)).files).toEqual([]);
    expect((await fetched({ sub: alice, expiresInSeconds: 99 * 86_400 }, file.id)).status).toBe(
      404,
    );
  });

  it("a home that can't reach the room keeps the file, and asks again", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const file = await stored(alice);
    const { client } = await room();
    await client.ask("chat:send", { content: "see", attachments: [file.id] });
    control.rooms = "down";
    for (let n = 0; n < 5; n++) await ringAfter(alice, 10 * MINUTE_MS);
    expect(await carriersOf(alice)).toMatchObject([{ file_id: file.id }]);
    control.rooms = "up";
    await ringAfter(alice, 10 * MINUTE_MS);
    expect(await carriersOf(alice)).toMatchObject([{ ask_at: null }]);
  });

  it("a room that is about to commit is not taken for one that does not", async () => {
    const file = await stored(alice);
    const { taskId, client } = await room();
    closeGate("claiming", alice);
    const sending = client.ask("chat:send", { content: "see", attachments: [file.id] });
    await vi.waitFor(async () =>
      expect(await roomOf(taskId).carries([file.id])).toEqual({ carried: [], pending: [file.id] }),
    );
    openGate("claiming", alice);
    expect(await sending).toMatchObject({ type: "ack" });
    expect(await roomOf(taskId).carries([file.id])).toEqual({ carried: [file.id], pending: [] });
  });
});
