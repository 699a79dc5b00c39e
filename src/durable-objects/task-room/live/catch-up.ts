import type { PhaseUpdate } from "../../../engine/step/progress";
import { CLOSE } from "../../../protocol/close-codes";
import type { RoomEvent } from "../../../protocol/events";
import type { Role } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import type { Desk } from "../desk";
import type { Connection } from "./connection";
import { forRole, isPersonal, packed } from "./fan-out";
import { type Position, snapshot, whyReset } from "./snapshot";

/** Milliseconds between two looks at whether a socket has taken what it was sent: the first, and the most. */
const DRAIN_LOOK_MS = { first: 1, longest: 32 };
/** How long a socket may take too little before it is given up. */
const DRAIN_LIMIT_MS = 30_000;
/** Bytes unsent at which a replay waits, and down to which it waits. */
export const ENOUGH_BYTES = LIMITS.unsentBytes / 2;
const DRAINED_BYTES = LIMITS.unsentBytes / 4;

/**
 * Brings a connection from its position to now (contract section 4, resume rule): the events that
 * it missed, packed, then what is momentary; without a position it has just got a snapshot. It
 * hears nothing else until it is there: the last look at the log, the momentary events and the end
 * of being behind have no await between them.
 */
export async function catchUp(
  desk: Desk,
  connection: Connection,
  position: Position,
  role: Role,
): Promise<void> {
  connection.attach({ behind: true });
  let place = goOn(desk, connection, position, role);
  for (;;) {
    place = sendLog(desk, connection, place, role);
    if (place.after >= headOf(desk) && connection.unsent <= ENOUGH_BYTES) break;
    if (!(await drained(connection, desk.doors.now)) || !desk.room) return;
    // While the socket drained, the room may have let go of what comes next.
    place = goOn(desk, connection, { after: place.after }, role);
  }
  sendMomentary(desk, connection, place.hasSnapshot);
  connection.attach({ behind: false });
}

type Place = { after: number; hasSnapshot: boolean };

/** Where to go on from: the position, or the head where only a snapshot can help or just did. */
function goOn(desk: Desk, connection: Connection, position: Position, role: Role): Place {
  desk.live.flush();
  const reason = whyReset(desk, position);
  if (reason !== undefined) sendReset(desk, connection, role, reason);
  const { after } = position;
  if (reason !== undefined || after === undefined) {
    return { after: headOf(desk), hasSnapshot: true };
  }
  return { after, hasSnapshot: false };
}

/** A snapshot to go on from, and why. */
export function sendReset(desk: Desk, connection: Connection, role: Role, reason: string): void {
  const state = snapshot(desk, role);
  if (!state) return;
  const { headSeq, epoch } = state.task;
  const ts = toTimestamp(desk.doors.now());
  connection.send({ type: "history:reset", ts, data: { state, headSeq, epoch, reason } });
}

/** Sends log events until the socket has enough or there are no more. */
function sendLog(desk: Desk, connection: Connection, place: Place, role: Role): Place {
  let { after } = place;
  let sent = 0;
  const pages = desk.store.log.textAfter(after, isPersonal, (event) => forRole(event, role));
  for (const { text, isOne, lastSeq } of pages) {
    connection.sendText(isOne ? text : `{"type":"batch","data":[${text}]}`);
    sent += text.length;
    after = lastSeq;
    if (Math.max(sent, connection.unsent) > ENOUGH_BYTES) break;
  }
  return { ...place, after };
}

/** Waits until a socket has taken what it was sent; false where it is closed instead. */
export async function drained(connection: Connection, now: () => number): Promise<boolean> {
  const deadline = now() + DRAIN_LIMIT_MS;
  let look = DRAIN_LOOK_MS.first;
  do {
    if (now() > deadline) connection.close(CLOSE.tooSlow, "too slow: resume later");
    // Always once: what is unsent only goes down between events.
    await scheduler.wait(look);
    look = Math.min(look * 2, DRAIN_LOOK_MS.longest);
  } while (connection.unsent > DRAINED_BYTES && connection.isOpen);
  return connection.isOpen;
}

function headOf(desk: Desk): number {
  return desk.room?.state.task.headSeq ?? 0;
}

function sendMomentary(desk: Desk, connection: Connection, hasSnapshot: boolean): void {
  desk.live.flush();
  const updates = phaseUpdates(desk);
  // A snapshot has the texts and how far a phase is, but not its words.
  const events = hasSnapshot
    ? updates.filter(({ data }) => data.message !== undefined)
    : [...textsSoFar(desk), ...updates];
  if (events.length > 0) connection.sendText(packed(events));
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
