import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { task as taskSchema } from "../../../src/protocol/task";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { UserClient } from "../../support/user-client";
import { control } from "../../worker/control";
import type { UserRoom } from "../../worker/user-room";

const page = z.object({ items: z.array(taskSchema), nextCursor: z.string().nullable() });

async function list(user: string, query = "") {
  const response = await call(user, "GET", `/tasks${query}`);
  expect(response.status).toBe(200);
  return page.parse(await response.json()).items;
}

async function create(user: string, body: object) {
  const response = await call(user, "POST", "/tasks", body);
  return { status: response.status, task: taskSchema.parse(await response.json()) };
}

afterEach(() => {
  control.d1 = "up";
  control.users = "up";
  control.hops = undefined;
});

const USERS = 10;
const TRIES = 100;

it.each(["up", "down"] as const)(
  "[O1] a task that was answered is in its creator's next list, every time, with D1 %s",
  async (d1) => {
    control.d1 = d1;
    // A thousand in all, and no more of one user than one may make in a minute.
    const tries = d1 === "up" ? TRIES : TRIES / 10;
    const missing = await Promise.all(
      Array.from({ length: USERS }, async () => {
        const user = newUser();
        let missed = 0;
        for (let i = 0; i < tries; i++) {
          const id = await newTask(user, { title: `task ${i}` });
          const [newest] = await list(user, "?limit=1");
          if (newest?.id !== id) missed++;
        }
        return missed;
      }),
    );
    expect(missing).toEqual(Array.from({ length: USERS }, () => 0));
  },
);

it("[O1] it is in the list also where its room can't tell the home", async () => {
  control.users = "down";
  const user = newUser();
  const id = await newTask(user);
  expect(await list(user)).toMatchObject([{ id }]);
});

describe("[O4] a task's key", () => {
  it("makes the task once, and finds it from then on", async () => {
    const user = newUser();
    const first = await create(user, { key: "order 17 – Käse", title: "first" });
    const again = await create(user, { key: "order 17 – Käse", title: "second" });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.task).toEqual(first.task);
    expect(first.task.key).toBe("order 17 – Käse");
    const query = `?key=${encodeURIComponent("order 17 – Käse")}`;
    expect(await list(user, query)).toEqual([first.task]);
    expect(await list(user, "?key=order")).toEqual([]);
  });

  it("makes one task of eight requests at once, and one of them says so", async () => {
    const user = newUser();
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, i) => create(user, { key: "k", title: `${i}` })),
    );
    expect(new Set(made.map(({ task }) => task.id)).size).toBe(1);
    expect(made.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201]);
    expect(await list(user)).toHaveLength(1);
  });

  it("is each creator's own, and seen by nobody else", async () => {
    const [alice, bob] = [newUser(), newUser()];
    const members = [{ userId: bob, role: "viewer" }];
    const { task } = await create(alice, { key: "k", members });
    expect((await create(bob, { key: "k" })).status).toBe(201);
    await expect.poll(() => list(bob)).toHaveLength(2);
    const [shared] = await list(
      bob,
      `?q=${encodeURIComponent("new task")}&createdBefore=2100-01-01T00:00:00Z`,
    ).then((all) => all.filter(({ id }) => id === task.id));
    expect(shared).toMatchObject({ id: task.id, role: "viewer" });
    expect(shared).not.toHaveProperty("key");
    const read = await call(bob, "GET", `/tasks/${task.id}`);
    expect(await read.json()).not.toHaveProperty("key");
    expect(await (await call(alice, "GET", `/tasks/${task.id}`)).json()).toMatchObject({
      key: "k",
    });
    const client = await RoomClient.join(bob, task.id);
    expect(JSON.stringify(client.frames.all)).not.toContain('"key"');
    client.close();
    const own = await RoomClient.join(alice, task.id);
    expect(own.ready).toMatchObject({ state: { task: { key: "k" } } });
    own.close();
  });

  it("is free as soon as its task is deleted", async () => {
    const user = newUser();
    const { task } = await create(user, { key: "k" });
    expect((await call(user, "DELETE", `/tasks/${task.id}`)).status).toBe(204);
    const next = await create(user, { key: "k" });
    expect([next.status, next.task.id === task.id]).toEqual([201, false]);
    expect(await list(user)).toEqual([next.task]);
  });

  it.each([
    ["nothing", ""],
    ["201 characters", "x".repeat(201)],
    ["a line end", "a\nb"],
    ["a NUL", "a\0"],
    ["half a character", "\ud800"],
    ["a number", 17],
  ])("of %s is refused", async (_name, key) => {
    const response = await call(newUser(), "POST", "/tasks", { key });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: "invalid_request" },
    ]);
  });

  it("of 200 characters is taken", async () => {
    expect((await create(newUser(), { key: "ü".repeat(200) })).status).toBe(201);
  });

  it("goes on with the same task where the home died between the claim and the creation", async () => {
    const user = newUser();
    const homes = env.USER_ROOM as unknown as DurableObjectNamespace<UserRoom>;
    const hops = { allowed: ["home.createTask"], asked: [] as string[] };
    control.hops = hops;
    const first = call(user, "POST", "/tasks", { key: "k", title: "first" });
    await expect.poll(() => hops.asked).toContain("room.create");
    const [claim] = await runInDurableObject(homes.getByName(user), (_, { storage: { sql } }) =>
      sql.exec("SELECT task_id, is_made FROM claims").toArray(),
    );
    await homes
      .getByName(user)
      .die()
      .catch(() => undefined);
    control.hops = undefined;
    expect((await first).status).toBe(503);
    const { status, task } = await create(user, { key: "k", title: "second" });
    expect([status, task.id, task.title]).toEqual([201, claim?.task_id, "second"]);
    expect(await list(user)).toEqual([task]);
  });
});

describe("[O2] the list of a member", () => {
  it("loses the task at once when the member leaves, is removed, or the task is deleted", async () => {
    const [alice, bob, carol] = [newUser(), newUser(), newUser()];
    const members = [bob, carol].map((userId) => ({ userId, role: "editor" }));
    const id = await newTask(alice, { members });
    await expect.poll(() => list(bob)).toHaveLength(1);
    await expect.poll(() => list(carol)).toHaveLength(1);
    await call(bob, "DELETE", `/tasks/${id}/members/${bob}`);
    expect(await list(bob)).toEqual([]);
    await call(alice, "DELETE", `/tasks/${id}/members/${carol}`);
    expect(await list(carol)).toEqual([]);
    await call(alice, "DELETE", `/tasks/${id}`);
    expect(await list(alice)).toEqual([]);
  });

  it("loses it as soon as its home can be told, and has it again when let in again", async () => {
    const [alice, bob] = [newUser(), newUser()];
    const member = { userId: bob, role: "editor" };
    const id = await newTask(alice, { members: [member] });
    await expect.poll(() => list(bob)).toHaveLength(1);
    control.users = "down";
    await call(alice, "DELETE", `/tasks/${id}/members/${bob}`);
    control.users = "up";
    await expect.poll(() => list(bob)).toEqual([]);
    await call(alice, "POST", `/tasks/${id}/members`, member);
    await expect.poll(() => list(bob)).toMatchObject([{ id, role: "editor" }]);
  });

  it("has the status, the role, the title and the labels that the room knows", async () => {
    const [alice, bob] = [newUser(), newUser()];
    const id = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
    await call(alice, "POST", `/tasks/${id}/members`, { userId: bob, role: "editor" });
    expect(await list(bob)).toMatchObject([{ role: "editor" }]);
    await call(bob, "PATCH", `/tasks/${id}`, { title: "anew", labels: { a: "1" } });
    expect(await list(alice, "?q=anew&label=a%3D1")).toMatchObject([{ id, role: "owner" }]);
    await call(bob, "PATCH", `/tasks/${id}/status`, { status: "CANCELLED" });
    expect(await list(alice, "?status=CANCELLED")).toMatchObject([{ id, status: "CANCELLED" }]);
  });
});

it("[O2][N7] a task that waits for a person says so, in lists, to devices and in its room, until it is answered", async () => {
  const user = newUser();
  const model = new ScriptedModel();
  control.model = model.callAgent;
  const members = [{ role: "work", botRef: "system/assistant", requireConfirmation: true }];
  const spec = { collaboration: "solo", members };
  await call(user, "POST", "/teams", { metadata: { name: "careful" }, spec });
  const id = await newTask(user, { teamRef: `${user}/careful` });
  const client = await RoomClient.join(user, id);
  const { frames: heard } = await UserClient.open(user);
  const shown = () => {
    const last = heard.of("task:updated").at(-1);
    return last && z.object({ task: taskSchema }).parse(last.data).task;
  };
  await client.ask("chat:send", { content: "go" });
  await client.frames.next(says("turn:status", "WAITING"));
  expect(client.frames.state?.task.waitingFor).toBe("confirmation");
  await expect
    .poll(() => list(user, "?waiting=true"))
    .toMatchObject([{ id, status: "RUNNING", waitingFor: "confirmation" }]);
  await expect.poll(shown).toMatchObject({ id, waitingFor: "confirmation" });
  const turnId = client.frames.state?.task.activeTurnId;
  await call(user, "POST", `/tasks/${id}/turns/${turnId}/confirm`, { step: "work", approve: true });
  const attempt = await model.attempt(1);
  // It goes on working: that it waits no more is told all the same.
  await expect.poll(() => shown()?.waitingFor).toBe(undefined);
  expect(shown()).toMatchObject({ id, status: "RUNNING" });
  attempt.say("done");
  attempt.finish();
  await client.frames.next(says("task:status", "COMPLETED"));
  await expect.poll(shown).toMatchObject({ id, status: "COMPLETED" });
  await expect
    .poll(() => list(user, "?waiting=false"))
    .toMatchObject([{ id, status: "COMPLETED" }]);
  expect(await list(user, "?waiting=true")).toEqual([]);
  client.close();
});
