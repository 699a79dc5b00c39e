import type { Failure } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { Step, Turn } from "../../protocol/turn";
import { advance } from "../turn/advance";
import type { Draft } from "../turn/draft";
import { endStep } from "../turn/last-words";
import { failTurn } from "../turn/turn-end";
import { logPhase, memberOf, phaseData } from "./phase";
import { retryNow } from "./retry";
import { keepUses } from "./tool-uses";

/** No retry is left: the member's rule decides what becomes of the turn (contract section 8). */
export function afterFailure(draft: Draft, turn: Turn, step: Step, error: Failure): void {
  const { onFailure, critical } = memberOf(draft, turn.id, step.step);
  const rule = critical ? "abort" : onFailure;
  if (typeof rule === "object" && "fallback" in rule && fallBack(draft, turn, step, error)) return;
  endStep(draft, turn, step, error);
  if (rule === "continue") {
    draft.emit({ type: "task:error", data: { turnId: turn.id, phase: step.phase, ...error } });
    advance(draft, turn.id);
  } else if (typeof rule === "object" && "rollbackTo" in rule) {
    rollBack(draft, turn.id, step, rule.rollbackTo, error);
  } else abort(draft, turn.id, error);
}

function abort(draft: Draft, turnId: string, error: Failure): void {
  const turn = draft.turn(turnId);
  if (turn) failTurn(draft, turn, error);
}

/** The other bot takes the step over, with retries of its own; false where it already has. */
function fallBack(draft: Draft, turn: Turn, step: Step, error: Failure): boolean {
  const stepRun = draft.stepRun(turn.id, step.step);
  if (stepRun.usesFallback) return false;
  draft.setStepRun(turn.id, step.step, { ...stepRun, tries: 0, usesFallback: true });
  retryNow(draft, { turn, step }, error, "fallback");
  return true;
}

function rollBack(draft: Draft, turnId: string, step: Step, role: string, error: Failure): void {
  const { rollbacks } = draft.run(turnId);
  const steps = draft.turn(turnId)?.steps ?? [];
  const from = steps.findIndex((item) => item.phase === role);
  const to = steps.findIndex((item) => item.step === step.step);
  if (rollbacks >= LIMITS.rollbacksPerTurn || from < 0 || from > to) {
    abort(draft, turnId, error);
    return;
  }
  draft.setRun(turnId, { rollbacks: rollbacks + 1 });
  logPhase(draft, step.phase, "warn", `${step.phase} failed, back to ${role}`);
  for (const again of steps.slice(from, to + 1)) {
    keepUses(draft, turnId, again);
    // It begins anew, also for who tries the turn again.
    draft.keepRounds({ turnId, step: again.step, rounds: [] });
    draft.setStepRun(turnId, again.step, { tries: 0 });
    const data = { ...phaseData(turnId, again), run: again.run + 1, error };
    draft.emit({ type: "phase:retry", data });
  }
  advance(draft, turnId);
}
