import type { PhaseUpdate } from "../../../engine/step/progress";
import type { RoomEvent } from "../../../protocol/events";
import { toTimestamp } from "../../../protocol/time";
import type { Position } from "../../sockets/arrival";
import {
  type Arrived,
  catchUp as catchUpWith,
  type Missed,
  type Place,
} from "../../sockets/catch-up";
import { packed, packedText } from "../../sockets/packing";
import type { Desk } from "../desk";
import type { RoomConnection } from "./connection";
import { forRole, isPersonal } from "./fan-out";
import { snapshot, whyReset } from "./snapshot";

/**
 * `isBack`: it was away, and does not know who has come and gone meanwhile. `marksEnd`: it is told
 * where what it missed ends and what happens now begins.
 */
type Options = { isBack?: boolean; marksEnd?: boolean };

/**
 * Brings a connection from its position to now (contract section 4, resume rule): the events that
 * it missed, then what is momentary; without a position it has just got a snapshot. Gives whether
 * it has caught up: not where it was left or closed on the way.
 */
export function catchUp(
  desk: Desk,
  connection: RoomConnection,
  position: Position,
  { isBack = false, marksEnd = false }: Options = {},
): Promise<boolean> {
  if (!isBack && (connection.hears || connection.isArriving)) desk.presence.beginOwing(connection);
  return catchUpWith(connection, missedBy(desk, connection, { isBack, marksEnd }), position);
}

function missedBy(
  desk: Desk,
  connection: RoomConnection,
  { isBack, marksEnd }: Required<Options>,
): Missed {
  return {
    now: desk.doors.now,
    head: () => headOf(desk),
    startFrom: (position) => startFrom(desk, connection, position),
    framesAfter: (after) => framesAfter(desk, connection, after),
    mayHear: () => desk.fanOut.roleFor(connection) !== undefined,
    sendMomentary: (arrived) => {
      sendMomentary(desk, connection, { ...arrived, isBack });
      if (marksEnd) sendEnd(desk, connection);
    },
  };
}

/** The position, or the head where only a snapshot can help or just did. */
function startFrom(desk: Desk, connection: RoomConnection, position: Position): Place {
  desk.live.flush();
  const reason = whyReset(desk, position);
  if (reason !== undefined) sendReset(desk, connection, reason);
  const { after } = position;
  if (reason !== undefined || after === undefined) {
    return { after: headOf(desk), hasSnapshot: true };
  }
  return { after, hasSnapshot: false };
}

/** A snapshot to go on from, and why. */
export function sendReset(desk: Desk, connection: RoomConnection, reason: string): void {
  const shown = snapshot(desk, connection);
  if (!shown) return;
  const { headSeq, epoch } = shown.state.task;
  const ts = toTimestamp(desk.doors.now());
  connection.send({ type: "history:reset", ts, data: { ...shown, headSeq, epoch, reason } });
}

function* framesAfter(desk: Desk, connection: RoomConnection, after: number) {
  // A role may change while a replay waits for its socket.
  const role = desk.fanOut.roleFor(connection);
  if (!role) return;
  const pages = desk.store.log.textAfter(after, isPersonal, (event) => forRole(event, role));
  for (const { text, isOne, lastSeq } of pages) yield { frames: packedText(text, isOne), lastSeq };
}

function headOf(desk: Desk): number {
  return desk.room?.state.task.headSeq ?? 0;
}

function sendMomentary(
  desk: Desk,
  connection: RoomConnection,
  { hasSnapshot, waited, isBack }: Arrived & { isBack: boolean },
): void {
  if (waited || isBack) desk.presence.settle(connection);
  desk.live.flush();
  const updates = phaseUpdates(desk);
  // A snapshot has the texts and how far a phase is, but not its words.
  const events = hasSnapshot
    ? updates.filter(({ data }) => data.message !== undefined)
    : [...textsSoFar(desk), ...updates];
  for (const frame of packed(events)) connection.push(frame);
}

function sendEnd(desk: Desk, connection: RoomConnection): void {
  const ts = toTimestamp(desk.doors.now());
  connection.send({ type: "synced", ts, data: { headSeq: headOf(desk) } });
}

/** Each text being written, whole. */
function textsSoFar(desk: Desk): RoomEvent[] {
  const ts = toTimestamp(desk.doors.now());
  const streams = desk.room?.state.streams ?? [];
  return streams.flatMap(({ turnId, messageId, attempt, text, thinking }) => {
    const place = { turnId, messageId, attempt, offset: 0 };
    const events: RoomEvent[] = [];
    if (thinking) events.push({ type: "chat:thinking", ts, data: { ...place, delta: thinking } });
    if (text) events.push({ type: "chat:chunk", ts, data: { ...place, delta: text } });
    return events;
  });
}

/** Each running phase's last progress. */
function phaseUpdates(desk: Desk): PhaseUpdate[] {
  const ts = toTimestamp(desk.doors.now());
  const turns = desk.room?.state.openTurns ?? [];
  return turns.flatMap(({ id: turnId, steps }) =>
    steps.flatMap(({ step, phase, status, attempt, percentComplete }): PhaseUpdate[] => {
      if (status !== "RUNNING" || percentComplete === undefined) return [];
      const place = { turnId, step, phase, attempt };
      const last = desk.progress.told?.data;
      const isLast = last?.turnId === turnId && last.step === step && last.attempt === attempt;
      return [{ type: "phase:update", ts, data: isLast ? last : { ...place, percentComplete } }];
    }),
  );
}
