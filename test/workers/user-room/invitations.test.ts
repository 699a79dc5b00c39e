import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { UserRoomApi } from "../../../src/durable-objects/user-room/api";
import { MAILBOX_BOUNDS } from "../../../src/engine/user/mailbox-rules";
import type { UserNews } from "../../../src/engine/user/news";
import { newId } from "../../../src/protocol/ids";
import type { NotificationDraft } from "../../../src/protocol/user-events";
import { fewPerKey } from "../../support/few-per-key";
import { call, newTask, newUser, tokenOf } from "../../support/room-client";
import { UserClient } from "../../support/user-client";
import { control } from "../../worker/control";
import { call as callApp, fakeRooms } from "../worker/build";

let bob: string;

beforeEach(() => {
  bob = newUser();
});

afterEach(() => {
  control.users = "up";
});

const home = () => env.USER_ROOM.getByName(bob);
const ts = "2026-01-01T00:00:00.000Z";

/** What a task's room says of an invitation. */
function invitation(taskId: string, title: string, body?: string): UserNews[] {
  const notification: NotificationDraft = {
    kind: "task_shared",
    title,
    taskId,
    ...(body !== undefined && { body }),
  };
  return [
    { seq: 1, n: 0, event: { type: "task:shared", ts, data: { taskId, role: "viewer", title } } },
    { seq: 1, n: 1, event: { type: "notification", ts, data: { notification } } },
  ];
}

async function invite(inviter: string | undefined, count: number, body?: string): Promise<void> {
  for (let n = 0; n < count; n++) {
    const taskId = newId("task", n + 1);
    const items = invitation(taskId, `From ${inviter ?? "me"}`, body);
    await home().deliver({ taskId, epoch: "e", items, ...(inviter && { inviter }) });
  }
}

const listed = z.object({ items: z.array(z.looseObject({ title: z.string() })) });
const counts = z.array(z.object({ n: z.int() }));

function rows(table: string, where = "1"): Promise<number> {
  const query = `SELECT count(*) AS n FROM ${table} WHERE ${where}`;
  return runInDurableObject(
    home(),
    (_, { storage }) => counts.parse(storage.sql.exec(query).toArray())[0]?.n ?? 0,
  );
}

async function titles(): Promise<string[]> {
  const { items } = listed.parse(await (await call(bob, "GET", "/notifications?limit=200")).json());
  return items.map(({ title }) => title);
}

describe("[N1] invitations by a stranger", () => {
  it("are bounded in number, the oldest go first, and push out neither the user's own nor another's", async () => {
    await invite(undefined, 3);
    await invite("carol", 2);
    await invite("mallory", MAILBOX_BOUNDS.inviter.rows + 5);
    expect(await rows("notifications", "inviter = 'mallory'")).toBe(MAILBOX_BOUNDS.inviter.rows);
    expect(await rows("notifications", "inviter = ''")).toBe(3);
    expect(await rows("notifications", "inviter = 'carol'")).toBe(2);
    const first = await rows("notifications", "inviter = 'mallory' AND seq <= 20");
    expect(first).toBe(0);
    expect((await titles())[0]).toBe("From mallory");
  });

  it("are bounded in bytes", async () => {
    await invite("mallory", 80, "x".repeat(19_000));
    const kept = await rows("notifications", "inviter = 'mallory'");
    expect(kept).toBe(Math.floor(MAILBOX_BOUNDS.inviter.bytes / 19_220));
  });

  it("of many strangers are bounded together", async () => {
    const { rows: most } = MAILBOX_BOUNDS.invited;
    await invite("mallory", 1);
    await runInDurableObject(home(), (_, { storage }) =>
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO notifications (seq, id, task_id, at, body, inviter, bytes)
         SELECT -i, 'ntf_' || i, 'task_x', 1, '{}', 'mallory-' || i, 2 FROM n`,
        most,
      ),
    );
    await invite("carol", 2);
    expect(await rows("notifications", "inviter <> ''")).toBe(most);
    expect(await rows("notifications", "inviter = 'carol'")).toBe(2);
  });

  it("leave a bounded trace of which tasks were heard", async () => {
    await invite("mallory", 1);
    await runInDurableObject(home(), (_, { storage }) =>
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO heard (task_id, epoch, seq, n, at, inviter) SELECT i, 'e', 1, 1, i, 'm' FROM n`,
        MAILBOX_BOUNDS.heardInvited,
      ),
    );
    await invite(undefined, 2);
    await invite("carol", 2);
    expect(await rows("heard", "inviter <> ''")).toBe(MAILBOX_BOUNDS.heardInvited);
    expect(await rows("heard", "inviter IN ('carol', '')")).toBe(4);
  });
});

describe("[N2] the user's log", () => {
  it("has a bound in bytes: a device that was away for longer starts from the state", async () => {
    const first = await UserClient.open(bob);
    first.close();
    await invite("mallory", 500, "x".repeat(19_000));
    const total = await rows("log");
    expect(total).toBeLessThan(1000);
    const { headSeq } = (await UserClient.open(bob)).ready;
    expect(headSeq).toBe(1000);
    const back = await UserClient.open(bob, { after: 1, epoch: first.ready.epoch });
    expect(await back.frames.next(({ type }) => type === "history:reset")).toMatchObject({
      data: { headSeq },
    });
  });

  it("keeps rows that an older version wrote without saying how large they are", async () => {
    await invite("carol", 3);
    await runInDurableObject(home(), (_, { storage }) =>
      storage.sql.exec("UPDATE log SET through = 0"),
    );
    await invite("carol", 3);
    expect(await rows("log")).toBe(12);
  });
});

describe("[N4] whoever leaves", () => {
  const leave = (taskId: string) => call(bob, "DELETE", `/tasks/${taskId}/members/${bob}`);
  let alice: string;
  let taskId: string;

  beforeEach(async () => {
    alice = newUser();
    taskId = await newTask(alice, { title: "Boats", members: [{ userId: bob, role: "viewer" }] });
    await expect.poll(titles).toEqual(["Shared with you: Boats"]);
  });

  it("takes the task's notifications along, and every device hears of it", async () => {
    const phone = await UserClient.open(bob);
    expect(phone.ready.unread).toBe(1);
    expect((await leave(taskId)).status).toBe(204);
    await phone.frames.next(
      ({ type, data }) => type === "unread" && JSON.stringify(data) === '{"count":0}',
    );
    expect(await titles()).toEqual([]);
    expect((await leave(taskId)).status).toBe(404);
  });

  it("hears nothing that was on its way, but a new invitation", async () => {
    await leave(taskId);
    const event = {
      type: "task:status" as const,
      ts,
      data: { taskId, status: "RUNNING" as const, previous: "PENDING" as const },
    };
    const late = { taskId, epoch: "e", inviter: alice };
    await home().deliver({ ...late, items: [{ seq: 90, n: 0, event }] });
    expect(await rows("log", "event LIKE '%task:status%'")).toBe(0);
    await call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "viewer" });
    await expect.poll(titles).toEqual(["Shared with you: Boats"]);
  });

  it("goes on leaving where the first try was cut off behind the task's room", async () => {
    const unreachable = fakeRooms({
      user: { forgetTask: () => Promise.reject(new Error("unreachable")) },
    });
    const token = await tokenOf({ sub: bob });
    const path = `/api/v1/tasks/${taskId}/members/${bob}`;
    const over = { USER_ROOM: unreachable.env.USER_ROOM };
    control.users = "down";
    expect((await callApp(path, { method: "DELETE", token, env: over })).status).toBe(503);
    control.users = "up";
    expect(await titles()).toHaveLength(1);
    expect((await leave(taskId)).status).toBe(404);
    expect(await titles()).toEqual([]);
  });

  it("and is let in again hears all that comes, also where the word of the leaving was late", async () => {
    const seen = (type: string) => rows("log", `event LIKE '%"type":"${type}"%'`);
    const put = () =>
      call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "viewer" });
    const told = Promise.withResolvers<void>();
    const late = async (...left: Parameters<UserRoomApi["forgetTask"]>) => {
      expect((await put()).status).toBe(201);
      await expect.poll(() => seen("task:shared")).toBe(2);
      await home().forgetTask(...left);
      told.resolve();
    };
    const { env: rooms } = fakeRooms({ user: { forgetTask: late } });
    const path = `/api/v1/tasks/${taskId}/members/${bob}`;
    const token = await tokenOf({ sub: alice });
    const over = { USER_ROOM: rooms.USER_ROOM };
    expect((await callApp(path, { method: "DELETE", token, env: over })).status).toBe(204);
    await told.promise;
    await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
    await expect.poll(() => seen("task:status")).toBe(1);
    expect(await titles()).toContain("Shared with you: Boats");
  });

  it("is the same for one who is removed", async () => {
    expect((await call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`)).status).toBe(204);
    await expect.poll(titles).toEqual([]);
  });

  it("and where the room alone can tell the home, or tells it first", async () => {
    const late: unknown[][] = [];
    const forgetTask = async (...said: unknown[]) => void late.push(said);
    const over = { USER_ROOM: fakeRooms({ user: { forgetTask } }).env.USER_ROOM };
    const token = await tokenOf({ sub: alice });
    const path = `/api/v1/tasks/${taskId}/members/${bob}`;
    expect((await callApp(path, { method: "DELETE", token, env: over })).status).toBe(204);
    await expect.poll(titles).toEqual([]);
    await call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "viewer" });
    await expect.poll(titles).toEqual(["Shared with you: Boats"]);
    // Now it comes, for one who is a member again.
    const [[id, left] = []] = late;
    await home().forgetTask(
      z.string().parse(id),
      z.object({ epoch: z.string(), seq: z.int() }).parse(left),
    );
    expect(await titles()).toEqual(["Shared with you: Boats"]);
    await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
    await expect.poll(() => rows("log", "event LIKE '%CANCELLED%'")).toBe(1);
  });
});

describe("[N5] inviting", () => {
  const small = { INVITE_LIMIT: fewPerKey() };

  it("has a lower limit than asking, counted by invitation", async () => {
    const alice = newUser();
    const taskId = await newTask(alice);
    const over = { token: await tokenOf({ sub: alice }), env: small };
    const put = (userId: string) =>
      callApp(`/api/v1/tasks/${taskId}/members`, {
        ...over,
        method: "POST",
        body: { userId, role: "viewer" },
      });
    for (const userId of ["a", "b", "c"]) expect((await put(userId)).status).toBe(201);
    expect((await put("d")).status).toBe(429);
    const members = [{ userId: "e", role: "viewer" }];
    const create = (body: object) => callApp("/api/v1/tasks", { ...over, method: "POST", body });
    expect((await create({ members })).status).toBe(429);
    expect((await create({ members: [{ userId: alice, role: "owner" }] })).status).toBe(201);
    expect((await create({})).status).toBe(201);
  });
});
