import type { MomentaryEvent } from "../../protocol/events";
import type { RoomState } from "../../protocol/room-state";
import type { StepReport } from "../../resources/step";
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

/** How far one of an attempt's tools says it is. */
export type ToolSaid = Fence & Omit<Extract<StepReport, { type: "tool-progress" }>, "type">;

export type ToolUpdate = Extract<MomentaryEvent, { type: "tool:progress" }>;

/** The event that says how far a tool of a running attempt is; none where the attempt is over. */
export function toolProgressEvent(
  state: RoomState,
  { turnId, step: stepId, attempt, round, index, progress, total, message }: ToolSaid,
  ts: string,
): ToolUpdate | undefined {
  const step = stepOf(
    state.openTurns.find(({ id }) => id === turnId),
    stepId,
  );
  if (step?.status !== "RUNNING" || step.attempt !== attempt || !step.messageId) return undefined;
  const data = {
    ...{ turnId, messageId: step.messageId, attempt, round, index },
    ...(progress !== undefined && { progress }),
    ...(total !== undefined && { total }),
    ...(message !== undefined && { message }),
  };
  return { type: "tool:progress", ts, data };
}
