import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox } from "../../../src/durable-objects/task-room/outbox/outbox";
import type { Wait } from "../../../src/durable-objects/task-room/store/cursors";
import type { RoomStore } from "../../../src/durable-objects/task-room/store/room-store";
import type { Room } from "../../../src/engine/turn/room";

const HEAD = 3;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Scene = {
  oldestAt?: number;
  /** What an earlier instance has left. */
  wait?: Wait;
  /** Events of a stretch. */
  together?: number;
};

/** The outbox of a room with three events, for a destination that does as `tell` says. */
function outbox(
  tell: (room: Room, stretch: { through: number }) => Promise<unknown>,
  { oldestAt, wait, together = Number.POSITIVE_INFINITY }: Scene = {},
) {
  const room = { state: { task: { id: "task_1", headSeq: HEAD }, openTurns: [] } };
  const kept: { cursor: number; wait: Wait | undefined } = { cursor: 0, wait };
  const cursors = {
    get: () => kept.cursor,
    put: (_: string, cursor: number) => Object.assign(kept, { cursor }),
    wait: () => kept.wait,
    putWait: (_: string, cursor: number, next?: Wait) =>
      Object.assign(kept, { cursor, wait: next }),
  };
  const store = { cursors, log: { timeAfter: () => oldestAt } };
  const backlog = {
    next: (after: number, head: number) => ({
      events: [],
      before: [],
      through: Math.min(after + together, head),
    }),
  };
  const rearm = vi.fn();
  const delay = vi.fn();
  const make = () =>
    new Outbox({
      destination: "d1",
      points: ["before D1", "after D1", "cursor marked"],
      startDelayMs: 100,
      tell,
      doors: { now: () => Date.now(), random: () => 0, fault: () => undefined } as never,
      store: store as unknown as RoomStore,
      backlog: backlog as never,
      room: () => room as unknown as Room,
      metrics: { tell: () => undefined, delay } as never,
      hold: () => undefined,
      rearm: () => rearm(),
      told: () => undefined,
    });
  return { feed: make(), make, room, kept, rearm, delay };
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

it("[L8] the wait doubles with each failure, up to a minute, and its alarm is set for it", async () => {
  const tell = vi.fn(() => Promise.reject(new Error("down")));
  const { feed, rearm } = outbox(tell);
  const waits: number[] = [];
  // What the alarm is set for: at that moment the try must be over.
  rearm.mockImplementation(() => waits.push((feed.retryAt ?? 0) - Date.now()));
  for (let n = 0; n < 8; n++) await feed.flush();
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

it("[L8] another instance waits on, counts on, and begins anew once the destination is back", async () => {
  const tell = vi.fn(() => Promise.reject(new Error("down")));
  const wait = { failures: 4, retryAt: Date.now() + 5000 };
  const { feed, make, kept } = outbox(tell, { wait });
  expect(feed.isReady(Date.now())).toBe(false);
  expect(feed.retryAt).toBe(wait.retryAt);
  await vi.advanceTimersByTimeAsync(5000);
  expect(feed.isReady(Date.now())).toBe(true);
  await feed.flush();
  expect(kept.wait).toEqual({ failures: 5, retryAt: Date.now() + 16_000 });

  tell.mockImplementation((() => Promise.resolve()) as never);
  await make().flush();
  expect(kept).toEqual({ cursor: HEAD, wait: undefined });
});

it("[L8] a wait that began well after now is over: the clock has gone back", () => {
  const wait = { failures: 1, retryAt: Date.now() + 3_600_000 };
  expect(outbox(vi.fn(), { wait }).feed.isReady(Date.now())).toBe(true);
});

it("[L8] a backlog is told stretch by stretch, and each moves the cursor that is kept", async () => {
  const heard: number[] = [];
  const { feed, kept } = outbox(
    async (_, { through }) => {
      expect(kept.cursor).toBe(through - 1);
      heard.push(through);
      if (through === HEAD) throw new Error("down");
    },
    { together: 1 },
  );
  await feed.flush();
  expect(heard).toEqual([1, 2, 3]);
  expect(kept.cursor).toBe(2);
  expect(feed.lag).toBe(1);
});

describe("[W1] how late a destination hears goes by when it was to be told", () => {
  const seen = (delay: ReturnType<typeof outbox>["delay"]) =>
    delay.mock.calls.map(([{ value }]) => value);
  const oldestAt = Date.parse("2026-01-01T00:00:00.000Z");
  const later = async (ms: number) => void (await vi.advanceTimersByTimeAsync(ms));

  it("first, however often it is said again, and not by how old it is what it is told", async () => {
    const { feed, delay } = outbox(async () => undefined, { oldestAt });
    feed.due(Date.now());
    await later(2000);
    feed.due(Date.now());
    await later(500);
    await feed.flush();
    expect(seen(delay)).toEqual([2.5]);
  });

  it("where it comes to that while something else is told, from then on", async () => {
    const { feed, room, delay } = outbox(async () => {
      await later(1000);
      if (room.state.task.headSeq > HEAD) return;
      room.state.task.headSeq = HEAD + 1;
      feed.due(Date.now());
    });
    feed.due(Date.now());
    await feed.flush();
    await later(4000);
    await feed.flush();
    expect(seen(delay)).toEqual([1, 5]);
  });

  it("also through tries that fail, and stretch by stretch", async () => {
    const tell = vi.fn(async () => {}).mockRejectedValueOnce(new Error("down"));
    const { feed, delay } = outbox(tell, { together: 2 });
    feed.due(Date.now());
    await feed.flush();
    await later(3000);
    await feed.flush();
    expect(seen(delay)).toEqual([3, 3]);
  });

  it("is not known of what another instance left: it may have been told before", async () => {
    const { feed, delay } = outbox(async () => undefined, { oldestAt });
    await feed.flush();
    expect(seen(delay)).toEqual([]);
  });

  it("is that of the log where that instance's tries failed", async () => {
    vi.setSystemTime(oldestAt + 60_000);
    const wait = { failures: 4, retryAt: oldestAt };
    const { feed, delay } = outbox(async () => undefined, { oldestAt, wait });
    await feed.flush();
    expect(seen(delay)).toEqual([60]);
  });
});
