import { LIMITS } from "../../protocol/limits";
import type { Room } from "../turn/room";

const LIFETIME_MS = LIMITS.ephemeralHours * 60 * 60 * 1000;

/**
 * When an ephemeral task is erased, a day after its last turn or, before any, after it was made;
 * milliseconds since 1970. Nothing while a turn is open: what it waits for has a deadline of its own.
 */
export function erasedAt({ state }: Room): number | undefined {
  const { task, openTurns } = state;
  if (!task.ephemeral || openTurns.length > 0) return undefined;
  return Date.parse(task.endedAt ?? task.createdAt) + LIFETIME_MS;
}
