import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { nextAlarm, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let model: ScriptedModel;
let taskId: string;

beforeEach(async () => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  taskId = await newTask(alice);
});

afterEach(() => {
  control.d1 = "up";
  control.clockAheadMs = 0;
  vi.restoreAllMocks();
});

const cursors = z.array(z.object({ destination: z.string(), cursor: z.int() }));
const stats = z.looseObject({ outboxLag: z.number() });

async function lag(): Promise<number> {
  return stats.parse(await (await call(alice, "GET", `/tasks/${taskId}/stats`)).json()).outboxLag;
}

/** How far each destination is known to have been told. */
function marked(): Promise<Record<string, number>> {
  return runInDurableObject(roomOf(taskId), (_, { storage }) => {
    const rows = storage.sql.exec("SELECT destination, cursor FROM outbox").toArray();
    return Object.fromEntries(
      cursors.parse(rows).map(({ destination, cursor }) => [destination, cursor]),
    );
  });
}

it("[L8] where all have been told, one row says so, and a new instance tells nothing again", async () => {
  const client = await RoomClient.join(alice, taskId);
  await converse(client, model, "one");
  const head = () => client.frames.state?.task.headSeq;
  await expect.poll(marked).toEqual({ all: head() });
  client.close();
  await client.frames.whenClosed();
  await evictDurableObject(roomOf(taskId));
  control.d1Batches = 0;
  expect(await lag()).toBe(0);
  await expect.poll(marked).toEqual({ all: head() });
  expect(control.d1Batches).toBe(0);
});

it("[L8] while one fails, the others' own rows keep what they were told", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const client = await RoomClient.join(alice, taskId);
  await expect.poll(marked).toEqual({ all: expect.any(Number) });
  const { all: before } = await marked();
  control.d1 = "down";
  await converse(client, model, "one");
  await converse(client, model, "two");
  const head = client.frames.state?.task.headSeq;
  await expect.poll(marked).toEqual({ all: before, d1: before, users: head, meters: head });
  control.d1 = "up";
  await ring(taskId);
  await expect.poll(marked).toMatchObject({ all: head });
});

it("the alarm of a task that was only made is taken back: nothing wakes it", async () => {
  await expect.poll(lag).toBe(0);
  expect(await nextAlarm(taskId)).toBeNull();
  control.d1 = "down";
  vi.spyOn(console, "error").mockImplementation(() => {});
  await call(alice, "PATCH", `/tasks/${taskId}`, { title: "Not told yet" });
  expect(await nextAlarm(taskId)).not.toBeNull();
});
