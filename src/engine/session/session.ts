import type { Session } from "../../protocol/session";
import { toTimestamp } from "../../protocol/time";
import { SESSION_RULES } from "./rules";

/** Times are milliseconds since 1970. */
type Kept = {
  id: string;
  userId: string;
  taskId: string;
  createdAt: number;
  /** As far as known: pings wake nobody, so the task's room is asked when it matters. */
  lastActiveAt: number;
  /** Calls in a row that the task's room did not answer, and not before when to try again. */
  failures: number;
  retryAt: number | null;
};

export type LiveSession = Kept & { state: "live" };

/** `closing`: the task's room has yet to close the connections. */
export type EndedSession = Kept & {
  state: "expired" | "revoked";
  endedAt: number;
  closing: boolean;
};

export type KeptSession = LiveSession | EndedSession;

export type Connection = { id: string; openedAt: number };

export type NewSession = Pick<Kept, "id" | "userId" | "taskId"> & { now: number };

export function newSession({ now, ...ids }: NewSession): LiveSession {
  return { ...ids, state: "live", createdAt: now, lastActiveAt: now, failures: 0, retryAt: null };
}

/** Activity is never taken back, nor believed from the future: two machines' clocks may differ. */
export function withActivity(session: LiveSession, at: number, now: number): LiveSession {
  const lastActiveAt = Math.max(session.lastActiveAt, Math.min(at, now));
  return { ...session, lastActiveAt, failures: 0, retryAt: null };
}

export function isOverdue(session: LiveSession, now: number, idleMs: number): boolean {
  return session.lastActiveAt + idleMs <= now;
}

/** When something is to be done about a session: the alarm is set to the earliest of all. */
export function deadlineOf(session: KeptSession, idleMs: number): number {
  return Math.max(nextMove(session, idleMs), session.retryAt ?? 0);
}

function nextMove(session: KeptSession, idleMs: number): number {
  if (session.state === "live") return session.lastActiveAt + idleMs;
  return session.closing || session.state === "revoked"
    ? session.endedAt
    : session.endedAt + SESSION_RULES.keptMs;
}

/** The session as callers see it. */
export function viewOf(session: KeptSession, connections: number, idleMs: number): Session {
  const live = session.state === "live";
  return {
    id: session.id,
    userId: session.userId,
    taskId: session.taskId,
    createdAt: toTimestamp(session.createdAt),
    lastActiveAt: toTimestamp(session.lastActiveAt),
    expiresAt: toTimestamp(session.lastActiveAt + idleMs),
    connections: live ? connections : 0,
    state: live ? (connections > 0 ? "connected" : "away") : "expired",
  };
}
