import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Doors } from "../../../src/durable-objects/task-room/doors";
import { MemberNews } from "../../../src/durable-objects/task-room/outbox/member-news";
import type { RoomStore } from "../../../src/durable-objects/task-room/store/room-store";
import type { Room } from "../../../src/engine/turn/room";
import type { LogEvent } from "../../../src/protocol/events";
import { idNumber } from "../../support/engine-builders";

const MEMBERS = { alice: "owner", bob: "editor", carol: "viewer" };
const DAY_MS = 24 * 60 * 60 * 1000;
const started = {
  type: "task:status",
  seq: 2,
  ts: "2026-01-01T00:00:00.000Z",
  data: { status: "RUNNING", previous: "PENDING", actor: "alice" },
} as LogEvent;

type Scene = {
  writes: boolean;
  /** Whose room never answers. */
  silent?: string;
  /** Since when that is so; milliseconds since 1970. */
  since?: number;
};

/** A room that begins to work, and when each member was told of it, in milliseconds from now. */
function scene({ writes, silent, since }: Scene) {
  const begin = Date.now();
  const told: [string, number][] = [];
  const room = {
    members: MEMBERS,
    since: {},
    state: {
      task: { id: idNumber("task", 1), epoch: "e1", headSeq: 2 },
      streams: writes ? [{}] : [],
    },
  } as unknown as Room;
  const unreached = { note: vi.fn((_, now: number) => since ?? now), clear: vi.fn() };
  const store = { unreached, turns: { whole: () => undefined } } as unknown as RoomStore;
  const doors = {
    now: () => Date.now(),
    tellUser: async (userId: string) => {
      told.push([userId, Date.now() - begin]);
      if (userId === silent) await new Promise(() => undefined);
    },
  } as unknown as Doors;
  const metrics = { tell: vi.fn() };
  const news = new MemberNews({ doors, store, metrics: metrics as never });
  const done = news.tell(room, { after: 1, events: [started], before: [], through: 2 });
  return { told, unreached, metrics, done };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("members hear one after another while a model writes, so that its words pass in between", async () => {
  const { told, done } = scene({ writes: true });
  await vi.advanceTimersByTimeAsync(100);
  await done;
  expect(told).toEqual([
    ["alice", 0],
    ["bob", 10],
    ["carol", 20],
  ]);
});

it("members hear at once where nobody writes", async () => {
  const { told, done } = scene({ writes: false });
  await vi.advanceTimersByTimeAsync(0);
  await done;
  expect(told.map(([, at]) => at)).toEqual([0, 0, 0]);
});

it("a member's room that does not answer holds up nobody, and is named a failure in time", async () => {
  const { told, done } = scene({ writes: true, silent: "alice" });
  const failed = expect(done).rejects.toThrow("1 members not told");
  await vi.advanceTimersByTimeAsync(40);
  expect(told.map(([userId]) => userId)).toEqual(["alice", "bob", "carol"]);
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
});

it("[L8] a member who could not be reached for 30 days is given up, noted and counted", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const since = Date.now() - 30 * DAY_MS;
  const { done, metrics, unreached } = scene({ writes: false, silent: "bob", since });
  await vi.advanceTimersByTimeAsync(10_000);
  await done;
  expect(error.mock.calls.join()).toContain("member_given_up");
  expect(metrics.tell).toHaveBeenCalledTimes(1);
  expect(unreached.clear.mock.calls.flat()).toEqual(["alice", "carol"]);
  error.mockRestore();
});

it("[L8] a member who could not be reached for less is told again", async () => {
  const since = Date.now() - 29 * DAY_MS;
  const { done } = scene({ writes: false, silent: "bob", since });
  const failed = expect(done).rejects.toThrow("1 members not told");
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
});
