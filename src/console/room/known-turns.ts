import type { LogEvent, RoomEventOf, Turn } from "../../client";

/** A chat's answer and a pipeline's phase say it each in their own way. */
export const RETRIES = ["chat:error", "phase:retry"] as const;
export type Retry = RoomEventOf<(typeof RETRIES)[number]>;

/** A step's wait before its next attempt; `until` is by this device's clock. */
export type Wait = { until: number; why: string };

export function isRetry(event: LogEvent): event is Retry {
  return RETRIES.some((type) => type === event.type);
}

/** By turn. A clock that is behind the server's must not make the wait longer than it is. */
export function waitOf({ ts, type, data }: Retry, now: number): [string, Wait][] {
  const { turnId, retryInMs } = data;
  if (retryInMs === undefined) return [];
  const why = type === "chat:error" ? data.message : data.error?.message;
  const until = Math.min(Date.parse(ts), now) + retryInMs;
  return [[turnId, { until, why: why ?? "no reason was given." }]];
}

type Status = RoomEventOf<"turn:status">["data"];

export function isOver({ status }: Pick<Status, "status">): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "INTERRUPTED";
}

/** One that begins again is not over any more, and its end will be another. */
export function closedAfter(
  closed: ReadonlyMap<string, Turn>,
  { turnId, status }: Pick<Status, "turnId" | "status">,
): ReadonlyMap<string, Turn> {
  if (isOver({ status }) || !closed.has(turnId)) return closed;
  return new Map([...closed].filter(([id]) => id !== turnId));
}

/** What is open in the room is newer than what was asked for. */
export function merged(closed: ReadonlyMap<string, Turn>, open: readonly Turn[]): Turn[] {
  const all = new Map(closed);
  for (const turn of open) all.set(turn.id, turn);
  return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
