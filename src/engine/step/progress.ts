import type { MomentaryEvent } from "../../protocol/events";
import type { RoomState } from "../../protocol/room-state";
import { type Fence, stepOf } from "./fence";

/** How far an agent says it is. */
export type Progress = Fence & { percentComplete: number; message?: string };

export type PhaseUpdate = Extract<MomentaryEvent, { type: "phase:update" }>;

/** The event that says how far a running attempt is; none where it would go back or is over. */
export function progressEvent(
  state: RoomState,
  { turnId, step: stepId, attempt, percentComplete, message }: Progress,
  ts: string,
): PhaseUpdate | undefined {
  const step = stepOf(
    state.openTurns.find(({ id }) => id === turnId),
    stepId,
  );
  if (step?.status !== "RUNNING" || step.attempt !== attempt) return undefined;
  if (percentComplete < (step.percentComplete ?? 0)) return undefined;
  const place = { turnId, step: step.step, phase: step.phase, attempt };
  const data = { ...place, percentComplete, ...(message !== undefined && { message }) };
  return { type: "phase:update", ts, data };
}
