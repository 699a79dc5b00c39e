import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { historyOf } from "../../support/own-history";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

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

const stats = z.looseObject({ outboxLag: z.number() });
const counted = z.object({ n: z.number() });

async function lagOf(taskId: string): Promise<number> {
  return stats.parse(await (await call(alice, "GET", `/tasks/${taskId}/stats`)).json()).outboxLag;
}

async function storedContents(taskId: string, history?: D1Database): Promise<unknown[]> {
  const query = "SELECT content FROM messages WHERE task_id = ? ORDER BY seq";
  const database = history ?? (await historyOf(taskId));
  const { results } = await database.prepare(query).bind(taskId).all();
  return results.map(({ content }) => content);
}

it("[L8] with D1 down the chat goes on, everything is read from the room, and the lag is seen", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  control.d1 = "down";
  await converse(client, model, "one");
  await converse(client, model, "two");
  const page = await call(alice, "GET", `/messages?taskId=${taskId}`);
  expect(
    z.looseObject({ items: z.array(z.unknown()) }).parse(await page.json()).items,
  ).toHaveLength(4);
  expect(await lagOf(taskId)).toBeGreaterThan(0);
  expect(await storedContents(taskId)).toEqual([]);

  control.d1 = "up";
  control.clockAheadMs = 120_000;
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
  await expect.poll(() => lagOf(taskId)).toBe(0);
  expect(await storedContents(taskId)).toEqual(["about one", "one", "about two", "two"]);
});

it("[L8] with D1 slow no turn waits for it a second time, the lag is seen, and D1 catches up", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await expect.poll(() => lagOf(taskId)).toBe(0);
  control.d1 = "slow";
  control.d1Lookups = 0;
  for (const text of ["one", "two", "three"]) await converse(client, model, text);
  expect(await lagOf(taskId)).toBeGreaterThan(0);
  // Nobody asks again at once what has just been too slow.
  expect(control.d1Lookups).toBe(1);

  await expect.poll(() => lagOf(taskId)).toBe(0);
  expect(await storedContents(taskId)).toEqual([
    ...["about one", "one", "about two", "two", "about three", "three"],
  ]);
});

it("[L8] a batch whose answer was lost is written again without a double", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  control.d1 = "fails after its commit";
  await converse(client, model, "one");
  expect(await lagOf(taskId)).toBeGreaterThan(0);
  control.d1 = "up";
  control.clockAheadMs = 120_000;
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
  await expect.poll(() => lagOf(taskId)).toBe(0);
  const query = "SELECT count(*) AS n FROM messages WHERE task_id = ?";
  const row = counted.parse(await (await historyOf(taskId)).prepare(query).bind(taskId).first());
  expect(row.n).toBe(2);
});

it("[L8] members are written where they have changed, and once more when the room has slept", async () => {
  const bob = newUser();
  const taskId = await newTask(alice);
  await call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "viewer" });
  const client = await RoomClient.join(alice, taskId);
  const listed = async () => {
    await expect.poll(() => lagOf(taskId)).toBe(0);
    const query = "SELECT user_id, status FROM task_members WHERE task_id = ? ORDER BY user_id";
    return (await (await historyOf(taskId)).prepare(query).bind(taskId).all()).results;
  };
  // What only a whole write would bring back.
  const forget = (await historyOf(taskId)).prepare(
    "DELETE FROM task_members WHERE task_id = ? AND user_id = ?",
  );
  await forget.bind(taskId, bob).run();
  await converse(client, model, "one");
  expect(await listed()).toEqual([{ user_id: alice, status: "COMPLETED" }]);

  await evictDurableObject(env.TASK_ROOM.getByName(taskId));
  await converse(client, model, "two");
  const both = [alice, bob].sort().map((user_id) => ({ user_id, status: "COMPLETED" }));
  expect(await listed()).toEqual(both);
});

it("[X6] a task that is erased while D1 is down is gone at once and its rows follow", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await converse(client, model, "one");
  await expect.poll(() => lagOf(taskId)).toBe(0);
  const history = await historyOf(taskId);
  control.d1 = "down";
  expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
  expect((await call(alice, "GET", `/tasks/${taskId}`)).status).toBe(404);
  expect(await storedContents(taskId)).toHaveLength(2);
  control.d1 = "up";
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
  await expect.poll(() => storedContents(taskId, history)).toEqual([]);
});
