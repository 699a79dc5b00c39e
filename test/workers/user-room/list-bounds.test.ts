import { expect, it } from "vitest";
import { Tables } from "../../../src/durable-objects/user-room/tables";
import { GONE_KEPT, LIST_BOUNDS } from "../../../src/durable-objects/user-room/tasks/list-bounds";
import { START } from "../history/build";
import { TaskWorld } from "./task-world";

async function sizes(world: TaskWorld, inviter: string): Promise<{ rows: number; bytes: number }> {
  return world.use((_, { storage: { sql } }) => {
    const query = "SELECT count(*) AS rows, sum(bytes) AS bytes FROM tasks WHERE inviter = ?";
    const { rows, bytes } = sql.exec(query, inviter).one();
    return { rows: Number(rows), bytes: Number(bytes) };
  });
}

it("[O5] tasks of one stranger are bounded in bytes, the oldest go, and one's own and others' stay", async () => {
  const world = new TaskWorld();
  await world.hear(world.task({ title: "own" }, START - 2000));
  await world.hear(world.task({ title: "friend", createdBy: "bob" }, START - 1000));
  const metadata = { text: "x".repeat(16 * 1000) };
  const count = Math.ceil(LIST_BOUNDS.inviter.bytes / 16_000) + 50;
  await world.use((_, { storage }) => {
    storage.transactionSync(() => {
      const { tasks } = Tables.make(storage);
      for (let i = 0; i < count; i++) {
        const task = world.task({ title: `${i}`, metadata, createdBy: "mallory" }, START + i);
        tasks.put({ task, seq: 1, inviter: "mallory" });
      }
    });
  });
  const kept = await sizes(world, "mallory");
  expect(kept.bytes).toBeLessThanOrEqual(LIST_BOUNDS.inviter.bytes);
  expect(kept.rows).toBeGreaterThan(count - 100);
  expect(await world.titles({ q: "own" })).toBe("own");
  expect(await world.titles({ q: "friend" })).toBe("friend");
  expect((await world.page({ limit: 1 })).items).toMatchObject([{ title: `${count - 1}` }]);
});

it("[O5] what a stranger's task grows by afterwards counts too", async () => {
  const world = new TaskWorld();
  const small = (i: number) => world.task({ title: `${i}`, createdBy: "mallory" }, START + i);
  const all = Array.from({ length: 2200 }, (_, i) => small(i));
  const metadata = { text: "x".repeat(16 * 1000) };
  await world.use((_, { storage }) => {
    storage.transactionSync(() => {
      const { tasks } = Tables.make(storage);
      for (const task of all) tasks.put({ task, seq: 1, inviter: "mallory" });
      for (const task of all) {
        tasks.put({ task: { ...task, metadata }, seq: 2, inviter: "mallory" });
      }
    });
  });
  expect((await sizes(world, "mallory")).bytes).toBeLessThanOrEqual(LIST_BOUNDS.inviter.bytes);
});

it("[O5] tasks that are gone are forgotten at last", async () => {
  const world = new TaskWorld();
  await world.use((_, { storage }) => {
    storage.transactionSync(() => {
      const { tasks } = Tables.make(storage);
      for (let i = 0; i < GONE_KEPT + 100; i++) tasks.remove(`task_${i}`, { epoch: "e", seq: i });
    });
    const { n } = storage.sql.exec("SELECT count(*) AS n FROM gone").one();
    expect(n).toBe(GONE_KEPT);
  });
});
