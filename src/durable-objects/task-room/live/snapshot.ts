import type { Role } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import type { RoomState } from "../../../protocol/room-state";
import type { Desk } from "../desk";
import { newestMessages } from "../turns/history-reader";

export type Position = { after?: number | undefined; epoch?: string | undefined };

/** What the room is like now, as this role sees it. */
export function snapshot(desk: Desk, role: Role): RoomState | undefined {
  const { room } = desk;
  if (!room) return undefined;
  return {
    ...room.state,
    task: { ...room.state.task, role },
    messages: newestMessages(desk),
  };
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
