import type { StepFailure } from "../protocol/agent";
import { FAILURES, type Failure, type FailureCode } from "../protocol/errors";
import type { Step, Turn } from "../protocol/turn";
import { retryDelay } from "./backoff";
import type { Draft } from "./draft";
import { afterFailure } from "./failure-rules";
import { type Fence, liveStep, stepOf } from "./fence";
import { RULES } from "./limits";
import { isPipeline, logPhase, memberOf, phaseData, planOf } from "./phase";
import { startAttempt } from "./step-start";
import { failTurn, finalError, streamsOf } from "./turn-end";

/** An attempt failed: it is tried again after a wait, or the member's failure rule decides. */
export function failStep(draft: Draft, fence: Fence, failure: StepFailure): void {
  const live = liveStep(draft, fence);
  if (!live) return;
  const { turn, step } = live;
  const { retry } = memberOf(draft, turn.id, step.step);
  const tries = countFailure(draft, turn.id, step);
  if (isOverBudget(draft, turn.id)) {
    failTurn(draft, turn, { code: "error_budget", message: "The error budget is used up." });
    return;
  }
  if (failure.retryable && tries < retry.maxAttempts) {
    const wait = retryDelay(retry, tries, draft.context.random, failure.retryAfterMs);
    waitToRetry(draft, turn, step, failure, wait);
    return;
  }
  const error = { code: failure.code, message: failure.message };
  for (const stream of streamsOf(draft, turn)) draft.emit(finalError(draft, stream, error));
  afterFailure(draft, turn.id, step.step, error);
}

/** The runtime died under a running step: a new attempt outside the retry budget, or the end. */
export function restartStep(draft: Draft, turn: Turn, step: Step): void {
  const { restarts } = draft.run(turn.id);
  if (restarts >= RULES.restartsPerTurn) {
    const message = "The runtime restarted too often under this turn.";
    failTurn(draft, turn, { code: "runtime_restarted", message });
    return;
  }
  draft.setRun(turn.id, { restarts: restarts + 1 });
  const error: Failure = { code: "runtime_restarted", message: "The runtime restarted." };
  announceRetry(draft, turn, step, error, 0);
  const again = stepOf(draft.turn(turn.id), step.step);
  if (again) startAttempt(draft, turn.id, again);
}

/** An attempt ran into its own limit. */
export function timeOutStep(draft: Draft, turn: Turn, step: Step): void {
  const { agent } = memberOf(draft, turn.id, step.step);
  const code: FailureCode = agent.runtime.runtime === "http" ? "agent_timeout" : "model_timeout";
  draft.effect({ type: "abort", turnId: turn.id });
  failStep(
    draft,
    { turnId: turn.id, step: step.step, attempt: step.attempt },
    {
      type: "failure",
      code,
      message: `${step.phase} took longer than it may.`,
      retryable: FAILURES[code].retryable,
    },
  );
}

function waitToRetry(draft: Draft, turn: Turn, step: Step, error: Failure, wait: number): void {
  announceRetry(draft, turn, step, error, wait);
  const { deadlineAt, ...stepRun } = draft.stepRun(turn.id, step.step);
  const retryAt = draft.context.now + wait;
  draft.setStepRun(turn.id, step.step, { ...stepRun, retryAt });
}

function announceRetry(
  draft: Draft,
  turn: Turn,
  step: Step,
  { code, message }: Failure,
  retryInMs: number,
): void {
  const { messageId, attempt } = step;
  const error = { code, message };
  draft.emit({
    type: "chat:error",
    data: {
      turnId: turn.id,
      ...(messageId && { messageId }),
      attempt,
      ...error,
      retryable: true,
      retryInMs,
      partial: null,
    },
  });
  if (isPipeline(draft, turn.id)) {
    draft.emit({
      type: "phase:retry",
      data: { ...phaseData(turn.id, step), error, retryInMs },
    });
  }
  logPhase(draft, step.phase, "warn", `${step.phase} failed (${code}), tried again`);
}

function countFailure(draft: Draft, turnId: string, step: Step): number {
  const stepRun = draft.stepRun(turnId, step.step);
  const tries = stepRun.tries + 1;
  draft.setStepRun(turnId, step.step, { ...stepRun, tries });
  draft.setRun(turnId, { failures: draft.run(turnId).failures + 1 });
  return tries;
}

function isOverBudget(draft: Draft, turnId: string): boolean {
  const { errorBudget } = planOf(draft, turnId);
  return errorBudget !== undefined && draft.run(turnId).failures > errorBudget;
}
