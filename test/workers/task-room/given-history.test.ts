import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { LIMITS } from "../../../src/protocol/limits";
import { message } from "../../../src/protocol/message";
import { toldHistoryOf } from "../../support/own-history";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const messages = z.object({ items: z.array(message), nextCursor: z.string().nullable() });
const withId = z.looseObject({ id: z.string() });

const GIVEN = [
  { role: "system", content: "Answer in rhymes." },
  { role: "user", content: "Is it raining?", name: "Bo" },
  { role: "assistant", content: "Pouring.", name: "weatherman" },
  { role: "user", content: "And tomorrow?" },
];

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

async function page(taskId: string, query = "&limit=200") {
  const response = await call(alice, "GET", `/messages?taskId=${taskId}${query}`);
  expect(response.status).toBe(200);
  return messages.parse(await response.json());
}

async function history(taskId: string) {
  const all = [];
  let before = "";
  for (;;) {
    const { items, nextCursor } = await page(taskId, `&limit=200${before}`);
    all.unshift(...items);
    if (nextCursor === null) return all;
    before = `&before=${items[0]?.id}`;
  }
}

async function answer(text: string): Promise<void> {
  const attempt = await model.attempt(1);
  attempt.say(text);
  attempt.finish();
}

describe("[G1] a given history", () => {
  it("lies in the log before the first turn, with who said it, and marked", async () => {
    const taskId = await newTask(alice, { history: GIVEN, prompt: "And here?" });
    const { items } = await page(taskId);
    expect(items.map(({ role, content, imported }) => [role, content, imported])).toEqual([
      ...GIVEN.map(({ role, content }) => [role, content, true]),
      ["user", "And here?", undefined],
    ]);
    expect(items.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
    expect(items.map(({ author, bot }) => author ?? bot)).toEqual([
      { userId: alice },
      { userId: alice, name: "Bo" },
      "weatherman",
      { userId: alice },
      { userId: alice },
    ]);
    expect(new Set(items.map(({ threadId }) => threadId))).toEqual(new Set(["main"]));
    await answer("dry");
  });

  it("is in the state of everybody who joins, and of everybody who replays", async () => {
    const taskId = await newTask(alice, { history: GIVEN });
    const { items } = await page(taskId);
    const joined = await RoomClient.join(alice, taskId);
    const replayed = await RoomClient.join(alice, taskId, { after: 0 });
    await replayed.frames.next(({ type }) => type === "chat:message");
    expect(joined.frames.state?.messages).toEqual(items);
    expect(replayed.frames.state?.messages).toEqual(items);
    joined.close();
    replayed.close();
  });

  it("begins no turn by itself, and counts nothing", async () => {
    const taskId = await newTask(alice, { history: GIVEN });
    const task = await (await call(alice, "GET", `/tasks/${taskId}`)).json();
    expect(task).toMatchObject({ status: "PENDING", headSeq: 5, title: "Is it raining?" });
    expect(await (await call(alice, "GET", "/usage")).json()).toMatchObject({
      today: { turns: 0, tokens: 0 },
    });
    const turns = await call(alice, "GET", `/tasks/${taskId}/turns`);
    expect(await turns.json()).toMatchObject({ items: [] });
  });

  it("is exchanges that no turn of the task is", async () => {
    const taskId = await newTask(alice, { history: GIVEN });
    const [system, first, reply, second] = (await page(taskId)).items.map(({ turnId }) => turnId);
    expect(reply).toBe(first);
    expect(new Set([system, first, second]).size).toBe(3);
    const turn = await call(alice, "GET", `/tasks/${taskId}/turns/${first}`);
    expect(turn.status).toBe(404);
  });

  it("is in D1 as it is in the room", async () => {
    const taskId = await newTask(alice, { history: GIVEN });
    const history = await toldHistoryOf(taskId);
    const count = () =>
      history
        .prepare("SELECT count(*) AS n FROM messages WHERE task_id = ? AND imported = 1")
        .bind(taskId)
        .first("n");
    await expect.poll(count).toBe(4);
    const { items } = await page(taskId);
    // As if the room had let go of them.
    await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
      sql.exec("DELETE FROM messages");
      sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('messages', 6)");
    });
    await evictDurableObject(roomOf(taskId));
    expect((await page(taskId)).items).toEqual(items);
  });
});

describe("[G2] the model of a later turn", () => {
  it("is told all of it, also after an eviction", async () => {
    const taskId = await newTask(alice, { history: GIVEN });
    await evictDurableObject(roomOf(taskId));
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "the weekend");
    const [attempt] = model.attempts;
    expect(attempt?.request.context).toEqual(GIVEN.map(({ role, content }) => ({ role, content })));
    expect(attempt?.request.input).toBe("about the weekend");
    client.close();
  });

  it("is told all of the longest one beside its prompt", async () => {
    const long = Array.from({ length: LIMITS.givenMessages }, (_, i) => ({
      role: i % 2 === 0 ? "user" : "assistant",
      content: `message ${i}`,
    }));
    await newTask(alice, { history: long, prompt: "Go on" });
    const attempt = await model.attempt(1);
    expect(attempt.request.context).toEqual(long);
    attempt.finish();
  });

  it("is told the system text however many messages there are since", async () => {
    const taskId = await newTask(alice, { history: GIVEN });
    const room = roomOf(taskId);
    await toldHistoryOf(taskId);
    // As if 1,996 messages had been written since and told to D1.
    await runInDurableObject(room, (_, { storage: { sql } }) => {
      sql.exec("UPDATE log SET first_seq = first_seq + 9000, last_seq = last_seq + 9000");
      sql.exec("UPDATE outbox SET cursor = cursor + 9000");
      sql.exec(`WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 2005)
        INSERT INTO messages (seq, id, thread_id, role, body)
          SELECT i, printf('msg_%026d', i), 'main', 'user', json_set(m.body,
          '$.seq', i, '$.id', printf('msg_%026d', i)) FROM n, (SELECT body FROM messages WHERE seq = 3) m`);
    });
    await evictDurableObject(room);
    const client = await RoomClient.join(alice, taskId);
    for (const text of ["one", "two"]) await converse(client, model, text);
    const [before, after] = model.attempts.map(({ request }) => request.context);
    expect(before?.[0]).toEqual({ role: "system", content: "Answer in rhymes." });
    expect(after?.[0]).toEqual({ role: "system", content: "Answer in rhymes." });
    const kept = () =>
      runInDurableObject(room, (_, { storage: { sql } }) =>
        sql.exec("SELECT count(*) AS n, min(seq) AS first FROM messages").one(),
      );
    // Beside the newest thousand.
    expect(await kept()).toMatchObject({ first: 2 });
    expect(Number((await kept()).n)).toBeLessThan(1100);
    // A page of the newest has it no second time, and none of what D1 alone has is lost for it.
    const newest = await page(taskId, "&limit=200&role=system");
    expect(newest.items).toMatchObject([{ seq: 2 }]);
    client.close();
  });
});

describe("[G3] bounds", () => {
  it("the largest history is one transaction of rows of a megabyte at most", async () => {
    const each = Math.floor(LIMITS.givenHistoryBytes / LIMITS.givenMessages);
    // Every byte of it takes six as JSON.
    const content = `.${"\u0001".repeat(each - 1)}`;
    const long = Array.from({ length: LIMITS.givenMessages }, () => ({ role: "user", content }));
    const taskId = await newTask(alice, { history: long, title: "long" });
    const sizes = await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => ({
      ...sql.exec("SELECT count(*) AS n, max(octet_length(events)) AS most FROM log").one(),
    }));
    expect(Number(sizes.most)).toBeLessThanOrEqual(LIMITS.rowBytes);
    expect(Number(sizes.n)).toBeGreaterThan(2);
    expect((await history(taskId)).map((one) => one.content)).toEqual(
      long.map((one) => one.content),
    );
    const client = await RoomClient.join(alice, taskId, { after: 0 });
    await client.frames.next(({ seq }) => seq === LIMITS.givenMessages + 1);
    expect(client.frames.logged()).toHaveLength(LIMITS.givenMessages + 1);
    client.close();
  });

  it("one message may have all of it", async () => {
    const content = "x".repeat(LIMITS.givenHistoryBytes);
    const taskId = await newTask(alice, { history: [{ role: "assistant", content }] });
    expect((await page(taskId)).items).toMatchObject([{ content }]);
  });

  it.each([
    ["a field of another name", { text: "no", padding: "x".repeat(LIMITS.bodyBytes) }],
    ["a million members", { members: Array.from({ length: 200_000 }, () => 0) }],
    ["a body that is past all bounds", { history: ["x".repeat(LIMITS.createBodyBytes)] }],
  ])("%s is refused as too large", async (_name, body) => {
    const response = await call(alice, "POST", "/tasks", body);
    expect(response.status).toBe(413);
  });
});

describe("[G4] a creation that is asked for again", () => {
  const body = { history: GIVEN, prompt: "Go on" };

  it("gives the same task, with the history once", async () => {
    const headers = { "Idempotency-Key": "once" };
    const ask = () => call(alice, "POST", "/tasks", body, headers);
    const answers = await Promise.all([ask(), ask()]);
    const ids = await Promise.all(answers.map(async (one) => withId.parse(await one.json()).id));
    expect(new Set(ids).size).toBe(1);
    expect((await page(ids[0] ?? "")).items).toHaveLength(5);
    const other = { ...body, history: GIVEN.slice(1) };
    expect((await call(alice, "POST", "/tasks", other, headers)).status).toBe(409);
    await answer("yes");
  });

  it("has nothing of it where the commit failed, and all of it the next time", async () => {
    control.storage = "refuses commits";
    const ask = () => call(alice, "POST", "/tasks", { ...body, key: "k" });
    expect((await ask()).status).toBe(503);
    control.storage = "well";
    const made = await ask();
    expect(made.status).toBe(201);
    const { id } = withId.parse(await made.json());
    expect((await page(id)).items).toHaveLength(5);
    const client = await RoomClient.join(alice, id);
    await answer("yes");
    await client.frames.next(says("turn:status", "COMPLETED"));
    client.close();
  });
});
