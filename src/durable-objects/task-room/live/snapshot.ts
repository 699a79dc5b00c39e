import { cutTurns } from "../../../engine/step/cut-result";
import { shownTask } from "../../../engine/task/shown-task";
import { roleOf } from "../../../engine/turn/room";
import { jsonBytes } from "../../../protocol/bytes";
import { LIMITS } from "../../../protocol/limits";
import type { RoomState } from "../../../protocol/room-state";
import type { Position } from "../../sockets/arrival";
import type { Desk } from "../desk";
import { newestMessages } from "../turns/history-reader";
import type { RoomConnection } from "./connection";

/** `hasOlder`: whether there may be messages before those of the state. */
export type Snapshot = { state: RoomState; hasOlder: boolean };

/** Bytes of a frame that carries a state, beside the state and what its sender names. */
const AROUND_BYTES = 4 * 1024;

/**
 * What the room is like now, as this connection's user sees it, in one frame with `besideBytes` of
 * something else (contract section 12, Sizes): the texts being written whole, turns with their results
 * cut as far as needed, and as many of the newest messages as then fit.
 */
export function snapshot(
  desk: Desk,
  { principal }: RoomConnection,
  besideBytes = 0,
): Snapshot | undefined {
  const { room } = desk;
  if (!room || !roleOf(room.members, principal.userId)) return undefined;
  const { streams } = room.state;
  const task = shownTask(room, principal.userId);
  const left = LIMITS.sentFrameBytes - AROUND_BYTES - besideBytes - jsonBytes([task, streams]);
  const openTurns = cutTurns(room.state.openTurns, Math.min(left, LIMITS.turnBytes));
  const { items: messages, hasMore } = newestMessages(desk, left - jsonBytes(openTurns));
  return { state: { task, openTurns, streams, messages }, hasOlder: hasMore };
}

/** Why a client can't go on from where it was; nothing where it can. */
export function whyReset(desk: Desk, { after, epoch }: Position): string | undefined {
  const { room } = desk;
  if (!room || after === undefined) return undefined;
  const { headSeq, epoch: current } = room.state.task;
  if (epoch !== undefined && epoch !== current) return "the room's log is another one";
  if (after > headSeq) return "the position is ahead of the log";
  if (after < headSeq && after + 1 < desk.store.log.replayableFrom()) {
    return "the position is older than the room keeps";
  }
  return undefined;
}

export const ROOM_LIMITS = {
  frameBytes: LIMITS.frameBytes,
  contentUnits: LIMITS.contentUnits,
  commandsPerWindow: LIMITS.commandsPerWindow,
  commandWindowMs: LIMITS.commandWindowMs,
  waitingTurns: LIMITS.waitingTurns,
};
