import {
  abortAllDurableObjects,
  createScheduledController,
  evictDurableObject,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { StepFailure } from "../../../src/resources/step";
import worker from "../../../src/worker/index";
import { historyOf } from "../../support/own-history";
import { clockTo, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control, freeClock, stopClock } from "../../worker/control";

let alice: string;
let model: ScriptedModel;

const turns = z.object({
  items: z.array(
    z.looseObject({
      status: z.string(),
      error: z.looseObject({ code: z.string() }).optional(),
      steps: z.array(z.looseObject({ attempt: z.number() })),
    }),
  ),
});

const GONE: StepFailure = {
  type: "failure",
  code: "model_unavailable",
  message: "The model is not there.",
  retryable: true,
};

beforeEach(() => {
  stopClock();
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  freeClock();
});

async function onlyTurn(taskId: string) {
  const response = await call(alice, "GET", `/tasks/${taskId}/turns`);
  return turns.parse(await response.json()).items[0];
}

/** The runtime dies under the n-th attempt, and the room's next alarm comes. */
async function die(taskId: string, n: number): Promise<void> {
  (await model.attempt(n)).say(`lost ${n}`);
  await abortAllDurableObjects();
  await ring(taskId);
}

describe("[C1] a turn whose runtime died is tried again by itself", () => {
  it("three times; the fourth death ends it as runtime_restarted", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    for (const n of [1, 2, 3]) await die(taskId, n);
    expect((await model.attempt(4)).request.attempt).toBe(4);
    expect(await onlyTurn(taskId)).toMatchObject({ status: "PROCESSING" });
    await die(taskId, 4);
    const turn = await onlyTurn(taskId);
    expect(turn).toMatchObject({ status: "FAILED", error: { code: "runtime_restarted" } });
    expect(model.attempts).toHaveLength(4);
    const task = await call(alice, "GET", `/tasks/${taskId}`);
    expect(await task.json()).toMatchObject({ status: "FAILED" });
  });

  it("and that costs nothing of its retries: three tries remain", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    for (const n of [1, 2]) await die(taskId, n);
    const client = await RoomClient.join(alice, taskId);
    for (const n of [3, 4]) {
      (await model.attempt(n)).say(GONE);
      await client.frames.next(() => client.frames.of("chat:error").length === n - 2);
      await ring(taskId);
    }
    const last = await model.attempt(5);
    last.say("at last");
    last.finish();
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
    expect(client.frames.of("chat:error").map(({ data }) => data)).toMatchObject([
      { code: "model_unavailable", retryInMs: 2000 },
      { code: "model_unavailable", retryInMs: 4000 },
    ]);
    expect((await onlyTurn(taskId))?.steps[0]?.attempt).toBe(5);
  });

  it("whoever wakes the room: a client that comes back is enough", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    await model.attempt(1);
    await abortAllDurableObjects();
    const client = await RoomClient.join(alice, taskId);
    const again = await model.attempt(2);
    again.say("kept");
    again.finish();
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
  });

  it("in a retry wait: the wait goes on, and no attempt is counted twice", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    const client = await RoomClient.join(alice, taskId);
    (await model.attempt(1)).say(GONE);
    await client.frames.next(({ type }) => type === "chat:error");
    await abortAllDurableObjects();
    await ring(taskId);
    const again = await model.attempt(2);
    expect(again.request.attempt).toBe(2);
    again.finish();
    await expect.poll(async () => (await onlyTurn(taskId))?.status).toBe("COMPLETED");
  });

  it("[A3] in a retry wait: whoever joins then sees what one who stayed sees, and no text", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    const stayed = await RoomClient.join(alice, taskId);
    (await model.attempt(1)).say("half a sentence", GONE);
    await stayed.frames.next(({ type }) => type === "chat:error");
    const constructed = () =>
      control.constructed.get(env.TASK_ROOM.idFromName(taskId).toString()) ?? 0;
    const before = constructed();
    await evictDurableObject(roomOf(taskId));
    const joined = await RoomClient.join(alice, taskId);
    expect(constructed()).toBe(before + 1);
    expect(joined.frames.state?.openTurns[0]?.steps).toMatchObject([{ status: "RETRYING" }]);
    expect(joined.frames.state?.streams).toEqual([]);
    expect(joined.frames.state).toEqual(stayed.frames.state);
    await ring(taskId);
    const again = await model.attempt(2);
    again.say("a whole one");
    again.finish();
    for (const { frames } of [joined, stayed]) {
      await frames.next(() => frames.state?.task.status === "COMPLETED");
    }
    expect(joined.frames.state).toEqual(stayed.frames.state);
  });

  it("a queue that stood goes on", async () => {
    const taskId = await newTask(alice, { prompt: "one" });
    await model.attempt(1);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "two" });
    await abortAllDurableObjects();
    await ring(taskId);
    (await model.attempt(2)).finish();
    const third = await model.attempt(3);
    expect(third.request.input).toBe("two");
    third.finish();
    const back = await RoomClient.join(alice, taskId);
    await back.frames.next(() => back.frames.state?.task.status === "COMPLETED");
  });
});

it("[C3] the sweep wakes a room whose alarm was lost, and its turn ends", async () => {
  const taskId = await newTask(alice, { prompt: "go" });
  await model.attempt(1);
  const wakeAt = async () => {
    const query = "SELECT wake_at FROM tasks WHERE id = ?";
    return z
      .object({ wake_at: z.number().nullable() })
      .parse(await (await historyOf(taskId)).prepare(query).bind(taskId).first()).wake_at;
  };
  await expect.poll(wakeAt).not.toBeNull();
  const due = (await wakeAt()) ?? 0;
  await abortAllDurableObjects();
  await runInDurableObject(roomOf(taskId), (_, state) => state.storage.deleteAlarm());
  await abortAllDurableObjects();

  const sweepAt = async (time: number) => {
    clockTo(time);
    await worker.scheduled(createScheduledController({ scheduledTime: new Date(time) }), env);
  };
  const constructed = () =>
    control.constructed.get(env.TASK_ROOM.idFromName(taskId).toString()) ?? 0;
  const before = constructed();
  await sweepAt(clock() + 60_000);
  expect(constructed()).toBe(before);
  await sweepAt(due + 31_000);
  expect(constructed()).toBe(before + 1);
  expect(await onlyTurn(taskId)).toMatchObject({
    status: "FAILED",
    error: { code: "turn_timeout" },
  });
});
