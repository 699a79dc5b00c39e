import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { databasesOf } from "../../../src/history/shards/databases";
import { type Message, message } from "../../../src/protocol/message";
import { type Task, task } from "../../../src/protocol/task";
import { toldHistoryOf } from "../../support/own-history";
import { nextAlarm, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { UserClient } from "../../support/user-client";
import { control } from "../../worker/control";

const page = z.object({ items: z.array(message), nextCursor: z.string().nullable() });
const tasks = z.object({ items: z.array(task) });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.d1 = "up";
  control.clockAheadMs = 0;
});

async function forked(user: string, source: string, body: object = {}): Promise<Task> {
  const response = await call(user, "POST", `/tasks/${source}/fork`, body);
  if (response.status !== 201) throw new Error(await response.text());
  return task.parse(await response.json());
}

async function refusalOf(answer: Promise<Response>) {
  const response = await answer;
  const { code } = z.looseObject({ code: z.string().optional() }).parse(await response.json());
  return [response.status, code];
}

/** All of a task's messages, oldest first; undefined while some of them can't be had. */
async function messagesOf(user: string, taskId: string): Promise<Message[] | undefined> {
  const all: Message[] = [];
  for (let cursor = ""; ; ) {
    const response = await call(user, "GET", `/messages?taskId=${taskId}&limit=200${cursor}`);
    if (response.status === 503) return undefined;
    const { items, nextCursor } = page.parse(await response.json());
    all.unshift(...items);
    if (nextCursor === null) return all;
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
}

async function allOf(user: string, taskId: string): Promise<Message[]> {
  for (;;) {
    const all = await messagesOf(user, taskId);
    if (all) return all;
    await scheduler.wait(20);
  }
}

/** The n-th attempt of the model answers, and its turn ends. */
async function answered(client: RoomClient, n: number, from: number): Promise<void> {
  const attempt = await model.attempt(n);
  attempt.say(`answer ${n}`);
  attempt.finish();
  await client.frames.next(says("turn:status", "COMPLETED"), from);
}

/** What is said, by whom and how: all that a copy shares with its original. */
function said(messages: readonly Message[]) {
  return messages.map(({ id, seq, taskId, turnId, forkedFrom, ...rest }) => rest);
}

/** A conversation with a tool, an answer that was stopped, and a second thread. */
async function aConversation(user: string): Promise<string> {
  const taskId = await newTask(user, { title: "Trip" });
  const client = await RoomClient.join(user, taskId);
  await client.ask("chat:send", { content: "about the weather" });
  const first = await model.attempt(1);
  const use = { round: 0, index: 0, toolCallId: "call_1", name: "look" };
  first.say(
    { type: "round", round: 0, text: "", calls: [{ ...use, input: { at: "sky" } }] },
    { type: "tool-call", ...use, input: { at: "sky" } },
    { type: "tool-result", ...use, output: "blue" },
  );
  first.say("It is fine.");
  first.finish();
  await client.frames.next(says("turn:status", "COMPLETED"));
  await client.ask("chat:send", { content: "and then?", threadId: "aside" });
  const second = await model.attempt(2);
  second.say("Well, it ");
  await client.frames.next(({ type }) => type === "chat:chunk");
  await client.ask("chat:cancel", {});
  await client.frames.next(says("turn:status", "INTERRUPTED"));
  client.close();
  return taskId;
}

/** As if the room had let go of all before a `seq`; the database has it. */
async function letGo(taskId: string, before: number): Promise<void> {
  const history = await toldHistoryOf(taskId);
  const count = () =>
    history
      .prepare("SELECT count(*) AS n FROM messages WHERE task_id = ? AND seq < ?")
      .bind(taskId, before)
      .first("n");
  await expect.poll(count).toBe(before - 2);
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    sql.exec("DELETE FROM messages WHERE seq < ? AND role <> 'system'", before);
    sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('messages', ?)", before);
  });
  await evictDurableObject(roomOf(taskId));
}

const LONG = Array.from({ length: 480 }, (_, i) => ({
  role: i === 0 ? "system" : i % 2 === 1 ? "user" : "assistant",
  content: i === 0 ? "Answer in rhymes." : `word ${i}`,
}));
const FIRST_KEPT = 470;

/** A task of which the database alone has all but the last messages. */
async function aLongTask(user: string): Promise<string> {
  const taskId = await newTask(user, { title: "Long", history: LONG });
  await letGo(taskId, FIRST_KEPT);
  return taskId;
}

describe("[FK1] a fork", () => {
  it("has its source's messages as they are, under ids of its own", async () => {
    const source = await aConversation(alice);
    const originals = await allOf(alice, source);
    expect(originals.map(({ status }) => status)).toContain("interrupted");
    const fork = await forked(alice, source);
    const copies = await allOf(alice, fork.id);
    expect(said(copies)).toEqual(said(originals));
    expect(copies.map(({ forkedFrom }) => forkedFrom)).toEqual(
      originals.map(({ id }) => ({ taskId: source, messageId: id })),
    );
    const ids = [...originals, ...copies].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(copies.map(({ seq }) => seq)).toEqual(copies.map((_, i) => i + 2));
    expect(new Set(copies.map(({ taskId }) => taskId))).toEqual(new Set([fork.id]));
  });

  it("keeps together what belonged to one turn, which is no turn of its own", async () => {
    const source = await aConversation(alice);
    const fork = await forked(alice, source);
    const [originals, copies] = [await allOf(alice, source), await allOf(alice, fork.id)];
    const groups = (all: Message[]) =>
      all.map(({ turnId }) => all.findIndex((one) => one.turnId === turnId));
    expect(groups(copies)).toEqual(groups(originals));
    const [{ turnId } = { turnId: "" }] = copies;
    expect((await call(alice, "GET", `/tasks/${fork.id}/turns/${turnId}`)).status).toBe(404);
    expect(await (await call(alice, "GET", `/tasks/${fork.id}/turns`)).json()).toMatchObject({
      items: [],
    });
  });

  it("is a task of the caller's that has not begun, and says what it was made of", async () => {
    const source = await aConversation(alice);
    const last = (await allOf(alice, source)).at(-1);
    const response = await call(alice, "POST", `/tasks/${source}/fork`);
    const fork = task.parse(await response.json());
    expect(response.headers.get("location")).toBe(`/api/v1/tasks/${fork.id}`);
    expect(fork).toMatchObject({
      title: "Trip (fork)",
      status: "PENDING",
      createdBy: alice,
      role: "owner",
      labels: {},
      teamRef: { namespace: "system", name: "assistant" },
      forkedFrom: { taskId: source, messageId: last?.id },
    });
    const listed = tasks.parse(await (await call(alice, "GET", "/tasks")).json()).items;
    expect(listed.map(({ id }) => id)).toEqual([fork.id, source]);
    expect(listed[0]?.forkedFrom).toEqual(fork.forkedFrom);
  });

  it("is what its state and a replay of its log say", async () => {
    const fork = await forked(alice, await aConversation(alice));
    const joined = await RoomClient.join(alice, fork.id);
    const replayed = await RoomClient.join(alice, fork.id, { after: 0 });
    await replayed.frames.next(({ type }) => type === "chat:message");
    await expect.poll(() => replayed.frames.state?.messages.length).toBe(4);
    expect(joined.frames.state).toEqual(replayed.frames.state);
    expect(joined.frames.state?.messages).toEqual(await allOf(alice, fork.id));
    joined.close();
    replayed.close();
  });

  it("of a fork names the fork, and is told to its maker's devices as made", async () => {
    const source = await newTask(alice, { history: LONG.slice(0, 4) });
    const first = await forked(alice, source);
    const device = await UserClient.open(alice);
    const second = await forked(alice, first.id, { title: "Once more" });
    const created = await device.frames.next(({ type }) => type === "task:created");
    expect(created.data).toMatchObject({ task: { id: second.id, title: "Once more" } });
    const [copies, originals] = [await allOf(alice, second.id), await allOf(alice, first.id)];
    expect(copies.map(({ forkedFrom }) => forkedFrom)).toEqual(
      originals.map(({ id }) => ({ taskId: first.id, messageId: id })),
    );
    device.close();
  });
});

describe("[FK2] a fork at a message", () => {
  it("ends with it", async () => {
    const source = await aConversation(alice);
    const originals = await allOf(alice, source);
    const at = originals[1]?.id;
    const fork = await forked(alice, source, { atMessageId: at });
    expect(said(await allOf(alice, fork.id))).toEqual(said(originals.slice(0, 2)));
    expect(fork.forkedFrom).toEqual({ taskId: source, messageId: at });
  });

  it("may be one that the database alone has", async () => {
    const source = await aLongTask(alice);
    const originals = await allOf(alice, source);
    const fork = await forked(alice, source, { atMessageId: originals[100]?.id });
    expect(said(await allOf(alice, fork.id))).toEqual(said(originals.slice(0, 101)));
  });

  it("is refused where the history has no such message, or none at all", async () => {
    const source = await newTask(alice, { history: LONG.slice(0, 3) });
    const other = await newTask(alice, { history: LONG.slice(0, 3) });
    const [foreign] = await allOf(alice, other);
    const at = { atMessageId: foreign?.id };
    const invalid = [400, "invalid_request"];
    expect(await refusalOf(call(alice, "POST", `/tasks/${source}/fork`, at))).toEqual(invalid);
    const empty = await newTask(alice);
    expect(await refusalOf(call(alice, "POST", `/tasks/${empty}/fork`))).toEqual(invalid);
    const listed = tasks.parse(await (await call(alice, "GET", "/tasks")).json()).items;
    expect(listed.map(({ id }) => id).sort()).toEqual([source, other, empty].sort());
  });

  it("leaves behind what something else has taken the place of", async () => {
    const source = await newTask(alice);
    const client = await RoomClient.join(alice, source);
    await converse(client, model, "one");
    await converse(client, model, "two");
    const [first] = await allOf(alice, source);
    const from = client.frames.all.length;
    await client.ask("chat:edit", { messageId: first?.id, content: "about three" });
    await answered(client, 3, from);
    const originals = await allOf(alice, source);
    expect(originals.map(({ content }) => content)).toEqual(["about three", "answer 3"]);
    const fork = await forked(alice, source);
    const copies = await allOf(alice, fork.id);
    expect(copies.map(({ content }) => content)).toEqual(["about three", "answer 3"]);
    expect(copies.filter(({ replaces }) => replaces)).toEqual([]);
    const at = { atMessageId: first?.id };
    expect(await refusalOf(call(alice, "POST", `/tasks/${source}/fork`, at))).toEqual([
      400,
      "invalid_request",
    ]);
    client.close();
  });

  it("has an answer that was given anew where the first one stood", async () => {
    const source = await newTask(alice);
    const client = await RoomClient.join(alice, source);
    await converse(client, model, "one");
    const [{ turnId } = { turnId: "" }] = await allOf(alice, source);
    await converse(client, model, "two");
    const from = client.frames.all.length;
    await client.ask("chat:regenerate", { turnId });
    await answered(client, 3, from);
    const newest = (await allOf(alice, source)).at(-1);
    const fork = await forked(alice, source);
    expect(fork.forkedFrom).toEqual({ taskId: source, messageId: newest?.id });
    expect((await allOf(alice, fork.id)).map(({ content }) => content)).toEqual([
      "about one",
      "answer 3",
      "about two",
      "two",
    ]);
    client.close();
  });
});

describe("[FK3] who may fork", () => {
  it("is every member, who owns what comes of it, and nobody else", async () => {
    const bob = newUser();
    const source = await newTask(alice, {
      history: LONG.slice(0, 4),
      members: [{ userId: bob, role: "viewer" }],
    });
    const fork = await forked(bob, source);
    expect(fork).toMatchObject({ createdBy: bob, role: "owner" });
    expect((await call(alice, "GET", `/tasks/${fork.id}`)).status).toBe(404);
    const carol = newUser();
    const gone = [404, "not_found"];
    expect(await refusalOf(call(carol, "POST", `/tasks/${source}/fork`))).toEqual(gone);
    const reader = { sub: bob, scope: "read" };
    expect(await refusalOf(call(reader, "POST", `/tasks/${source}/fork`))).toEqual([
      403,
      "forbidden",
    ]);
    expect(tasks.parse(await (await call(carol, "GET", "/tasks")).json()).items).toEqual([]);
  });

  it("has the source's team, or the default one where that is another's own", async () => {
    const bob = newUser();
    const team = {
      metadata: { name: "mine" },
      spec: { collaboration: "solo", members: [{ role: "work", botRef: "system/assistant" }] },
    };
    expect((await call(alice, "POST", "/teams", team)).status).toBe(201);
    const source = await newTask(alice, {
      teamRef: `${alice}/mine`,
      history: LONG.slice(0, 2),
      members: [{ userId: bob, role: "viewer" }],
    });
    expect((await forked(alice, source)).teamRef).toEqual({ namespace: alice, name: "mine" });
    expect((await forked(bob, source)).teamRef).toEqual({ namespace: "system", name: "assistant" });
  });
});

describe("[FK4] a fork that is asked for again", () => {
  it("by its key is the one that is there", async () => {
    const source = await newTask(alice, { history: LONG.slice(0, 4) });
    const first = await forked(alice, source, { key: "another-way" });
    const again = await call(alice, "POST", `/tasks/${source}/fork`, { key: "another-way" });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ id: first.id, key: "another-way" });
  });

  it("by its Idempotency-Key too, also when its source is erased; of another source it conflicts", async () => {
    const source = await newTask(alice, { history: LONG.slice(0, 4) });
    const other = await newTask(alice, { history: LONG.slice(0, 4) });
    const once = { "Idempotency-Key": "once" };
    const ask = (from: string) => call(alice, "POST", `/tasks/${from}/fork`, {}, once);
    const first = task.parse(await (await ask(source)).json());
    expect(await refusalOf(ask(other))).toEqual([409, "conflict"]);
    expect((await call(alice, "DELETE", `/tasks/${source}`)).status).toBe(204);
    const again = await ask(source);
    expect(again.status).toBe(201);
    expect(await again.json()).toMatchObject({ id: first.id });
  });
});

describe("[FK5] the model of a fork's turn", () => {
  it("is told what was said and done in its thread, as in the source", async () => {
    const fork = await forked(alice, await aConversation(alice));
    await evictDurableObject(roomOf(fork.id));
    const client = await RoomClient.join(alice, fork.id);
    const from = model.attempts.length;
    await converse(client, model, "the evening");
    const context = model.attempts[from]?.request.context ?? [];
    expect(context.map(({ role, content }) => [role, content])).toEqual([
      ["user", "about the weather"],
      ["assistant", "It is fine."],
    ]);
    expect(context[1]?.uses).toMatchObject([
      { name: "look", input: { at: "sky" }, output: "blue" },
    ]);
    client.close();
  });

  it("has the system text of a history whose beginning is in the database alone", async () => {
    const source = await aLongTask(alice);
    control.d1 = "down";
    const fork = await forked(alice, source);
    const client = await RoomClient.join(alice, fork.id);
    await converse(client, model, "the end");
    const context = model.attempts.at(-1)?.request.context ?? [];
    expect(context[0]).toEqual({ role: "system", content: "Answer in rhymes." });
    expect(context.length).toBe(1 + LONG.length - (FIRST_KEPT - 2));
    client.close();
  });
});

/** A fork that could not read what the database alone has when it was made, with the database back. */
async function forkedApart(user: string, source: string): Promise<Task> {
  control.d1 = "down";
  const fork = await forked(user, source);
  control.d1 = "up";
  return fork;
}

/** Lets the room try again what failed: an alarm of a test may come long before its time. */
async function goOn(taskId: string): Promise<void> {
  await expect.poll(() => nextAlarm(taskId)).not.toBeNull();
  await ring(taskId);
}

describe("[FK6] the older part of a fork", () => {
  it("follows by itself, page by page, and is in the fork's own database", async () => {
    const source = await aLongTask(alice);
    const originals = await allOf(alice, source);
    const fork = await forkedApart(alice, source);
    await goOn(fork.id);
    expect(said(await allOf(alice, fork.id))).toEqual(said(originals));
    const copies = await allOf(alice, fork.id);
    expect(copies.map(({ seq }) => seq)).toEqual(
      copies.map(({ seq }) => seq).toSorted((a, b) => a - b),
    );
    const history = await toldHistoryOf(fork.id);
    const stored = "SELECT count(*) AS n FROM messages WHERE task_id = ?";
    expect(await history.prepare(stored).bind(fork.id).first("n")).toBe(LONG.length);
    // Those of one turn are in several pages.
    expect(
      copies.map(({ turnId }) => turnId).filter((id, i, all) => all.indexOf(id) !== i),
    ).toHaveLength(
      originals.map(({ turnId }) => turnId).filter((id, i, all) => all.indexOf(id) !== i).length,
    );
  });

  it("is said to be on its way until it is there, and comes after the room has died", async () => {
    const source = await aLongTask(alice);
    const originals = await allOf(alice, source);
    control.d1 = "down";
    const fork = await forked(alice, source);
    const newest = page.parse(
      await (await call(alice, "GET", `/messages?taskId=${fork.id}&limit=5`)).json(),
    );
    expect(said(newest.items)).toEqual(said(originals.slice(-5)));
    expect(await messagesOf(alice, fork.id)).toBeUndefined();
    await runInDurableObject(roomOf(fork.id), (_, state) => state.abort("a test")).catch(
      () => undefined,
    );
    control.d1 = "up";
    await goOn(fork.id);
    expect(said(await allOf(alice, fork.id))).toEqual(said(originals));
    expect(await rowsOf(fork.id)).toBe(LONG.length);
  });

  it("is not taken for all there is by a turn that reads back what the database has", async () => {
    const source = await aLongTask(alice);
    const originals = await allOf(alice, source);
    const fork = await forkedApart(alice, source);
    const client = await RoomClient.join(alice, fork.id);
    await converse(client, model, "the end");
    client.close();
    await goOn(fork.id);
    const copies = await allOf(alice, fork.id);
    expect(said(copies.slice(0, -2))).toEqual(said(originals));
  });

  it("begins its log where the older part ends, without a gap in what its clients hear", async () => {
    const source = await aLongTask(alice);
    const fork = await forkedApart(alice, source);
    const client = await RoomClient.join(alice, fork.id, { after: 0 });
    await client.frames.next(({ type }) => type === "history:reset");
    const before = client.frames.state?.task.headSeq ?? 0;
    await converse(client, model, "the end");
    const seqs = client.frames.all.flatMap(({ seq }) => seq ?? []).filter((seq) => seq > before);
    expect(seqs).toEqual(seqs.map((_, i) => before + 1 + i));
    await goOn(fork.id);
    await allOf(alice, fork.id);
    const stats = await (await call(alice, "GET", `/tasks/${fork.id}/stats`)).json();
    // What the room did last may still be on its way.
    await expect
      .poll(() => client.frames.state?.task.headSeq)
      .toBe(z.object({ headSeq: z.number() }).parse(stats).headSeq);
    client.close();
  });

  it("ends where its source is erased meanwhile: the fork has what it has", async () => {
    const source = await aLongTask(alice);
    const fork = await forkedApart(alice, source);
    expect((await call(alice, "DELETE", `/tasks/${source}`)).status).toBe(204);
    await goOn(fork.id);
    const copies = await allOf(alice, fork.id);
    expect(copies.map(({ content }) => content)).toEqual(
      LONG.slice(FIRST_KEPT - 2).map(({ content }) => content),
    );
  });

  it("goes with the fork, wherever it has got to", async () => {
    const source = await aLongTask(alice);
    const fork = await forkedApart(alice, source);
    const deleted = call(alice, "DELETE", `/tasks/${fork.id}`);
    await goOn(fork.id).catch(() => undefined);
    expect((await deleted).status).toBe(204);
    await expect.poll(() => rowsOf(fork.id)).toBe(0);
    expect((await allOf(alice, source)).length).toBe(LONG.length);
  });
});

/** A task's messages in all databases. */
async function rowsOf(taskId: string): Promise<number> {
  const query = "SELECT count(*) AS n FROM messages WHERE task_id = ?";
  const counts = [...databasesOf(env).values()].map((database) =>
    database.prepare(query).bind(taskId).first<number>("n"),
  );
  return (await Promise.all(counts)).reduce<number>((sum, n) => sum + (n ?? 0), 0);
}
