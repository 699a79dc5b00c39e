import { retryDelay } from "../step/backoff";
import { CLOSE_RETRY, ROOM_RETRY, SESSION_RULES } from "./rules";
import {
  type Connection,
  deadlineOf,
  type EndedSession,
  isOverdue,
  type KeptSession,
  type LiveSession,
  withActivity,
} from "./session";

/** What a task's room knows of a session; `null`: it could not be reached. */
export type News = { connections: number; lastActiveAt: number; opening?: string[] } | null;

type Moment = { now: number; idleMs: number };

/** What becomes of a session after its room was asked. */
export function settle(session: LiveSession, news: News, { now, idleMs }: Moment): KeptSession {
  if (news) {
    const moved = withActivity(session, news.lastActiveAt, now);
    const expired = isOverdue(moved, now, idleMs);
    return expired ? end(moved, { as: "expired", now, closing: news.connections > 0 }) : moved;
  }
  // Between its tries a silent room changes nothing, however often somebody else asks it.
  if (deadlineOf(session, idleMs) > now) return session;
  const failures = session.failures + 1;
  const failed = { ...session, failures, retryAt: now + retryDelay(ROOM_RETRY, failures, 0) };
  return isSilent(failed.failures) ? end(session, { as: "expired", now, closing: true }) : failed;
}

type Ending = { as: EndedSession["state"]; now: number; closing: boolean };

export function end(session: KeptSession, { as, now, closing }: Ending): EndedSession {
  // The first close is tried at once; the alarm comes after it only if it was lost.
  const retryAt = closing ? now + CLOSE_RETRY.initialMs : null;
  return { ...session, state: as, endedAt: now, closing, failures: 0, retryAt };
}

type Closing = {
  reached: boolean;
  connections: readonly Connection[];
  now: number;
  /** From 0 to 1. */
  random: number;
};

/**
 * After the task's room was told to close an ended session's connections. One that was granted just
 * before may not have had its socket yet: such a session is closed once more. A room that can't be
 * reached is told again for as long as that takes.
 */
export function afterClose(
  session: EndedSession,
  { reached, connections, now, random }: Closing,
): EndedSession {
  if (!reached) {
    const failures = session.failures + 1;
    return { ...session, failures, retryAt: now + retryDelay(CLOSE_RETRY, failures, random) };
  }
  const opening = connections.some(({ openedAt }) => isOpening(openedAt, now));
  return { ...session, closing: opening, retryAt: opening ? now + SESSION_RULES.openingMs : null };
}

/**
 * Connections whose close report was lost: as many of the oldest as the room does not have. Those
 * still opening are left out of the account, for the room does not have them yet. It says itself
 * which these are; of an older room the time has to tell. Of those that were granted since it was asked
 * its answer says nothing.
 */
export function lostConnections(
  connections: readonly Connection[],
  { connections: reported, opening }: NonNullable<News>,
  { askedAt, now }: { askedAt: number; now: number },
): string[] {
  const known = connections.filter(({ openedAt }) => openedAt < askedAt);
  const settled = known.filter(({ id, openedAt }) =>
    opening ? !opening.includes(id) : !isOpening(openedAt, now),
  );
  return settled
    .toSorted((a, b) => a.openedAt - b.openedAt)
    .slice(0, Math.max(0, settled.length - reported))
    .map(({ id }) => id);
}

function isOpening(openedAt: number, now: number): boolean {
  return openedAt > now - SESSION_RULES.openingMs;
}

function isSilent(failures: number): boolean {
  return failures >= ROOM_RETRY.maxAttempts;
}
