import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { historyOf } from "../../support/own-history";
import { clockTo, nextAlarm, ring } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { UserClient, userUpgrade } from "../../support/user-client";
import { clock, control, freeClock, stopClock } from "../../worker/control";

const DAY = 24 * 60 * 60 * 1000;

let alice: string;
let bob: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  bob = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  freeClock();
  control.users = "up";
});

const roomOf = (taskId: string) => env.TASK_ROOM.getByName(taskId);
const page = z.object({
  items: z.array(z.looseObject({ id: z.string(), kind: z.string(), title: z.string() })),
  nextCursor: z.string().nullable(),
});
const longLived = (sub: string) => ({ sub, expiresInSeconds: 99 * 86_400 });

async function list(user: string, query = "") {
  return page.parse(await (await call(longLived(user), "GET", `/notifications${query}`)).json());
}

async function ack(user: string, body: object): Promise<unknown> {
  const response = await call(user, "POST", "/notifications/ack", body);
  expect(response.status).toBe(200);
  return response.json();
}

/** A turn of a new task, from its message to its end. */
async function turnOf(user: string, taskId: string, text = "boats"): Promise<void> {
  const client = await RoomClient.join(user, taskId);
  await converse(client, model, text);
  client.close();
}

const fits = (type: string, part: string) => (frame: { type: string; data?: unknown }) =>
  frame.type === type && JSON.stringify(frame.data).includes(part);

const TURN = ["task:status", "task:status", "notification"];
const isLast = fits("notification", "task_completed");

describe("the user's own room", () => {
  it("tells every device what happens to the user's tasks, numbered without gaps", async () => {
    const phone = await UserClient.open(alice);
    const laptop = await UserClient.open(alice);
    expect(phone.ready).toMatchObject({ headSeq: 0, unread: 0 });
    const taskId = await newTask(alice, { title: "Boats" });
    await turnOf(alice, taskId);
    for (const { frames } of [phone, laptop]) {
      await frames.next(isLast);
      await frames.next(fits("unread", "1"));
      expect(frames.types()).toEqual(["task:created", ...TURN]);
      expect(frames.seqs()).toEqual([1, 2, 3, 4]);
      expect(frames.of("task:created")[0]?.data).toMatchObject({
        task: { id: taskId, title: "Boats", role: "owner" },
      });
      expect(frames.of("task:status").map(({ data }) => data)).toEqual([
        { taskId, status: "RUNNING", previous: "PENDING" },
        { taskId, status: "COMPLETED", previous: "RUNNING" },
      ]);
    }
    expect(phone.frames.all.map(({ type }) => type)).toEqual(
      laptop.frames.all.map(({ type }) => type),
    );
  });

  it("tells a member of a shared task only what comes after, and strangers and the removed nothing", async () => {
    const taskId = await newTask(alice, { title: "Boats" });
    const [mine, theirs] = [await UserClient.open(alice), await UserClient.open(bob)];
    const eve = await UserClient.open(newUser());
    await turnOf(alice, taskId);
    await call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "viewer" });
    await theirs.frames.next(fits("notification", "task_shared"));
    expect(theirs.frames.of("task:shared")[0]?.data).toEqual({
      taskId,
      role: "viewer",
      title: "Boats",
    });
    await turnOf(alice, taskId);
    await theirs.frames.next(isLast);
    expect(theirs.frames.types()).toEqual(["task:shared", "notification", ...TURN]);
    await call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`);
    await turnOf(alice, taskId);
    await mine.frames.next(({ seq }) => seq === 10);
    expect(theirs.frames.seqs()).toEqual([1, 2, 3, 4, 5]);
    await call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "editor" });
    await theirs.frames.next(({ seq }) => seq === 7);
    expect(theirs.frames.types().slice(5)).toEqual(["task:shared", "notification"]);
    expect(eve.frames.logged()).toEqual([]);
    expect((await list(bob)).items).toHaveLength(1);
  });

  it("asks those who may confirm, and says what an agent wants said and what a run gave", async () => {
    const taskId = await newTask(alice, {
      title: "Page",
      teamRef: "system/story-asset-code-deploy",
    });
    const phone = await UserClient.open(alice);
    await call(alice, "POST", `/tasks/${taskId}/execute`, { input: "go" });
    for (const n of [1, 2, 3]) {
      (await model.attempt(n)).say(`result ${n}`);
      (await model.attempt(n)).finish();
    }
    const deploy = await model.attempt(4);
    deploy.say({ type: "notify", title: "It is up", body: "Look", data: { color: "red" } });
    const published = { url: "https://boats.test/", cid: "bafy1" };
    deploy.say({ type: "finish", finishReason: "stop", model: "m", data: published });
    const done = await phone.frames.next(isLast);
    expect(done.data).toMatchObject({
      notification: { title: "Completed: Page", taskId, data: published },
    });
    const own = await phone.frames.next(fits("notification", "agent"));
    expect(own.data).toMatchObject({
      notification: {
        kind: "agent",
        title: "It is up",
        body: "Look",
        data: { color: "red" },
        taskId,
      },
    });
  });

  it("continues where a device was, over an eviction, and says when it can't", async () => {
    const first = await UserClient.open(alice);
    const { epoch } = first.ready;
    const taskId = await newTask(alice);
    await first.frames.next(fits("task:created", taskId));
    first.close();
    await turnOf(alice, taskId);
    await expect.poll(async () => (await list(alice)).items.length).toBe(1);
    await evictDurableObject(env.USER_ROOM.getByName(alice));
    const back = await UserClient.open(alice, { after: 1, epoch });
    expect(back.ready).toEqual({ headSeq: 4, epoch, unread: 1 });
    await back.frames.next(({ seq }) => seq === 4);
    expect(back.frames.seqs()).toEqual([2, 3, 4]);
    const current = await UserClient.open(alice, { after: 4, epoch });
    expect(current.ready.state).toBeUndefined();
    for (const place of [
      { after: 9, epoch },
      { after: 1, epoch: "other" },
    ]) {
      const lost = await UserClient.open(alice, place);
      const reset = await lost.frames.next(({ type }) => type === "history:reset");
      expect(reset.data).toMatchObject({ headSeq: 4, epoch, unread: 1, state: { unread: 1 } });
      expect(lost.frames.logged()).toEqual([]);
    }
    const fresh = await UserClient.open(alice);
    expect(fresh.ready.state?.notifications.map(({ kind }) => kind)).toEqual(["task_completed"]);
    await evictDurableObject(env.USER_ROOM.getByName(alice));
    await turnOf(alice, taskId);
    for (const { frames } of [back, current, fresh]) await frames.next(({ seq }) => seq === 7);
  });

  it("keeps notifications until they are acknowledged, on every device", async () => {
    const taskId = await newTask(alice);
    for (const text of ["one", "two", "three"]) await turnOf(alice, taskId, text);
    await expect.poll(async () => (await list(alice)).items.length).toBe(3);
    const phone = await UserClient.open(alice);
    const { items } = await list(alice);
    const [newest, middle, oldest] = items.map(({ id }) => id);
    const one = await list(alice, "?limit=2");
    expect(one.items.map(({ id }) => id)).toEqual([newest, middle]);
    const rest = await list(alice, `?limit=2&cursor=${one.nextCursor}`);
    expect([rest.items.map(({ id }) => id), rest.nextCursor]).toEqual([[oldest], null]);
    expect(await ack(alice, { ids: [newest] })).toEqual({ unread: 2 });
    await phone.frames.next(fits("unread", "2"));
    expect((await list(alice, "?unread=true")).items.map(({ id }) => id)).toEqual([middle, oldest]);
    expect(await ack(alice, { upTo: middle })).toEqual({ unread: 0 });
    expect(await ack(alice, { upTo: middle })).toEqual({ unread: 0 });
    await phone.frames.next(fits("unread", "0"));
    expect((await list(alice)).items.every((item) => "acknowledgedAt" in item)).toBe(true);
    expect(await ack(bob, { ids: [newest] })).toEqual({ unread: 0 });
    const wrong = [{}, { ids: [] }, { ids: ["x"] }, { upTo: newest, ids: [newest] }];
    for (const body of wrong) {
      expect((await call(alice, "POST", "/notifications/ack", body)).status).toBe(400);
    }
    expect((await call(alice, "GET", "/notifications?cursor=x")).status).toBe(400);
    expect((await call(alice, "GET", "/notifications?unread=1")).status).toBe(400);
  });

  it("lets go of what is 30 days old", async () => {
    const first = await UserClient.open(longLived(alice));
    const { epoch } = first.ready;
    const taskId = await newTask(alice);
    await turnOf(alice, taskId);
    await first.frames.next(fits("unread", "1"));
    control.clockAheadMs = 29 * DAY;
    expect((await list(alice)).items).toHaveLength(1);
    control.clockAheadMs = 31 * DAY;
    expect((await list(alice)).items).toEqual([]);
    await runDurableObjectAlarm(env.USER_ROOM.getByName(alice));
    await first.frames.next(fits("unread", "0"));
    const back = await UserClient.open(longLived(alice), { after: 1, epoch });
    const reset = await back.frames.next(({ type }) => type === "history:reset");
    expect(reset.data).toMatchObject({ unread: 0, state: { unread: 0, notifications: [] } });
  });
});

describe("news of a task", () => {
  const settled = (taskId: string) => () =>
    call(alice, "GET", `/tasks/${taskId}/stats`).then(
      async (response) =>
        z.looseObject({ outboxLag: z.number() }).parse(await response.json()).outboxLag,
    );

  it.each(["down", "answers are lost"] as const)(
    "comes when the user's room is reachable again (%s), once and in order, and D1 does not wait",
    async (state) => {
      const phone = await UserClient.open(alice);
      const taskId = await newTask(alice);
      control.users = state;
      await turnOf(alice, taskId, "one");
      await turnOf(alice, taskId, "two");
      await expect
        .poll(async () => {
          const query = "SELECT count(*) AS n FROM messages WHERE task_id = ?";
          return (await (await historyOf(taskId)).prepare(query).bind(taskId).first())?.n;
        })
        .toBe(4);
      control.users = "up";
      control.clockAheadMs = 120_000;
      await runDurableObjectAlarm(roomOf(taskId));
      await expect.poll(settled(taskId)).toBe(0);
      await phone.frames.next(({ seq }) => seq === 7);
      expect(phone.frames.types()).toEqual(["task:created", ...TURN, ...TURN]);
      expect(phone.frames.seqs()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    },
  );

  it("survives that every object dies before its answer, and is not told twice", async () => {
    const taskId = await newTask(alice);
    control.users = "answers are lost";
    await turnOf(alice, taskId, "one");
    await abortAllDurableObjects();
    control.users = "down";
    await turnOf(alice, taskId, "two");
    await abortAllDurableObjects();
    control.users = "up";
    await runDurableObjectAlarm(roomOf(taskId));
    await expect.poll(settled(taskId)).toBe(0);
    const device = await UserClient.open(alice, { after: 0 });
    await device.frames.next(({ seq }) => seq === 7);
    expect(device.frames.types()).toEqual(["task:created", ...TURN, ...TURN]);
    expect((await list(alice)).items).toHaveLength(2);
  });

  it("ends with the task's deletion, which waits until its members know", async () => {
    const taskId = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
    const devices = [await UserClient.open(alice), await UserClient.open(bob)];
    await turnOf(alice, taskId);
    for (const { frames } of devices) await frames.next(isLast);
    control.users = "down";
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    await abortAllDurableObjects();
    control.users = "up";
    await runDurableObjectAlarm(roomOf(taskId));
    const again = [
      await UserClient.open(alice, { after: 0 }),
      await UserClient.open(bob, { after: 0 }),
    ];
    for (const { frames } of again) {
      await frames.next(fits("task:deleted", taskId));
      expect(frames.of("task:deleted")).toHaveLength(1);
      expect(frames.types().at(-1)).toBe("task:deleted");
    }
    expect((await list(bob)).items).toEqual([]);
    const rows = await runInRoom(taskId);
    expect(rows).toEqual([]);
  });

  it("is given up a day after the task's deletion where its members can't be told", async () => {
    stopClock();
    const phone = await UserClient.open(longLived(bob));
    const taskId = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
    await phone.frames.next(fits("notification", "task_shared"));
    control.users = "down";
    const deletedAt = clock();
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    const waits: number[] = [];
    for (const age of [15_000, 30_000, 100_000, DAY / 2, DAY - 60_000]) {
      clockTo(deletedAt + age);
      await ring(taskId);
      expect(await runInRoom(taskId)).toEqual([{ name: "log" }]);
      waits.push(((await nextAlarm(taskId)) ?? 0) - clock());
    }
    expect(waits).toEqual([15_000, 30_000, 100_000, 600_000, 600_000]);
    clockTo(deletedAt + DAY);
    await ring(taskId);
    expect(await nextAlarm(taskId)).toBeNull();
    expect(await runInRoom(taskId)).toEqual([]);
    expect((await call(longLived(alice), "GET", `/tasks/${taskId}`)).status).toBe(404);
    expect(phone.frames.types()).toEqual(["task:shared", "notification"]);
  });
});

async function runInRoom(taskId: string): Promise<unknown[]> {
  return runInDurableObject(roomOf(taskId), (_, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_schema WHERE name = 'log'").toArray(),
  );
}

describe("the user's socket", () => {
  it("answers ping, and refuses every other frame", async () => {
    const phone = await UserClient.open(alice);
    phone.send("ping");
    await phone.frames.next(({ type }) => type === "pong");
    phone.send(JSON.stringify({ type: "task:join", id: "r1" }));
    const refusal = await phone.frames.next(({ type }) => type === "error");
    expect(refusal).toMatchObject({ ref: "r1", error: { code: "invalid_request" } });
    for (let i = 0; i < 10; i++) phone.send("{");
    expect((await phone.frames.whenClosed()).code).toBe(4400);
  });

  it("closes with 4401 when its token runs out, by the alarm alone", async () => {
    const phone = await UserClient.open({ sub: alice, expiresInSeconds: 600 });
    control.clockAheadMs = 700_000;
    await runDurableObjectAlarm(env.USER_ROOM.getByName(alice));
    expect((await phone.frames.whenClosed()).code).toBe(4401);
  });

  it("is refused as a problem", async () => {
    const response = await userUpgrade(alice, { after: -1 });
    expect([response.status, response.webSocket]).toEqual([400, null]);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect((await call(alice, "GET", "/user/notifications")).status).toBe(400);
  });
});
