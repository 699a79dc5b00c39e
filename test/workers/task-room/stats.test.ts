import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { taskStats } from "../../../src/protocol/rest/stats";
import { ring, roomOf } from "../../support/room-alarm";
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
  control.clockAheadMs = 0;
});

async function statsOf(taskId: string) {
  const response = await call(alice, "GET", `/tasks/${taskId}/stats`);
  return taskStats.parse(await response.json());
}

it("a task without a turn counts nothing", async () => {
  const stats = await statsOf(await newTask(alice));
  expect(stats).toMatchObject({
    turns: { PENDING: 0, PROCESSING: 0, WAITING: 0, COMPLETED: 0, FAILED: 0, INTERRUPTED: 0 },
    queueLength: 0,
    attempts: 0,
    retries: 0,
    connections: 0,
    sessions: 0,
    durationMs: { p50: null, p95: null },
    tokens: { input: 0, output: 0, total: 0 },
  });
  expect(stats).not.toHaveProperty("activeTurnId");
});

it("counts turns, attempts, retries, tokens, connections and sessions as they are", async () => {
  const bob = newUser();
  const taskId = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
  const client = await RoomClient.join(alice, taskId);
  await RoomClient.join(bob, taskId);
  await converse(client, model, "one");
  await client.ask("chat:send", { content: "two" });
  (await model.attempt(2)).say({
    type: "failure",
    code: "model_unavailable",
    message: "Gone.",
    retryable: true,
  });
  await client.frames.next(({ type }) => type === "chat:error");
  await ring(taskId);
  await model.attempt(3);
  await client.ask("chat:send", { content: "three" });
  await client.ask("chat:send", { content: "four" });

  const stats = await statsOf(taskId);
  expect(stats).toMatchObject({
    turns: { PENDING: 2, PROCESSING: 1, COMPLETED: 1 },
    queueLength: 2,
    attempts: 3,
    retries: 1,
    connections: 2,
    sessions: 2,
    tokens: { input: 10, output: 20, total: 30 },
  });
  await client.ask("history:sync");
  expect(stats.headSeq).toBe(client.frames.state?.task.headSeq);
  expect(stats.activeTurnId).toBe(client.frames.state?.task.activeTurnId);
  expect(stats.durationMs.p50).toBeGreaterThanOrEqual(0);

  await client.ask("chat:cancel");
  client.close();
  await expect.poll(async () => (await statsOf(taskId)).connections).toBe(1);
  expect((await statsOf(taskId)).turns.INTERRUPTED).toBe(1);
});

it("ten thousand kept turns are summed up where they lie", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await converse(client, model, "one");
  // Copies that took 1 to 9,999 ms, the second half of them with a retry.
  await runInDurableObject(roomOf(taskId), (_, { storage }) => {
    storage.sql.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
      INSERT INTO turns SELECT printf('turn_%026d', i), 'COMPLETED',
        unixepoch(body ->> '$.turn.startedAt') * 1000
          + substr(body ->> '$.turn.startedAt', 21, 3) + i,
        json_set(body, '$.turn.steps[0].attempt', iif(i < 5000, 1, 2)) FROM n, turns`);
  });
  const stats = await statsOf(taskId);
  expect(stats).toMatchObject({
    turns: { COMPLETED: 10_000, PENDING: 0 },
    attempts: 15_000,
    retries: 5_000,
    tokens: { input: 100_000, output: 200_000, total: 300_000 },
  });
  // The turn that was copied took a few milliseconds itself.
  expect(stats.durationMs.p50).toBeGreaterThanOrEqual(4999);
  expect(stats.durationMs.p50).toBeLessThanOrEqual(5000);
  expect(stats.durationMs.p95).toBeGreaterThanOrEqual(9499);
  expect(stats.durationMs.p95).toBeLessThanOrEqual(9500);
});
