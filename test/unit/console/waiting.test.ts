import { describe, expect, it } from "vitest";
import type { Task, UserRoomEvent } from "../../../src/client";
import { isMissed, waitingAfter } from "../../../src/console/tasks/waiting";

const task = (id: string, more: Partial<Task> = {}) =>
  ({ id, createdAt: id, epoch: "e", headSeq: 1, role: "owner", ...more }) as Task;
const waits = (id: string, more: Partial<Task> = {}) =>
  task(id, { waitingFor: "approval", ...more });
const updated = (of: Task) => ({ type: "task:updated", ts: "", data: { task: of } }) as const;
const ids = (tasks: readonly Task[]) => tasks.map(({ id }) => id);

describe("the tasks that wait for the user", () => {
  it("are joined by one that begins to, in the order in which they were made", () => {
    expect(ids(waitingAfter([waits("3"), waits("1")], updated(waits("2"))))).toEqual([
      ...["3", "2", "1"],
    ]);
  });

  it.each([
    ["was answered", task("1", { headSeq: 2 })],
    ["waits for a program now", waits("1", { headSeq: 2, waitingFor: "client-tool" })],
    ["is only watched", waits("1", { headSeq: 2, role: "viewer" })],
    ["nobody will look for", waits("1", { headSeq: 2, ephemeral: true })],
  ])("are left by one that %s", (_, next) => {
    expect(waitingAfter([waits("1")], updated(next))).toEqual([]);
  });

  it("are left by one that is deleted", () => {
    const event = { type: "task:deleted", seq: 1, ts: "", data: { taskId: "1" } } as const;
    expect(ids(waitingAfter([waits("1"), waits("0")], event))).toEqual(["0"]);
  });

  it("stay as a later page has them", () => {
    const known = waits("1", { headSeq: 5, title: "new" });
    expect(waitingAfter([known], updated(task("1", { headSeq: 4 })))).toEqual([known]);
  });

  it.each(["session:ready", "history:reset"] as const)("are asked for after %s", (type) => {
    expect(isMissed({ type } as UserRoomEvent)).toBe(true);
    expect(isMissed(updated(task("1")))).toBe(false);
  });
});
