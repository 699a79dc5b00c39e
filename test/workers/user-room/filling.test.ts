import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { USER_ROOM_STEPS } from "../../../src/durable-objects/user-room/schema";
import { claimKey } from "../../../src/history/idempotency";
import { listTasks } from "../../../src/history/tasks";
import type { Task } from "../../../src/protocol/task";
import { control } from "../../worker/control";
import { aTask, START, stored } from "../history/build";
import { refusal, value } from "./harness";
import { TaskWorld } from "./task-world";

/** The steps of a home that is older than its list. */
const OLD_STEPS = USER_ROOM_STEPS.findIndex((step) => step.includes("CREATE TABLE tasks"));

let world: TaskWorld;

/** A home as the last release leaves it; `heard`: how far it was told of tasks. */
async function oldHome(heard: [Task, number][] = []): Promise<void> {
  world = new TaskWorld();
  await world.use((_, { storage: { sql } }) => {
    for (const step of USER_ROOM_STEPS.slice(0, OLD_STEPS)) sql.exec(step);
    sql.exec("CREATE TABLE storage_steps (done INTEGER NOT NULL) STRICT");
    sql.exec("INSERT INTO storage_steps (done) VALUES (?)", OLD_STEPS);
  });
  for (const [task, seq] of heard) await wasTold(task, seq);
}

async function wasTold({ id, epoch }: Task, seq: number): Promise<void> {
  const query = `INSERT INTO heard (task_id, epoch, seq, n, at) VALUES (?, ?, ?, 0, ?)`;
  await world.use((_, { storage: { sql } }) => {
    sql.exec(query, id, epoch, seq, world.now);
  });
}

async function inDatabase(title: string, over: Partial<Task> = {}, minutes = 0): Promise<Task> {
  const createdBy = over.createdBy ?? world.userId;
  const task = aTask({ title, headSeq: 5, ...over, createdBy }, START + minutes * 60_000);
  const role = createdBy === world.userId ? ("owner" as const) : ("viewer" as const);
  await stored(task, { members: [{ userId: world.userId, role }] });
  return task;
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  return oldHome();
});
afterEach(() => {
  control.d1 = "up";
  vi.restoreAllMocks();
});

it("[O6] a home of the last release has the list that the database had, in its order and roles", async () => {
  for (let i = 0; i < 3; i++) await inDatabase(`own${i}`, { labels: { n: `${i}` } }, i);
  await inDatabase("shared", { createdBy: "bob" }, 9);
  const { items } = await world.page();
  const before = value(await listTasks(env.DB, world.userId, { limit: 50 })).items;
  expect(items).toEqual(before);
  expect(items.map(({ role }) => role)).toEqual(["viewer", "owner", "owner", "owner"]);
  expect(await world.titles({ q: "WN1" })).toBe("own1");
});

it("[O6] a cursor that the database gave goes on in the home", async () => {
  for (let i = 0; i < 5; i++) await inDatabase(`t${i}`, {}, i % 2);
  const first = value(await listTasks(env.DB, world.userId, { limit: 2 }));
  const rest = await world.page({ cursor: first.nextCursor ?? "" });
  const all = value(await listTasks(env.DB, world.userId, { limit: 50 })).items;
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
});

it("[O6] a list of several pages of the database goes on where the home died, and is right until then", async () => {
  const user = world.userId;
  await env.DB.batch([
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 649)
      INSERT INTO tasks (id, title, title_folded, team_namespace, team_name, status, labels,
        metadata, created_by, created_at, updated_at, head_seq, epoch, projected_seq)
      SELECT printf('task_%026d', i + 900000), 't' || i, 't' || i, 'system', 'assistant', 'COMPLETED',
        '{}', '{}', ?1, strftime('%FT%T.000Z', ?2 + i, 'unixepoch'), '2026-11-01T00:00:00.000Z', 1,
        'e1', 1 FROM n`,
    ).bind(user, START / 1000),
    env.DB.prepare(
      `INSERT INTO task_members (entry, task_id, user_id, role, status)
      SELECT (unixepoch(created_at) * 1000 << 20) + 77, id, ?1, 'owner', status
      FROM tasks WHERE created_by = ?1`,
    ).bind(user),
  ]);
  let pages = 0;
  const prepare = env.DB.prepare.bind(env.DB);
  vi.spyOn(env.DB, "prepare").mockImplementation((query) => {
    if (++pages === 3) throw new Error("the home died here");
    return prepare(query);
  });
  expect(refusal(await world.use((room) => room.listTasks(user, { limit: 50 })))).toBe(
    "unavailable",
  );
  const kept = await world.use((_, { storage: { sql } }) =>
    Number(sql.exec("SELECT count(*) AS n FROM tasks").one().n),
  );
  expect(kept).toBe(400);
  const { items } = await world.page({ limit: 200 });
  expect(items[0]?.title).toBe("t649");
  // Two pages were read before, and none of them again: the other two, and one of keys.
  expect(pages).toBe(3 + 2 + 1);
  const last = await world.page({ limit: 200, q: "t0" });
  expect(last.items.map(({ title }) => title)).toEqual(["t0"]);
});

it("[O6] a row that cannot be read keeps no other out, and its room is asked", async () => {
  const broken = await inDatabase("broken");
  await inDatabase("fine", {}, 1);
  const query = "UPDATE tasks SET status = 'STRANGE' WHERE id = ?";
  await env.DB.prepare(query).bind(broken.id).run();
  world.rooms.answers.set(broken.id, { ok: true, value: { ...broken, role: "owner" } });
  expect(await world.titles()).toBe("fine broken");
});

it("[O6] without the database a list that is not whole is unavailable, and whole again after", async () => {
  await inDatabase("one");
  control.d1 = "down";
  const ask = () => world.use((room) => room.listTasks(world.userId, { limit: 50 }));
  expect(refusal(await ask())).toBe("unavailable");
  control.d1 = "up";
  expect(await world.titles()).toBe("one");
  control.d1 = "down";
  expect(await world.titles()).toBe("one");
});

describe("[O6] what rooms say is newer than what the database has", () => {
  it("a task that changed meanwhile is as its room says", async () => {
    const task = await inDatabase("before");
    await world.hear({ ...task, role: "owner", title: "after", headSeq: 6 });
    expect(await world.titles()).toBe("after");
  });

  it("a task that went meanwhile does not come back", async () => {
    await world.deleted(await inDatabase("erased"), 6);
    await world.left(await inDatabase("left"), 6);
    expect(await world.titles()).toBe("");
  });

  it("a room is asked where it has told the home more than the database", async () => {
    const task = await inDatabase("lags", { status: "COMPLETED" });
    await wasTold(task, 8);
    const failed = { ...task, role: "owner" as const, status: "FAILED" as const, headSeq: 8 };
    world.rooms.answers.set(task.id, { ok: true, value: failed });
    expect(await world.page()).toMatchObject({ items: [{ status: "FAILED" }] });
  });

  it("a room is asked where the database has never heard of its task", async () => {
    const task = world.task({ title: "unknown" });
    await oldHome([[task, 3]]);
    world.rooms.answers.set(task.id, { ok: true, value: task });
    expect(await world.titles()).toBe("unknown");
  });

  it("a room that is gone leaves no task behind", async () => {
    const task = await inDatabase("gone", { status: "RUNNING" });
    expect(await world.titles()).toBe("");
    expect(world.rooms.asked).toContainEqual([task.id]);
  });

  it("a room that can't be asked is asked again later, and what was known stands", async () => {
    const task = await inDatabase("known", { status: "RUNNING" });
    world.rooms.unreachable.add(task.id);
    expect(await world.titles()).toBe("known");
    world.rooms.unreachable.clear();
    const done = { ...task, role: "owner" as const, title: "done" };
    world.rooms.answers.set(task.id, { ok: true, value: done });
    expect(await world.titles()).toBe("known");
    world.now += 60_000;
    expect(await world.titles()).toBe("done");
  });
});

describe("[O6] a home that ran the last release again for a while", () => {
  /** As the last release's code notes what it was told. */
  async function heardByOldCode({ id, epoch }: Task, seq: number): Promise<void> {
    const query = `INSERT OR REPLACE INTO heard (task_id, epoch, seq, n, at, inviter, has_left)
      VALUES (?, ?, ?, 0, ?, '', 0)`;
    await world.use((_, { storage: { sql } }) => {
      sql.exec(query, id, epoch, seq, world.now);
    });
  }

  it("asks the rooms of which it heard meanwhile, and those alone", async () => {
    const [changed, same, made] = ["changed", "same", "made"].map((title) => world.task({ title }));
    if (!changed || !same || !made) throw new Error("three tasks");
    await world.hear(changed);
    await world.hear(same);
    expect(await world.titles()).toBe("same changed");
    await heardByOldCode(changed, 5);
    await heardByOldCode(made, 1);
    world.rooms.answers.set(made.id, { ok: true, value: made });
    const failed = { ...changed, status: "FAILED" as const, headSeq: 5 };
    world.rooms.answers.set(changed.id, { ok: true, value: failed });
    expect(await world.titles()).toBe("made same changed");
    expect(await world.titles({ status: ["FAILED"] })).toBe("changed");
    expect(world.rooms.asked.flat().sort()).toEqual([changed.id, made.id].sort());
  });

  it("asks the room of a task that the user left meanwhile", async () => {
    const task = world.task();
    const ts = "2026-11-01T00:00:00.000Z";
    const event = { type: "task:created" as const, ts, data: { task } };
    await world.hear(task, { items: [{ seq: 1, n: 0, event }] });
    await world.use((_, { storage: { sql } }) => {
      sql.exec("UPDATE heard SET has_left = 1 WHERE task_id = ?", task.id);
    });
    expect(await world.titles()).toBe("");
    expect(world.rooms.asked).toEqual([[task.id]]);
  });
});

it("[O6] an Idempotency-Key of the last release gives its task, and conflicts with another body", async () => {
  const task = await inDatabase("made before");
  world.rooms.answers.set(task.id, { ok: true, value: task });
  const claim = { userId: world.userId, key: "k", bodyHash: "h", taskId: task.id };
  await claimKey(env.DB, { ...claim, now: world.now - 1000 });
  expect(value(await world.make({}, { key: "k", bodyHash: "h" })).task.id).toBe(task.id);
  expect(refusal(await world.make({}, { key: "k", bodyHash: "i" }))).toBe("conflict");
});

describe("[O6] a room of the last release says what happens, and not how the task is", () => {
  const ts = "2026-11-01T00:00:00.000Z";

  it("its room is asked when the list is", async () => {
    const task = world.task({ title: "shared", createdBy: "bob" });
    const { id: taskId, epoch } = task;
    const data = { taskId, role: "viewer" as const, title: "shared" };
    const items = [{ seq: 1, n: 0, event: { type: "task:shared" as const, ts, data } }];
    world.rooms.answers.set(taskId, { ok: true, value: { ...task, role: "viewer" } });
    await world.deliver({ taskId, epoch, items, inviter: "bob" });
    expect(world.rooms.asked).toEqual([]);
    expect(await world.page()).toMatchObject({ items: [{ id: taskId, role: "viewer" }] });
  });

  it("of a task that is erased it says enough", async () => {
    const task = world.task();
    await world.hear(task);
    await world.deleted(task, 9);
    expect(await world.titles()).toBe("");
    expect(world.rooms.asked).toEqual([]);
  });

  it("a user who is said to have left is asked for in the room", async () => {
    const task = world.task({ title: "mine" });
    await world.hear(task);
    world.rooms.answers.set(task.id, { ok: true, value: task });
    await world.use((room) => room.forgetTask(task.id));
    // Let in again meanwhile.
    expect(await world.titles()).toBe("mine");
    world.rooms.answers.delete(task.id);
    await world.use((room) => room.forgetTask(task.id));
    expect(await world.titles()).toBe("");
  });
});
