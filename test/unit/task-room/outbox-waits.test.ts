import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Doors } from "../../../src/durable-objects/task-room/doors";
import { Outbox } from "../../../src/durable-objects/task-room/outbox/outbox";
import type { RoomStore } from "../../../src/durable-objects/task-room/store/room-store";
import type { Room } from "../../../src/engine/turn/room";

/** An outbox over a log whose head the test sets, and the `seq`s through which it told. */
function scene() {
  const task = { id: "task_1", headSeq: 0 };
  const room = { state: { task, openTurns: [] } } as unknown as Room;
  const told: number[] = [];
  const outbox = new Outbox({
    destination: "d1",
    points: ["before D1", "after D1", "cursor marked"],
    startDelayMs: 100,
    tell: async () => told.push(task.headSeq),
    doors: { now: () => Date.now(), fault: () => undefined } as unknown as Doors,
    store: {
      cursors: { get: () => 0, wait: () => undefined },
      log: { timeAfter: () => undefined },
    } as unknown as RoomStore,
    backlog: {
      next: (_: number, head: number) => ({ events: [], before: [], through: head }),
    } as never,
    room: () => room,
    metrics: { tell: () => undefined } as never,
    hold: () => undefined,
    rearm: () => undefined,
    told: () => undefined,
  });
  return { task, told, outbox };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("news of a turn's start waits a moment, and takes along what comes meanwhile", async () => {
  const { task, told, outbox } = scene();
  task.headSeq = 3;
  outbox.flushSoon();
  await vi.advanceTimersByTimeAsync(50);
  task.headSeq = 5;
  outbox.flushSoon();
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(50);
  expect(told).toEqual([5]);
  expect(outbox.lag).toBe(0);
});

it("what can't wait goes at once, and takes along what waits", async () => {
  const { task, told, outbox } = scene();
  task.headSeq = 3;
  outbox.flushSoon();
  task.headSeq = 8;
  await outbox.flush();
  expect(told).toEqual([8]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([8]);
});

it("after a flush there is a wait again", async () => {
  const { task, told, outbox } = scene();
  task.headSeq = 3;
  await outbox.flush();
  task.headSeq = 4;
  outbox.flushSoon();
  await vi.advanceTimersByTimeAsync(99);
  expect(told).toEqual([3]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual([3, 4]);
});
