import { beforeEach, expect, it } from "vitest";
import { taskStats } from "../../../src/protocol/stats";
import { ring } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.carryOut;
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
