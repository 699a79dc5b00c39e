import { refuse } from "../../protocol/errors";
import type { Message } from "../../protocol/message";
import type { RoomState } from "../../protocol/room-state";
import type { Turn } from "../../protocol/turn";
import { RefusedRequest } from "../../worker/problem";
import type { Feed } from "../../worker/streams/feed";
import type { TurnItem } from "./item";
import { TurnReading } from "./reading";
import { standing } from "./standing";

/** A room, for one caller who may watch it. Each rejects with what the room refused. */
export type TurnRoom = {
  /** Its events after a number of the log; from a snapshot on without one. */
  feed(after: number | undefined): Promise<Feed>;
  turn(turnId: string): Promise<Turn>;
  /** The messages of a turn that is over, oldest first. */
  answers(turn: Turn): Promise<Message[]>;
  /** Whether asking again later may help. */
  isPassing(error: unknown): boolean;
};

/** Tries in a row to open a feed that tells anything, and milliseconds before the first two; they double. */
const TRIES = 8;
const FIRST_WAIT_MS = 100;

/**
 * One turn from its beginning until it is over: what has happened, then what happens. It goes on by
 * itself where the room's object restarts. Throws what the room refuses, and its last failure.
 */
export async function* turnView(
  room: TurnRoom,
  turn: Turn,
  signal: AbortSignal,
): AsyncGenerator<TurnItem, void> {
  const reading = new TurnReading(turn);
  yield reading.begin();
  let after = turn.firstSeq === undefined ? undefined : turn.firstSeq - 1;
  for (let tries = 1; !signal.aborted; tries++) {
    const feed = await opened(room, after, signal);
    const end = yield* followed(room, feed, { reading, turn, signal });
    if (end === "over") return;
    after = reading.seq;
    if (end === "got on") tries = 0;
    else if (tries >= TRIES) throw new RefusedRequest(ENDS_AT_ONCE);
    else await pause(waitMs(tries));
  }
}

/** Where a feed has ended: with the turn, or further on than it began; one that has told nothing is as none. */
type FeedEnd = "over" | "got on" | "nowhere";

const ENDS_AT_ONCE = refuse("unavailable", "The task can't be followed right now; try again.");

async function* followed(
  room: TurnRoom,
  feed: Feed,
  { reading, turn, signal }: Read & { signal: AbortSignal },
): AsyncGenerator<TurnItem, FeedEnd> {
  const before = reading.seq;
  let isSynced = false;
  const stop = () => feed.close();
  signal.addEventListener("abort", stop);
  try {
    for (let events = await feed.next(); events; events = await feed.next()) {
      for (const event of events) {
        isSynced ||= event.type === "synced";
        const isReset = event.type === "history:reset";
        const items = isReset
          ? await restarted(room, { reading, turn }, event.data.state)
          : reading.read(event);
        yield* items;
        if (items.at(-1)?.type === "ended") return "over";
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
    feed.close();
  }
  return isSynced || reading.seq > before ? "got on" : "nowhere";
}

/** The same, told as it stands: what others have followed before it went live is left out. */
export async function* standingView(
  items: AsyncGenerator<TurnItem, void>,
): AsyncGenerator<TurnItem, void> {
  let before: TurnItem[] | undefined = [];
  for await (const item of items) {
    before?.push(item);
    if (!before) yield item;
    else if (item.type === "live" || item.type === "ended") {
      yield* standing(before);
      before = undefined;
    }
  }
}

type Read = { reading: TurnReading; turn: Turn };

async function restarted(
  room: TurnRoom,
  { reading, turn }: Read,
  state: RoomState,
): Promise<TurnItem[]> {
  const items = reading.restate(state);
  if (items) return items;
  const over = await room.turn(turn.id);
  return reading.atRest(over, await room.answers(over));
}

async function opened(
  room: TurnRoom,
  after: number | undefined,
  signal: AbortSignal,
): Promise<Feed> {
  for (let tries = 1; ; tries++) {
    try {
      return await room.feed(after);
    } catch (error) {
      if (tries >= TRIES || signal.aborted || !room.isPassing(error)) throw error;
      await pause(waitMs(tries));
    }
  }
}

function waitMs(tries: number): number {
  return FIRST_WAIT_MS * 2 ** (tries - 1);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
