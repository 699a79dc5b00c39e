import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RoomConnection } from "../../../src/durable-objects/task-room/live/connection";
import type { Connections } from "../../../src/durable-objects/task-room/live/connections";
import type { FanOut } from "../../../src/durable-objects/task-room/live/fan-out";
import { PresenceFeed } from "../../../src/durable-objects/task-room/live/presence-feed";

const HERE = ["alice", "bob", "carol", "dave"];

/** A feed to four who are here, and the frames that each was sent: whom each frame is about. */
function feedTo() {
  const connections = HERE.map((userId) => ({ principal: { userId }, hears: true, push: vi.fn() }));
  const all = connections as unknown as RoomConnection[];
  const frames: Record<string, string[][]> = Object.fromEntries(HERE.map((name) => [name, []]));
  const sendEach = (framesFor: (connection: RoomConnection) => readonly string[]) => {
    for (const connection of all.filter(({ hears }) => hears)) {
      for (const frame of framesFor(connection)) {
        frames[connection.principal.userId]?.push(usersIn(frame));
      }
    }
  };
  const feed = new PresenceFeed({
    connections: { countOf: () => 1, all: () => all, presence: () => [] } as unknown as Connections,
    fanOut: { sendEach } as unknown as FanOut,
    now: () => 0,
  });
  const tell = (name: string, state: "joined" | "left" | "typing") => {
    const connection = all[HERE.indexOf(name)];
    if (connection) feed.tell(connection, state);
  };
  const away = (name: string) => {
    const index = HERE.indexOf(name);
    const [stub, connection] = [connections[index], all[index]];
    if (!stub || !connection) throw new Error(`nobody is called ${name}`);
    const goes = () => {
      feed.beginOwing(connection);
      stub.hears = false;
    };
    const isBack = () => {
      feed.settle(connection);
      stub.hears = true;
      return stub.push.mock.calls.map(([frame]) => String(frame));
    };
    return { goes, isBack };
  };
  return { feed, frames, tell, joins: (name: string) => tell(name, "joined"), away };
}

function usersIn(frame: string): string[] {
  return [...frame.matchAll(/"userId":"(\w+)"/g)].map(([, name = ""]) => name);
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("[P1] the first news go out at once, what follows in the window in one frame", () => {
  const { frames, joins } = feedTo();
  for (const name of ["bob", "carol", "dave"]) joins(name);
  expect(frames.alice).toEqual([["bob"]]);
  vi.advanceTimersByTime(20);
  expect(frames.alice).toEqual([["bob"], ["carol", "dave"]]);
  expect(frames.carol).toEqual([["bob"], ["dave"]]);
  expect(frames.dave).toEqual([["bob"]]);
  vi.advanceTimersByTime(20);
  joins("bob");
  expect(frames.alice).toHaveLength(3);
});

it("[P1] what must come after the news takes them along, once", () => {
  const { feed, frames, joins } = feedTo();
  joins("bob");
  joins("carol");
  feed.flush();
  expect(frames.alice).toEqual([["bob"], ["carol"]]);
  vi.advanceTimersByTime(100);
  expect(frames.alice).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

it("[P1] whoever does not hear the room is owed the last news of each user, and of what gathers still", () => {
  const { frames, tell, away } = feedTo();
  const { goes, isBack } = away("alice");
  tell("carol", "typing");
  goes();
  // Within the window: not told to anybody yet when alice goes.
  tell("bob", "typing");
  vi.advanceTimersByTime(100);
  tell("bob", "left");
  vi.advanceTimersByTime(100);
  tell("dave", "typing");
  tell("carol", "left");
  const [frame = "", ...others] = isBack();
  expect(others).toEqual([]);
  const owed = JSON.parse(frame).data.map(({ data }: { data: object }) => data);
  expect(owed).toMatchObject([
    { userId: "bob", state: "left" },
    { userId: "dave", state: "typing" },
    { userId: "carol", state: "left" },
  ]);
  const heard = frames.alice?.length;
  vi.advanceTimersByTime(100);
  expect(frames.alice).toHaveLength(heard ?? 0);
});

it("[P1] who comes back with nothing owed hears nothing", () => {
  const { away } = feedTo();
  const { goes, isBack } = away("alice");
  goes();
  expect(isBack()).toEqual([]);
});
