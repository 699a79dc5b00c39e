import { applyEvent } from "../../src/engine/fold/fold";
import type { TurnItem } from "../../src/faces/turn-view/item";
import { TurnReading } from "../../src/faces/turn-view/reading";
import type { RoomEvent } from "../../src/protocol/events";
import type { RoomState } from "../../src/protocol/room-state";
import { toTimestamp } from "../../src/protocol/time";
import type { Turn } from "../../src/protocol/turn";
import { T0 } from "./engine-builders";
import { momentary } from "./fake-room";

/** What a room's feed tells whoever comes after the first `at` events of a trace: all of the turn, then what follows. */
export function feedFrom(trace: readonly RoomEvent[], turn: Turn, at: number): RoomEvent[] {
  const before = trace.slice(0, at);
  const state = before.reduce<RoomState | undefined>(applyEvent, undefined);
  const from = turn.firstSeq ?? 1;
  const missed = before.filter((event) => "seq" in event && event.seq >= from);
  const headSeq = state?.task.headSeq ?? 0;
  const synced: RoomEvent = { type: "synced", ts: toTimestamp(T0), data: { headSeq } };
  return [...missed, ...momentary(state), synced, ...trace.slice(at)];
}

/** The items of one turn for whoever comes then, until it is over. */
export function itemsFrom(trace: readonly RoomEvent[], turn: Turn, at: number): TurnItem[] {
  const reading = new TurnReading(turn);
  const items = [reading.begin()];
  for (const event of feedFrom(trace, turn, at)) {
    items.push(...reading.read(event));
    if (items.at(-1)?.type === "ended") break;
  }
  return items;
}

/** Where in a trace a turn is there, and where it has not ended for good: whoever comes then is told of it. */
export function cutsOf(trace: readonly RoomEvent[], turn: Turn): number[] {
  const first = trace.findIndex((event) => "seq" in event && event.seq === turn.firstSeq);
  if (first < 0) return [];
  return trace.flatMap((_, at) => (at > first ? [at] : []));
}
