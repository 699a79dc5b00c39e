import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Connection } from "../../../src/durable-objects/task-room/live/connection";
import type { Connections } from "../../../src/durable-objects/task-room/live/connections";
import type { FanOut } from "../../../src/durable-objects/task-room/live/fan-out";
import { PresenceFeed } from "../../../src/durable-objects/task-room/live/presence-feed";

const HERE = ["alice", "bob", "carol", "dave"];

/** A feed to four who are here, and the frames that each was sent: whom each frame is about. */
function feedTo() {
  const connections = HERE.map((userId) => ({ principal: { userId } }) as unknown as Connection);
  const frames: Record<string, string[][]> = Object.fromEntries(HERE.map((name) => [name, []]));
  const sendEach = (frameFor: (connection: Connection) => string | undefined) => {
    for (const connection of connections) {
      const frame = frameFor(connection);
      const about = [...(frame ?? "").matchAll(/"userId":"(\w+)"/g)].map(([, name = ""]) => name);
      if (frame !== undefined) frames[connection.principal.userId]?.push(about);
    }
  };
  const feed = new PresenceFeed({
    connections: { countOf: () => 1 } as unknown as Connections,
    fanOut: { sendEach } as unknown as FanOut,
    now: () => 0,
  });
  const joins = (name: string) => {
    const connection = connections[HERE.indexOf(name)];
    if (connection) feed.tell(connection, "joined");
  };
  return { feed, frames, joins };
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
