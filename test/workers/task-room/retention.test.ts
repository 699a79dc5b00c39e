import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { toldHistoryOf } from "../../support/own-history";
import { clockTo, nextAlarm, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control } from "../../worker/control";

const DAY_MS = 24 * 60 * 60 * 1000;
const items = z.looseObject({ items: z.array(z.unknown()) });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.clockAheadMs = 0;
  control.d1 = "up";
});

it("[L7] details and events of finished turns go after the retention; messages stay, and a client from before is reset", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join({ sub: alice, expiresInSeconds: 99 * 86_400 }, taskId);
  await converse(client, model, "old");
  const { epoch } = z.object({ epoch: z.string() }).parse(client.ready);

  control.clockAheadMs = 8 * DAY_MS;
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));

  const late = { sub: alice, expiresInSeconds: 99 * 86_400 };
  const turns = await call(late, "GET", `/tasks/${taskId}/turns`);
  expect(items.parse(await turns.json()).items).toEqual([]);
  const messages = await call(late, "GET", `/messages?taskId=${taskId}`);
  expect(items.parse(await messages.json()).items).toHaveLength(2);

  const back = await RoomClient.join(late, taskId, { after: 1, epoch });
  await back.frames.next(({ type }) => type === "history:reset");
  expect(back.frames.state?.messages).toEqual(client.frames.state?.messages);
  const head = client.frames.state?.task.headSeq ?? 0;
  await converse(client, model, "new");
  const current = await RoomClient.join(late, taskId, { after: head, epoch });
  await current.frames.next(({ seq }) => seq === client.frames.state?.task.headSeq);
  expect(current.frames.of("history:reset")).toEqual([]);
  expect(current.frames.logged().at(-1)).toEqual(client.frames.logged().at(-1));
});

it("[L7] what D1 has not been told stays past the retention, and goes by itself once D1 has it", async () => {
  const taskId = await newTask(alice);
  const late = { sub: alice, expiresInSeconds: 99 * 86_400 };
  const client = await RoomClient.join(late, taskId);
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  control.d1 = "down";
  await converse(client, model, "old");
  const head = client.frames.state?.task.headSeq;
  const listed = async (what: "turns" | "events") =>
    items.parse(await (await call(late, "GET", `/tasks/${taskId}/${what}`)).json()).items;

  clockTo(clock() + 8 * DAY_MS);
  await ring(taskId);
  expect(await listed("turns")).toHaveLength(1);
  expect(await listed("events")).toHaveLength(Number(head));
  // [D1] Only D1 is waited for: nothing that is past is armed.
  expect(await nextAlarm(taskId)).toBeGreaterThan(clock());

  control.d1 = "up";
  await ring(taskId);
  await expect.poll(() => listed("turns")).toEqual([]);
  const left = await listed("events");
  expect(left.length).toBeLessThan(Number(head));
  expect(left.at(-1)).toMatchObject({ seq: head });
  log.mockRestore();
  // The socket still works, and the count goes on.
  await converse(client, model, "new");
  expect(client.frames.logged().map(({ seq }) => seq)).toEqual(
    client.frames.logged().map((_, i) => Number(client.frames.logged()[0]?.seq) + i),
  );
});

it("[L7] a busy room lets go of older messages that D1 has without waiting for the retention", async () => {
  const taskId = await newTask(alice);
  const room = roomOf(taskId);
  await toldHistoryOf(taskId);
  // As if 1,999 messages had been written and told to D1.
  await runInDurableObject(room, (_, { storage: { sql } }) => {
    sql.exec("UPDATE log SET first_seq = first_seq + 9000, last_seq = last_seq + 9000");
    sql.exec("UPDATE outbox SET cursor = cursor + 9000, history_cursor = cursor + 9000");
    sql.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
      INSERT INTO messages (seq, id, thread_id, role, body)
        SELECT i, 'msg_' || i, 'other', 'user', '{}' FROM n`);
  });
  await evictDurableObject(room);
  await runInDurableObject(room, (instance) => {
    const principal = { userId: alice, scope: "write" as const, expiresAt: null };
    return instance.execute(principal, { input: "one more" });
  });
  const kept = () =>
    runInDurableObject(room, (_, { storage: { sql } }) =>
      sql.exec("SELECT count(*) AS n, min(seq) AS first FROM messages").one(),
    );
  const attempt = await model.attempt(1);
  attempt.say("one more");
  attempt.finish();
  // With the turn's end: its message and its answer are the newest.
  await expect.poll(kept).toEqual({ n: 1000, first: 1002 });
});

it("[L7] the newest thousand that stand are kept, however many were superseded among them, and of these five hundred", async () => {
  const taskId = await newTask(alice);
  const room = roomOf(taskId);
  await toldHistoryOf(taskId);
  // As if 2,400 messages had been told to D1, of which all but every other one, and the last, are superseded.
  await runInDurableObject(room, (_, { storage: { sql } }) => {
    sql.exec("UPDATE log SET first_seq = first_seq + 9000, last_seq = last_seq + 9000");
    sql.exec("UPDATE outbox SET cursor = cursor + 9000, history_cursor = history_cursor + 9000");
    sql.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2400)
      INSERT INTO messages (seq, id, thread_id, role, body, superseded_by)
      SELECT i, 'msg_' || i, 'other', 'user', '{}', iif(i % 2, 'msg_x', NULL) FROM n`);
  });
  await evictDurableObject(room);
  await runInDurableObject(room, (instance) => {
    const principal = { userId: alice, scope: "write" as const, expiresAt: null };
    return instance.execute(principal, { input: "one more" });
  });
  const attempt = await model.attempt(1);
  attempt.say("one more");
  attempt.finish();
  const kept = () =>
    runInDurableObject(room, (_, { storage: { sql } }) =>
      sql
        .exec(`SELECT superseded_by IS NULL AS stands, count(*) AS n, min(seq) AS first
          FROM messages GROUP BY 1 ORDER BY 1`)
        .toArray(),
    );
  await expect.poll(kept).toEqual([
    { stands: 0, n: 500, first: 1401 },
    { stands: 1, n: 1000, first: 406 },
  ]);
});
