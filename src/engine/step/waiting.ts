import { toTimestamp } from "../../protocol/time";
import type { Step, Turn, WaitingFor } from "../../protocol/turn";
import { isWaiting } from "../fold/rounds-fold";
import type { Draft } from "../turn/draft";
import { phaseData, planOf } from "./phase";

/** A person is asked before a step begins. */
export function waitForConfirmation(
  draft: Draft,
  turnId: string,
  step: Step,
  waitingFor: WaitingFor,
): void {
  const confirmBy = draft.context.now + draft.context.confirmTimeoutMs;
  draft.setStepRun(turnId, step.step, { ...draft.stepRun(turnId, step.step), confirmBy });
  wait(draft, turnId, step, {
    waitingFor,
    reason: `waiting for confirmation of ${step.phase}`,
    by: confirmBy,
  });
}

/** Calls of a turn that wait for somebody. */
export function waitingCalls(draft: Draft, turnId: string) {
  const stream = draft.stream(turnId);
  return (stream?.rounds ?? []).flatMap(({ calls }) => calls.filter(isWaiting));
}

/** The turn's clock stands while it waits. */
export function wait(
  draft: Draft,
  turnId: string,
  step: Step,
  why: { waitingFor: WaitingFor; reason: string; by: number; toolCallId?: string | undefined },
): void {
  const { now } = draft.context;
  const { spentMs, runningSince, ...run } = draft.run(turnId);
  draft.addRun(turnId, { ...run, spentMs: spentMs + (now - (runningSince ?? now)) });
  draft.emit({ type: "phase:waiting", data: phaseData(turnId, step) });
  draft.emit({
    type: "turn:status",
    data: {
      turnId,
      status: "WAITING",
      previous: "PROCESSING",
      reason: why.reason,
      waitingFor: why.waitingFor,
      step: step.step,
      ...(why.toolCallId !== undefined && { toolCallId: why.toolCallId }),
      deadlineAt: toTimestamp(why.by),
    },
  });
}

/** The turn's clock runs again. */
export function endWait(draft: Draft, turn: Turn): void {
  const { now } = draft.context;
  draft.setRun(turn.id, { runningSince: now });
  const left = planOf(draft, turn.id).timeoutMs - draft.run(turn.id).spentMs;
  draft.emit({
    type: "turn:status",
    data: {
      turnId: turn.id,
      status: "PROCESSING",
      previous: "WAITING",
      deadlineAt: toTimestamp(now + left),
    },
  });
}
