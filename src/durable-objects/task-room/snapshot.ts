import { CLOSE } from "../../protocol/close-codes";
import type { RoomEvent } from "../../protocol/events";
import type { Role } from "../../protocol/identity";
import { LIMITS } from "../../protocol/limits";
import type { RoomState } from "../../protocol/room-state";
import { toTimestamp } from "../../protocol/time";
import type { Connection } from "./connection";
import type { Desk } from "./desk";
import { forRole, packed } from "./fan-out";
import { newestMessages } from "./history-reader";

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
  if (after < headSeq && after + 1 < desk.store.log.bounds().first) {
    return "the position is older than the room keeps";
  }
  return undefined;
}

/**
 * Brings a connection from its position to now (contract section 4, resume rule): the events that
 * it missed, packed, then what is momentary. Nothing can come in between: there is no await.
 */
export function catchUp(desk: Desk, connection: Connection, position: Position, role: Role): void {
  const { room } = desk;
  if (!room) return;
  const { headSeq, epoch } = room.state.task;
  const reason = whyReset(desk, position);
  if (reason !== undefined) {
    const state = snapshot(desk, role);
    const ts = toTimestamp(desk.doors.now());
    if (state) {
      connection.send({ type: "history:reset", ts, data: { state, headSeq, epoch, reason } });
    }
    return;
  }
  for (const events of desk.store.log.after(position.after ?? headSeq)) {
    if (connection.isTooSlow()) {
      connection.close(CLOSE.tooSlow, "too slow: resume later");
      return;
    }
    connection.sendText(packed(events.map((event) => forRole(event, role))));
  }
  const momentary = momentaryEvents(desk);
  if (momentary.length > 0) connection.sendText(packed(momentary));
}

export const ROOM_LIMITS = {
  frameBytes: LIMITS.frameBytes,
  contentUnits: LIMITS.contentUnits,
  commandsPerWindow: LIMITS.commandsPerWindow,
  commandWindowMs: LIMITS.commandWindowMs,
  waitingTurns: LIMITS.waitingTurns,
};

/** Each text being written, whole, and each running phase's last progress. */
function momentaryEvents(desk: Desk): RoomEvent[] {
  const state = desk.room?.state;
  if (!state) return [];
  const ts = toTimestamp(desk.doors.now());
  const texts = state.streams.flatMap(({ turnId, messageId, attempt, text, thinking }) => {
    const place = { turnId, messageId, attempt, offset: 0 };
    const events: RoomEvent[] = [];
    if (thinking) events.push({ type: "chat:thinking", ts, data: { ...place, delta: thinking } });
    if (text) events.push({ type: "chat:chunk", ts, data: { ...place, delta: text } });
    return events;
  });
  const phases = state.openTurns.flatMap(({ id, steps }) =>
    steps.flatMap(({ step, phase, status, attempt, percentComplete }): RoomEvent[] =>
      status === "RUNNING" && percentComplete !== undefined
        ? [
            {
              type: "phase:update",
              ts,
              data: { turnId: id, step, phase, attempt, percentComplete },
            },
          ]
        : [],
    ),
  );
  return [...texts, ...phases];
}
