import { stepOf } from "../../engine/fence";
import type { RoomEvent } from "../../protocol/events";
import { toTimestamp } from "../../protocol/time";
import type { Desk } from "./desk";
import type { Progress } from "./progress-feed";

/** The event that says how far a running attempt is; none where it would go back or is over. */
export function phaseUpdate(desk: Desk, progress: Progress): RoomEvent[] {
  const { turnId, attempt, percentComplete, message } = progress;
  const turn = desk.room?.state.openTurns.find(({ id }) => id === turnId);
  const step = stepOf(turn, progress.step);
  if (step?.status !== "RUNNING" || step.attempt !== attempt) return [];
  if (percentComplete < (step.percentComplete ?? 0)) return [];
  const data = {
    turnId,
    step: step.step,
    phase: step.phase,
    attempt,
    percentComplete,
    ...(message !== undefined && { message }),
  };
  return [{ type: "phase:update", ts: toTimestamp(desk.doors.now()), data }];
}
