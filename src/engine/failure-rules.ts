import type { Failure } from "../protocol/errors";
import type { Step, StepResult } from "../protocol/turn";
import type { StepRun } from "../protocol/turn-run";
import { advance } from "./advance";
import type { Draft } from "./draft";
import { stepOf } from "./fence";
import { RULES } from "./limits";
import { isPipeline, logPhase, memberOf, phaseData } from "./phase";
import { failTurn } from "./turn-end";

/** A step failed for good: its member's rule decides what becomes of the turn (contract section 8). */
export function afterFailure(draft: Draft, turnId: string, id: string, error: Failure): void {
  const step = stepOf(draft.turn(turnId), id);
  if (!step) return;
  const { onFailure, critical } = memberOf(draft, turnId, id);
  const stepRun = draft.stepRun(turnId, id);
  announceFailure(draft, turnId, step, error);
  if (!critical && onFailure === "continue") {
    draft.emit({ type: "task:error", data: { turnId, phase: step.phase, ...error } });
    advance(draft, turnId);
  } else if (!critical && typeof onFailure === "object" && "fallback" in onFailure) {
    if (stepRun.usesFallback) abort(draft, turnId, error);
    else fallBack(draft, turnId, step, onFailure.fallback.bot, stepRun);
  } else if (!critical && typeof onFailure === "object" && "rollbackTo" in onFailure) {
    rollBack(draft, turnId, step, onFailure.rollbackTo, error);
  } else abort(draft, turnId, error);
}

function abort(draft: Draft, turnId: string, error: Failure): void {
  const turn = draft.turn(turnId);
  if (turn) failTurn(draft, turn, error);
}

function announceFailure(draft: Draft, turnId: string, step: Step, error: Failure): void {
  if (isPipeline(draft, turnId)) {
    const result = failedResult(draft, turnId, step, error);
    draft.emit({ type: "phase:error", data: { ...phaseData(turnId, step), error, result } });
  }
  logPhase(draft, step.phase, "error", `${step.phase} failed: ${error.message}`);
}

function failedResult(draft: Draft, turnId: string, step: Step, error: Failure): StepResult {
  const { startedAt = draft.context.now, tries } = draft.stepRun(turnId, step.step);
  const durationMs = draft.context.now - startedAt;
  return { status: "FAILED", output: "", error, attempts: tries, durationMs };
}

function fallBack(draft: Draft, turnId: string, step: Step, bot: string, stepRun: StepRun): void {
  const { approved } = stepRun;
  draft.setStepRun(turnId, step.step, {
    tries: 0,
    usesFallback: true,
    ...(approved && { approved }),
  });
  relay(draft, turnId, "fallback", (old) =>
    old.step === step.step ? { ...pending(old), bot } : old,
  );
  advance(draft, turnId);
}

function rollBack(draft: Draft, turnId: string, step: Step, role: string, error: Failure): void {
  const { rollbacks } = draft.run(turnId);
  const steps = draft.turn(turnId)?.steps ?? [];
  const from = steps.findIndex((item) => item.phase === role);
  const to = steps.findIndex((item) => item.step === step.step);
  if (rollbacks >= RULES.rollbacksPerTurn || from < 0 || from > to) {
    abort(draft, turnId, error);
    return;
  }
  const again = new Set(steps.slice(from, to + 1).map((item) => item.step));
  draft.setRun(turnId, { rollbacks: rollbacks + 1 });
  for (const id of again) draft.setStepRun(turnId, id, { tries: 0 });
  relay(draft, turnId, `rollback to ${role}`, (old) =>
    again.has(old.step) ? { ...pending(old), run: old.run + 1 } : old,
  );
  advance(draft, turnId);
}

/** Lays a turn's steps anew, for everyone to see. */
function relay(draft: Draft, turnId: string, reason: string, change: (old: Step) => Step): void {
  const turn = draft.turn(turnId);
  if (!turn) return;
  const { status } = turn;
  draft.emit({
    type: "turn:status",
    data: {
      turnId,
      status,
      previous: status,
      reason,
      ...(turn.deadlineAt && { deadlineAt: turn.deadlineAt }),
      turn: { ...turn, steps: turn.steps.map(change) },
    },
  });
}

export function pending(old: Step): Step {
  const { startedAt, endedAt, durationMs, percentComplete, result, ...rest } = old;
  return { ...rest, status: "PENDING" };
}
