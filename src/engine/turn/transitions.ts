import type { TaskStatus } from "../../protocol/task";
import type { StepStatus, TurnStatus } from "../../protocol/turn";

/** The state tables of contract section 5: from → to. */
export const TASK_MOVES: Record<TaskStatus, readonly TaskStatus[]> = {
  PENDING: ["RUNNING", "CANCELLED"],
  RUNNING: ["COMPLETED", "FAILED", "CANCELLED"],
  COMPLETED: ["RUNNING", "CANCELLED"],
  FAILED: ["RUNNING", "CANCELLED"],
  CANCELLED: [],
};

export const TURN_MOVES: Record<TurnStatus, readonly TurnStatus[]> = {
  PENDING: ["PROCESSING", "INTERRUPTED", "FAILED"],
  PROCESSING: ["COMPLETED", "INTERRUPTED", "FAILED", "WAITING"],
  WAITING: ["PROCESSING", "INTERRUPTED", "FAILED"],
  COMPLETED: [],
  FAILED: ["PENDING"],
  INTERRUPTED: ["PENDING"],
};

export const STEP_MOVES: Record<StepStatus, readonly StepStatus[]> = {
  PENDING: ["RUNNING", "WAITING", "SKIPPED", "INTERRUPTED"],
  WAITING: ["RUNNING", "FAILED", "INTERRUPTED"],
  RUNNING: ["COMPLETED", "FAILED", "RETRYING", "WAITING", "INTERRUPTED"],
  RETRYING: ["RUNNING", "FAILED", "INTERRUPTED"],
  COMPLETED: ["PENDING"],
  FAILED: ["PENDING"],
  SKIPPED: ["PENDING"],
  INTERRUPTED: ["PENDING"],
};

export function isOpen(status: TurnStatus): boolean {
  return status === "PENDING" || status === "PROCESSING" || status === "WAITING";
}

/** An active turn holds the room: at most one of a task. */
export function isActive(status: TurnStatus): boolean {
  return status === "PROCESSING" || status === "WAITING";
}

export function isStepClosed(status: StepStatus): boolean {
  return STEP_MOVES[status].includes("PENDING");
}
