import type { Step, Turn } from "../../protocol/turn";
import type { Draft } from "../turn/draft";

/** Names an attempt; whatever an older one reports is dropped. */
export type Fence = { turnId: string; step: string; attempt: number };

export function stepOf(turn: Turn | undefined, step: string): Step | undefined {
  return turn?.steps.find((item) => item.step === step);
}

/** The running attempt that a report is of, or nothing if it came too late. */
export function liveStep(draft: Draft, fence: Fence): { turn: Turn; step: Step } | undefined {
  const turn = draft.turn(fence.turnId);
  const step = stepOf(turn, fence.step);
  if (turn?.status !== "PROCESSING" || step?.status !== "RUNNING") return undefined;
  return step.attempt === fence.attempt ? { turn, step } : undefined;
}
