import { LIMITS } from "../../../protocol/limits";
import type { Message } from "../../../protocol/message";
import type { RoomState } from "../../../protocol/room-state";
import type { Position } from "../../sockets/arrival";
import { SENT_FRAME_BYTES } from "../../sockets/packing";
import { bytesOf } from "../../sockets/utf8-size";
import type { Desk } from "../desk";
import { newestMessages } from "../turns/history-reader";
import type { RoomConnection } from "./connection";

/** Bytes of a frame with a snapshot besides the snapshot: a full room's presence is the most of it. */
const BESIDES_BYTES = 128 * 1024;

/**
 * What the room is like now, as this connection's user sees it. Its `messages` are as many of the
 * newest as fit into one frame with the rest (contract section 12, Sizes).
 */
export function snapshot(desk: Desk, { principal }: RoomConnection): RoomState | undefined {
  const { room } = desk;
  const role = room?.members[principal.userId];
  if (!room || !role) return undefined;
  const state = { ...room.state, task: { ...room.state.task, role }, messages: [] };
  const left = SENT_FRAME_BYTES - BESIDES_BYTES - bytesOf(JSON.stringify(state));
  return { ...state, messages: newestWithin(newestMessages(desk), left) };
}

function newestWithin(messages: Message[], bytes: number): Message[] {
  let left = bytes;
  const older = messages.findLastIndex((message) => {
    left -= bytesOf(JSON.stringify(message)) + 1;
    return left < 0;
  });
  return messages.slice(older + 1);
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
