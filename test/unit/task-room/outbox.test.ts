import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox } from "../../../src/durable-objects/task-room/outbox/outbox";
import type { RoomStore } from "../../../src/durable-objects/task-room/store/room-store";
import type { Room } from "../../../src/engine/turn/room";
import type { LogEvent } from "../../../src/protocol/events";

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
function outbox(tell: () => Promise<unknown>, oldestAt?: number) {
  const room = { state: { task: { id: "task_1", headSeq: HEAD }, openTurns: [] } };
  const store = { cursor: () => 0, log: { timeAfter: () => oldestAt } };
  const rearm = vi.fn();
  const delay = vi.fn();
  const feed = new Outbox({
    destination: "d1",
    points: ["before D1", "after D1", "cursor marked"],
    startDelayMs: 100,
    tell,
    doors: { now: () => Date.now(), fault: () => undefined } as never,
    store: store as unknown as RoomStore,
    room: () => room as unknown as Room,
    metrics: { tell: () => undefined, delay } as never,
    hold: () => undefined,
    rearm,
    told: () => undefined,
  });
  return { feed, room, rearm, delay };
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

describe("[W1] how late a destination hears goes by the oldest event that it had not been told", () => {
  const seen = (delay: ReturnType<typeof outbox>["delay"]) =>
    delay.mock.calls.map(([{ value }]) => value);
  const event = (seq: number) => [{ seq }] as LogEvent[];

  it("as this instance saw it come", async () => {
    const { feed, room, delay } = outbox(async () => undefined, Date.now() - 60_000);
    room.state.task.headSeq = 1;
    feed.hear(event(1), Date.now());
    await vi.advanceTimersByTimeAsync(2000);
    room.state.task.headSeq = 2;
    feed.hear(event(2), Date.now());
    await vi.advanceTimersByTimeAsync(500);
    await feed.flush();
    expect(seen(delay)).toEqual([2.5]);
  });

  it("as the log has it, where an earlier instance did, or it came while the one before was told", async () => {
    const { feed, room, delay } = outbox(async () => {
      if (room.state.task.headSeq > HEAD) return;
      room.state.task.headSeq = HEAD + 1;
      feed.hear(event(HEAD + 1), Date.now());
    }, Date.now() - 60_000);
    feed.hear(event(HEAD), Date.now());
    await feed.flush();
    expect(feed.lag).toBe(1);
    await feed.flush();
    expect(seen(delay)).toEqual([60, 60]);
  });
});
