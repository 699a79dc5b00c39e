import { planOf } from "../step/phase";
import type { Draft } from "./draft";
import type { Room } from "./room";

/** When a turn at work is over by its own limit, in milliseconds since 1970; its clock may stand. */
export function turnEndsAt(room: Room, turnId: string): number | undefined {
  const run = room.runs[turnId];
  if (run?.runningSince === undefined) return undefined;
  const timeoutMs = room.plans[run.planId ?? room.planId]?.timeoutMs ?? 0;
  return run.runningSince + timeoutMs - run.spentMs;
}

/**
 * Something that was due at `dueAt` happens only now: the alarm was late, or the object was away. That
 * time is no phase's, so it is none of the turn's either where its limit is the sum of theirs.
 */
export function excuseDelay(draft: Draft, turnId: string, dueAt: number | undefined): void {
  const lateMs = draft.context.now - (dueAt ?? draft.context.now);
  if (lateMs <= 0 || planOf(draft, turnId).isCapped) return;
  draft.setRun(turnId, { spentMs: draft.run(turnId).spentMs - lateMs });
}
