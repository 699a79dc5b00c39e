import { beforeEach, describe, expect, it } from "vitest";
import type { CreatedTask } from "../../../src/durable-objects/user-room/api";
import { type Outcome, refuse, refused } from "../../../src/protocol/errors";
import { HOUR, refusal, value } from "./harness";
import { TaskWorld } from "./task-world";

let world: TaskWorld;
beforeEach(() => {
  world = new TaskWorld();
});

const once = { key: "k-1", bodyHash: "hash" };

function idsOf(made: Outcome<CreatedTask>[]): string[] {
  return made.map((outcome) => value(outcome).task.id);
}

/** All names under which a request may come again. */
const NAMES: [string, { key?: string }, typeof once | undefined][] = [
  ["a key", { key: "order-17" }, undefined],
  ["an Idempotency-Key", {}, once],
  ["both", { key: "order-17" }, once],
];

describe.each(NAMES)("[O4] a creation with %s", (_name, body, header) => {
  it("makes one task of two requests at once", async () => {
    const made = await world.makeTwice(body, header);
    expect(new Set(idsOf(made)).size).toBe(1);
    expect((await world.page()).items).toHaveLength(1);
  });

  it.each(["task claimed", "task made"] as const)(
    "goes on with the same task where the home died: %s",
    async (point) => {
      world.diesAt = point;
      await expect(world.make(body, header)).rejects.toThrow("died");
      const { task, isNew } = value(await world.make(body, header));
      expect(isNew).toBe(true);
      expect(new Set([...world.rooms.created, task.id])).toEqual(new Set([task.id]));
      expect(await world.page()).toMatchObject({ items: [{ id: task.id }] });
    },
  );

  it("goes on with the same task where its room could not be reached", async () => {
    world.rooms.isDown = true;
    expect(refusal(await world.make(body, header))).toBe("unavailable");
    world.rooms.isDown = false;
    const { task } = value(await world.make(body, header));
    expect(new Set(world.rooms.created)).toEqual(new Set([task.id]));
  });

  it("may come again after it was refused", async () => {
    world.rooms.refusesCreation = refused(refuse("invalid_request", "no such team"));
    expect(refusal(await world.make(body, header))).toBe("invalid_request");
    world.rooms.refusesCreation = undefined;
    expect(value(await world.make(body, header)).isNew).toBe(true);
  });
});

describe("[O4] a key", () => {
  const key = "order-17";

  it("stands for the task that is there, whatever else is asked for", async () => {
    const first = value(await world.make({ key, title: "first" }));
    const again = value(await world.make({ key, title: "second" }));
    expect([first.isNew, again.isNew]).toEqual([true, false]);
    expect(again.task).toEqual(first.task);
  });

  it("is made by one of two requests at once, and found by the other", async () => {
    const made = await world.makeTwice({ key });
    expect(made.map((outcome) => value(outcome).isNew).sort()).toEqual([false, true]);
  });

  it("is free once its task is erased", async () => {
    const { task } = value(await world.make({ key }));
    await world.deleted(task, task.headSeq + 1);
    const next = value(await world.make({ key }));
    expect(next.isNew).toBe(true);
    expect(next.task.id).not.toBe(task.id);
  });

  it("is free where its task is gone and the home was not told", async () => {
    const { task } = value(await world.make({ key }));
    world.rooms.answers.delete(task.id);
    const next = value(await world.make({ key }));
    expect(next.isNew).toBe(true);
    expect(next.task.id).not.toBe(task.id);
  });

  it("lasts as long as its task", async () => {
    const { task } = value(await world.make({ key }));
    world.now += 1000 * 24 * HOUR;
    expect(value(await world.make({ key })).task.id).toBe(task.id);
  });

  it("of a creation that failed is free for another task a day later at the latest", async () => {
    world.rooms.isDown = true;
    await world.make({ key });
    const [failed] = world.rooms.created;
    world.rooms.isDown = false;
    world.now += 25 * HOUR;
    expect(value(await world.make({ key })).task.id).not.toBe(failed);
  });

  it("is known from the room where the home died before it noted that the task was made", async () => {
    world.diesAt = "task made";
    await expect(world.make({ key })).rejects.toThrow("died");
    const [id = ""] = world.rooms.created;
    const task = world.task({ id, key });
    await world.hear(task);
    world.now += 25 * HOUR;
    expect(value(await world.make({ key })).task.id).toBe(id);
    expect(await world.page({ key })).toMatchObject({ items: [{ id }] });
  });
});

describe("[O4] an Idempotency-Key", () => {
  it("conflicts with another body", async () => {
    await world.make({}, once);
    expect(refusal(await world.make({}, { ...once, bodyHash: "other" }))).toBe("conflict");
  });

  it("gives the first answer again, and after a day another task", async () => {
    const first = value(await world.make({}, once));
    expect(value(await world.make({}, once))).toEqual(first);
    world.now += 25 * HOUR;
    expect(value(await world.make({}, once)).task.id).not.toBe(first.task.id);
  });

  it("does not bring an erased task back", async () => {
    const { task } = value(await world.make({}, once));
    await world.deleted(task, task.headSeq + 1);
    expect(refusal(await world.make({}, once))).toBe("not_found");
  });

  it("of a new request with a key whose task is gone makes a task", async () => {
    const { task } = value(await world.make({ key: "order-17" }));
    world.rooms.answers.delete(task.id);
    const next = value(await world.make({ key: "order-17" }, once));
    expect([next.isNew, next.task.id === task.id]).toEqual([true, false]);
  });
});

it("[O1] what a creation has answered is in the list, whatever becomes of its room's news", async () => {
  const { task } = value(await world.make());
  expect((await world.page()).items).toEqual([task]);
});

describe("[FK4] a fork", () => {
  const key = "another-way";
  const notFound = refused(refuse("not_found", "There is no such task."));

  it.each(["task claimed", "task made"] as const)(
    "goes on with the same task where the home died: %s",
    async (point) => {
      world.diesAt = point;
      await expect(world.fork(key, once)).rejects.toThrow("died");
      const { task, isNew } = value(await world.fork(key, once));
      expect(isNew).toBe(true);
      expect(new Set([...world.rooms.created, task.id])).toEqual(new Set([task.id]));
      expect(await world.page()).toMatchObject({ items: [{ id: task.id }] });
    },
  );

  it("is there already where its key stands for a task", async () => {
    const first = value(await world.fork(key));
    const again = value(await world.fork(key));
    expect([first.isNew, again.isNew]).toEqual([true, false]);
    expect(again.task.id).toBe(first.task.id);
  });

  it("of what its maker may not see leaves nothing, and its key is free", async () => {
    world.rooms.refusesCreation = notFound;
    expect(refusal(await world.fork(key))).toBe("not_found");
    expect(await world.page()).toMatchObject({ items: [] });
    world.rooms.refusesCreation = undefined;
    expect(value(await world.make({ key })).isNew).toBe(true);
  });

  it("that was made and is there no more makes way for another", async () => {
    const { task } = value(await world.fork(key));
    world.rooms.answers.delete(task.id);
    const next = value(await world.fork(key));
    expect(next.isNew).toBe(true);
    expect(next.task.id).not.toBe(task.id);
  });
});
