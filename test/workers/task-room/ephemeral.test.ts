import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { databasesOf } from "../../../src/history/shards/databases";
import { task } from "../../../src/protocol/task";
import { toldHistoryOf } from "../../support/own-history";
import { clockTo, nextAlarm, passTo, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { UserClient } from "../../support/user-client";
import { clock, control } from "../../worker/control";

const DAY_MS = 24 * 60 * 60 * 1000;
const tasks = z.object({ items: z.array(task) });

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

/** With a token that outlives the days of a test. */
const late = () => ({ sub: alice, expiresInSeconds: 99 * 86_400 });

async function listed(query = "", user: string = alice): Promise<string[]> {
  const claims = { sub: user, expiresInSeconds: 99 * 86_400 };
  const response = await call(claims, "GET", `/tasks${query}`);
  expect(response.status).toBe(200);
  return tasks.parse(await response.json()).items.map(({ id }) => id);
}

async function statusOf(taskId: string): Promise<number> {
  return (await call(late(), "GET", `/tasks/${taskId}`)).status;
}

/** A day after its last turn, or after it was made. */
async function endOf(taskId: string): Promise<number> {
  const response = await call(late(), "GET", `/tasks/${taskId}`);
  const { createdAt, endedAt } = task.parse(await response.json());
  return Date.parse(endedAt ?? createdAt) + DAY_MS;
}

/** Rows of it in the database that has most of them: a task that is gone is known to be so in two. */
async function rowsOf(taskId: string) {
  const count = async (table: string, column: string) => {
    const query = `SELECT count(*) AS n FROM ${table} WHERE ${column} = ?`;
    const all = [...databasesOf(env).values()].map((one) =>
      one.prepare(query).bind(taskId).first<number>("n"),
    );
    return Math.max(...(await Promise.all(all)).map(Number));
  };
  const places = { tasks: "id", messages: "task_id", task_members: "task_id", deleted_tasks: "id" };
  return Promise.all(Object.entries(places).map(([table, column]) => count(table, column)));
}

const ERASED = [0, 0, 0, 1];

describe("[Z1] an ephemeral task", () => {
  it("says that it is, and is in no list that does not ask for it", async () => {
    const bob = newUser();
    const members = [{ userId: bob, role: "viewer" }];
    const kept = await newTask(alice, { members });
    const gone = await newTask(alice, { ephemeral: true, key: "k", members });
    const read = task.parse(await (await call(alice, "GET", `/tasks/${gone}`)).json());
    expect(read.ephemeral).toBe(true);
    expect(await listed()).toEqual([kept]);
    expect(await listed("?ephemeral=true")).toEqual([gone, kept]);
    expect(await listed("?key=k")).toEqual([]);
    expect(await listed("?key=k&ephemeral=true")).toEqual([gone]);
    expect((await call(alice, "GET", "/tasks?ephemeral=yes")).status).toBe(400);
    await expect.poll(() => listed("?ephemeral=true", bob)).toEqual([gone, kept]);
    expect(await listed("", bob)).toEqual([kept]);
  });

  it("is an ordinary one where it says that it is none", async () => {
    const id = await newTask(alice, { ephemeral: false });
    const read = await (await call(alice, "GET", `/tasks/${id}`)).json();
    expect(read).not.toHaveProperty("ephemeral");
    expect(await nextAlarm(id)).toBeNull();
    expect(await listed()).toEqual([id]);
  });

  it("is known as one to everybody in it, and stays one when it is changed", async () => {
    const id = await newTask(alice, { ephemeral: true });
    const client = await RoomClient.join(alice, id);
    await call(alice, "PATCH", `/tasks/${id}`, { title: "changed" });
    await client.frames.next(({ type }) => type === "task:updated");
    expect(client.frames.state?.task).toMatchObject({ ephemeral: true, title: "changed" });
    expect(await listed()).toEqual([]);
    client.close();
  });
});

describe("[Z2] it is erased as if its owner had deleted it", () => {
  it("a day after it was made, where nothing is asked of it", async () => {
    const device = await UserClient.open(late());
    const id = await newTask(alice, { ephemeral: true, key: "k" });
    const client = await RoomClient.join(late(), id);
    const end = await endOf(id);
    await passTo(id, end - 1);
    expect(await statusOf(id)).toBe(200);
    expect(await nextAlarm(id)).toBe(end);
    await ring(id);
    expect(await statusOf(id)).toBe(404);
    expect(await client.frames.closed).toMatchObject({ code: 4410 });
    expect(await listed("?ephemeral=true")).toEqual([]);
    expect(await rowsOf(id)).toEqual(ERASED);
    await device.frames.next(({ type }) => type === "task:deleted");
    const left = await runInDurableObject(roomOf(id), (_, { storage: { sql } }) =>
      sql.exec("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'log'").one(),
    );
    expect(left).toEqual({ n: 0 });
    // Its key is free.
    expect((await call(late(), "POST", "/tasks", { key: "k" })).status).toBe(201);
  });

  it("a day after its last turn, however late that was", async () => {
    const id = await newTask(alice, { ephemeral: true });
    const client = await RoomClient.join(late(), id);
    for (const text of ["one", "two", "three"]) {
      await passTo(id, clock() + DAY_MS - 60_000);
      await converse(client, model, text);
    }
    const end = await endOf(id);
    await passTo(id, end - 1);
    expect(await statusOf(id)).toBe(200);
    await passTo(id, end);
    expect(await statusOf(id)).toBe(404);
    expect(await rowsOf(id)).toEqual(ERASED);
  });

  it("at once for everybody where D1 is down, and in D1 once it is back", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const id = await newTask(alice, { ephemeral: true, history: [{ role: "user", content: "a" }] });
    await expect.poll(() => rowsOf(id)).toEqual([1, 1, 1, 0]);
    control.d1 = "down";
    await passTo(id, clock() + DAY_MS);
    expect(await statusOf(id)).toBe(404);
    control.d1 = "up";
    await ring(id);
    expect(await rowsOf(id)).toEqual(ERASED);
    log.mockRestore();
  });

  it("a little later where its storage refuses it", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const id = await newTask(alice, { ephemeral: true });
    const due = await endOf(id);
    await passTo(id, due - 1);
    clockTo(due);
    await runInDurableObject(roomOf(id), async (room, { storage: { sql } }) => {
      sql.exec("CREATE TRIGGER full BEFORE INSERT ON room BEGIN SELECT RAISE(ABORT, 'full'); END");
      await room.alarm();
      sql.exec("DROP TRIGGER full");
    });
    expect(await statusOf(id)).toBe(200);
    const again = Number(await nextAlarm(id));
    expect(again).toBeGreaterThan(due);
    await passTo(id, again);
    expect(await statusOf(id)).toBe(404);
    log.mockRestore();
  });
});

describe("[Z3] what a room forgets", () => {
  it("is not when it goes: it sleeps meanwhile", async () => {
    const id = await newTask(alice, { ephemeral: true });
    const client = await RoomClient.join(late(), id);
    await converse(client, model, "one");
    client.close();
    await evictDurableObject(roomOf(id));
    await passTo(id, clock() + DAY_MS);
    expect(await statusOf(id)).toBe(404);
  });

  it.each(["a request", "the sweep"])("its lost alarm is made good by %s", async (by) => {
    const id = await newTask(alice, { ephemeral: true });
    const due = await endOf(id);
    const history = await toldHistoryOf(id);
    const wakeAt = () =>
      history.prepare("SELECT wake_at FROM tasks WHERE id = ?").bind(id).first("wake_at");
    await expect.poll(wakeAt).toBe(due);
    await runInDurableObject(roomOf(id), (_, { storage }) => storage.deleteAlarm());
    await evictDurableObject(roomOf(id));
    clockTo(due + 60_000);
    if (by === "the sweep") await roomOf(id).wake();
    else await statusOf(id);
    await expect.poll(() => nextAlarm(id)).not.toBeNull();
    await ring(id);
    expect(await statusOf(id)).toBe(404);
    expect(await rowsOf(id)).toEqual(ERASED);
  });
});

it("[Z4] its turns' ends are events for its members' devices, and no notifications", async () => {
  const device = await UserClient.open(alice);
  const id = await newTask(alice, { ephemeral: true });
  const client = await RoomClient.join(alice, id);
  await converse(client, model, "one");
  await device.frames.next(
    ({ type, data }) =>
      type === "task:status" &&
      z.looseObject({ status: z.string() }).parse(data).status !== "RUNNING",
  );
  const types = device.frames.all.map(({ type }) => type);
  expect(types).toContain("task:created");
  expect(types).not.toContain("notification");
  const unread = await call(alice, "GET", "/notifications?unread=true");
  expect(await unread.json()).toMatchObject({ items: [] });
  client.close();
});
