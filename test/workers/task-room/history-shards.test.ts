import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import * as z from "zod";
import { databasesOf } from "../../../src/history/shards/databases";
import { historyNameOf, historyOf, toldHistoryOf } from "../../support/own-history";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control, resetControl } from "../../worker/control";

let alice: string;
let model: ScriptedModel;
let errors: MockInstance;

beforeEach(async () => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  await env.DB.prepare("DELETE FROM history_shards").run();
  errors = vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  resetControl();
  vi.restoreAllMocks();
});

/** Of all databases, those that have messages of a task, and how many. */
async function messagesIn(taskId: string): Promise<Record<string, unknown>> {
  const query = "SELECT count(*) AS n FROM messages WHERE task_id = ?";
  const counts = [...databasesOf(env)].map(async ([name, database]) => {
    return [name, await database.prepare(query).bind(taskId).first("n")] as const;
  });
  return Object.fromEntries((await Promise.all(counts)).filter(([, n]) => n !== 0));
}

async function taskIn(name: string): Promise<string> {
  const other = name === "HISTORY_0" ? "HISTORY_1" : "HISTORY_0";
  control.d1Sizes.clear();
  control.d1Sizes.set(other, 9_500_000_000);
  await env.DB.prepare("DELETE FROM history_shards").run();
  const taskId = await newTask(alice);
  await toldHistoryOf(taskId);
  expect(await historyNameOf(taskId)).toBe(name);
  return taskId;
}

const lag = z.looseObject({ outboxLag: z.number() });
async function lagOf(taskId: string): Promise<number> {
  return lag.parse(await (await call(alice, "GET", `/tasks/${taskId}/stats`)).json()).outboxLag;
}

async function laterOn(taskId: string): Promise<void> {
  control.clockAheadMs += 120_000;
  await runDurableObjectAlarm(roomOf(taskId));
}

/** Lets a room of this version stand in its storage as the release before has left it. */
async function asBefore(taskId: string): Promise<void> {
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    sql.exec("UPDATE room SET body = json_remove(body, '$.history')");
    sql.exec("UPDATE outbox SET history_cursor = NULL");
  });
  await evictDurableObject(roomOf(taskId));
}

describe("[Y1] a task's history", () => {
  it("is in one database, chosen when it is made, also after its room has slept and another has more room", async () => {
    const taskId = await taskIn("HISTORY_1");
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await evictDurableObject(roomOf(taskId));
    control.d1Sizes.clear();
    control.d1Sizes.set("HISTORY_1", 9_900_000_000);
    await converse(client, model, "two");
    await expect.poll(() => lagOf(taskId)).toBe(0);
    expect(await messagesIn(taskId)).toEqual({ HISTORY_1: 4 });
    expect(await historyNameOf(taskId)).toBe("HISTORY_1");
  });

  it("of a room from before there was a choice stays in the control database", async () => {
    const taskId = await newTask(alice);
    await toldHistoryOf(taskId);
    await asBefore(taskId);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await expect.poll(() => lagOf(taskId)).toBe(0);
    expect(await messagesIn(taskId)).toEqual({ DB: 2 });
  });

  it("is erased where it is", async () => {
    const taskId = await taskIn("HISTORY_0");
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await expect.poll(() => lagOf(taskId)).toBe(0);
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    expect(await messagesIn(taskId)).toEqual({});
    for (const name of ["DB", "HISTORY_0"]) {
      const database = databasesOf(env).get(name);
      const query = "SELECT 1 AS there FROM deleted_tasks WHERE id = ?";
      expect(await database?.prepare(query).bind(taskId).first("there")).toBe(1);
    }
  });
});

describe("[Y4] what a database cannot take, its room keeps", () => {
  it.each(["down", "full"] as const)(
    "one that is %s stops no chat, nor another's; told later, nothing is lost or doubled",
    async (mode) => {
      const taskId = await taskIn("HISTORY_0");
      const other = await taskIn("HISTORY_1");
      const [here, there] = await Promise.all(
        [taskId, other].map((id) => RoomClient.join(alice, id)),
      );
      control.d1 = mode;
      control.d1Of = "HISTORY_0";
      if (here) await converse(here, model, "one");
      if (there) await converse(there, model, "two");
      await expect.poll(() => lagOf(other)).toBe(0);
      expect(await lagOf(taskId)).toBeGreaterThan(0);
      control.d1 = "up";
      await laterOn(taskId);
      await expect.poll(() => lagOf(taskId)).toBe(0);
      expect(await messagesIn(taskId)).toEqual({ HISTORY_0: 2 });
    },
  );

  it("a database that is not bound any more is waited for, and named in the log", async () => {
    const taskId = await taskIn("HISTORY_0");
    await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
      sql.exec("UPDATE room SET body = json_set(body, '$.history', 'HISTORY_7')");
    });
    await evictDurableObject(roomOf(taskId));
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await expect.poll(() => errors.mock.calls.flat().join()).toContain("HISTORY_7");
    expect(await lagOf(taskId)).toBeGreaterThan(0);
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    // It is gone for everybody; its rows, wherever they are, are still to be erased.
    expect(await historyNameOf(taskId)).toBe("HISTORY_7");
    await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
      sql.exec("UPDATE room SET body = json_set(body, '$.history', 'HISTORY_0')");
    });
    await evictDurableObject(roomOf(taskId));
    await laterOn(taskId);
    const query = "SELECT 1 AS there FROM deleted_tasks WHERE id = ?";
    await expect.poll(() => env.HISTORY_0?.prepare(query).bind(taskId).first("there")).toBe(1);
  });
});

it("[Y5] what code from before there was a choice has told the control database is told again where it belongs", async () => {
  const taskId = await taskIn("HISTORY_1");
  const client = await RoomClient.join(alice, taskId);
  control.d1 = "down";
  await converse(client, model, "one");
  // As that code marks it: it moves the cursor alone.
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    sql.exec(
      "UPDATE outbox SET cursor = (SELECT max(last_seq) FROM log), failures = 0, retry_at = NULL",
    );
  });
  await evictDurableObject(roomOf(taskId));
  control.d1 = "up";
  expect(await lagOf(taskId)).toBeGreaterThan(0);
  await laterOn(taskId);
  await expect.poll(() => lagOf(taskId)).toBe(0);
  expect(await messagesIn(taskId)).toEqual({ HISTORY_1: 2 });
  expect(await historyOf(taskId)).toBe(env.HISTORY_1);
});
