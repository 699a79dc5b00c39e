import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Doors } from "../../../src/durable-objects/task-room/doors";
import { MemberNews } from "../../../src/durable-objects/task-room/outbox/member-news";
import type { RoomStore } from "../../../src/durable-objects/task-room/store/room-store";
import type { Room } from "../../../src/engine/turn/room";
import { idNumber } from "../../support/engine-builders";

const MEMBERS = { alice: "owner", bob: "editor", carol: "viewer" };
const started = {
  type: "task:status",
  seq: 2,
  ts: "2026-01-01T00:00:00.000Z",
  data: { status: "RUNNING", previous: "PENDING", actor: "alice" },
};

/** A room that begins to work, and when each member was told of it, in milliseconds from now. */
function scene({ writes, silent }: { writes: boolean; silent?: string }) {
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
  const store = {
    log: { after: () => [[started]] },
    turns: { whole: () => undefined },
  } as unknown as RoomStore;
  const doors = {
    tellUser: async (userId: string) => {
      told.push([userId, Date.now() - begin]);
      if (userId === silent) await new Promise(() => undefined);
    },
  } as unknown as Doors;
  return { told, done: new MemberNews(doors, store).tell(room, 1) };
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
