import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TurnItem } from "../../../src/faces/turn-view/item";
import { type TurnRoom, turnView } from "../../../src/faces/turn-view/turn-view";
import type { RoomEvent } from "../../../src/protocol/events";
import { Feed } from "../../../src/worker/streams/feed";
import { T0 } from "../../support/engine-builders";
import { TS } from "../../support/fake-room";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const turn = {
  id: "turn_1",
  taskId: "task_1",
  threadId: "main",
  messageId: "msg_1",
  status: "PROCESSING" as const,
  onBusy: "enqueue" as const,
  createdAt: TS,
  firstSeq: 2,
  steps: [],
  metadata: {},
};

/** A feed that tells these and ends. */
function feedOf(events: readonly RoomEvent[]): Feed {
  const socket = new EventTarget();
  const room = Object.assign(socket, { accept: () => undefined, close: () => undefined });
  const feed = new Feed(room as unknown as WebSocket);
  for (const event of events) {
    socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(event) }));
  }
  socket.dispatchEvent(new Event("close"));
  return feed;
}

/** A room whose feeds are these, one after the other, and from then on tell nothing. */
function roomOf(feeds: readonly RoomEvent[][]): TurnRoom & { opened: number } {
  const room = {
    opened: 0,
    feed: async () => feedOf(feeds[room.opened++] ?? []),
    turn: async () => turn,
    answers: async () => [],
    isPassing: () => false,
  };
  return room;
}

async function all(room: TurnRoom): Promise<TurnItem[]> {
  const items: TurnItem[] = [];
  for await (const item of turnView(room, turn, new AbortController().signal)) items.push(item);
  return items;
}

const synced: RoomEvent = {
  type: "synced",
  ts: new Date(T0).toISOString(),
  data: { headSeq: 2 },
};

it("a room whose feeds end before they tell anything is asked less and less often, and then no more", async () => {
  const room = roomOf([]);
  const failure = all(room).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1000);
  expect(room.opened).toBeLessThan(6);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await failure).toMatchObject({ refusal: { code: "unavailable" } });
  expect(room.opened).toBe(8);
});

it("one that told something counts as none of them", async () => {
  const room = roomOf([[], [], [], [], [], [synced], [], [], [], [], [synced]]);
  const failure = all(room).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await failure).toMatchObject({ refusal: { code: "unavailable" } });
  expect(room.opened).toBe(11 + 8);
});
