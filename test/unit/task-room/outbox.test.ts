import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Outbox } from "../../../src/durable-objects/task-room/outbox";
import type { RoomStore } from "../../../src/durable-objects/task-room/room-store";
import type { Room } from "../../../src/engine/room";

const HEAD = 3;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The outbox of a room with three events, for a destination that does as `tell` says. */
function outbox(tell: () => Promise<unknown>) {
  const room = { state: { task: { id: "task_1", headSeq: HEAD }, openTurns: [] } };
  const store = { cursor: () => 0, putCursor: vi.fn() };
  const rearm = vi.fn();
  const feed = new Outbox({
    destination: "d1",
    points: ["before D1", "after D1", "cursor marked"],
    startDelayMs: 100,
    tell,
    doors: { now: () => Date.now(), fault: () => undefined } as never,
    store: store as unknown as RoomStore,
    room: () => room as unknown as Room,
    metrics: { tell: () => undefined } as never,
    hold: () => undefined,
    rearm,
    caughtUp: () => undefined,
  });
  return { feed, store, rearm };
}

it("[L8] a destination that never answers is tried again like one that fails", async () => {
  const tell = vi.fn(() => new Promise<void>(() => {}));
  const { feed, rearm } = outbox(tell);
  const flushed = feed.flush();
  await vi.advanceTimersByTimeAsync(59_000);
  expect(feed.retryAt).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1000);
  await flushed;
  expect(feed.retryAt).toBe(Date.now() + 1000);
  expect(rearm).toHaveBeenCalled();

  tell.mockResolvedValue(undefined);
  await feed.flush();
  expect(feed.lag).toBe(0);
});

it("[L8] the wait doubles with each failure, up to a minute", async () => {
  const tell = vi.fn(() => Promise.reject(new Error("down")));
  const { feed } = outbox(tell);
  const waits: number[] = [];
  for (let n = 0; n < 8; n++) {
    await feed.flush();
    waits.push((feed.retryAt ?? 0) - Date.now());
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});
