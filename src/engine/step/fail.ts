import { FAILURES, type Failure, type FailureCode } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { Step, Turn } from "../../protocol/turn";
import { FAILURE_FAMILIES } from "../../resources/runtimes";
import type { StepFailure } from "../../resources/step";
import { excuseDelay, turnEndsAt } from "../turn/clock";
import type { AbortEffect, Draft } from "../turn/draft";
import { failTurn } from "../turn/turn-end";
import { retryDelay } from "./backoff";
import { afterFailure } from "./failure-rules";
import { type Fence, liveStep, stepOf } from "./fence";
import { memberOf, planOf } from "./phase";
import { announceRetry, retryNow } from "./retry";
import { spend } from "./spend";

/** An attempt failed: it is tried again after a wait, or the member's failure rule decides. */
export function failStep(draft: Draft, fence: Fence, failure: StepFailure): void {
  const live = liveStep(draft, fence);
  if (!live) return;
  const { turn, step } = live;
  excuseDelay(draft, turn.id, draft.stepRun(turn.id, step.step).deadlineAt);
  spend(draft, turn.id, step.step, failure.usage);
  if (failure.finishReason) draft.noteFinish(turn.id, failure.finishReason);
  const { retry } = memberOf(draft, turn.id, step.step);
  const tries = countFailure(draft, turn.id, step);
  if (isOverBudget(draft, turn.id)) {
    const message = `The error budget is used up: ${failure.message}`;
    failTurn(draft, turn, { ...errorOf(failure), code: "error_budget", message });
    return;
  }
  const wait = retryDelay(retry, tries, draft.context.random, failure.retryAfterMs);
  const mayRetry = failure.retryable && tries < retry.maxAttempts;
  if (mayRetry && endsInTime(draft, turn.id, wait)) {
    waitToRetry(draft, turn, step, errorOf(failure), wait);
    return;
  }
  afterFailure(draft, turn, step, errorOf(failure));
}

/** What is said of a failure, without what only this rule needs. */
function errorOf({ code, message, reason, parameter, httpStatus }: StepFailure): Failure {
  return {
    code,
    message,
    ...(reason && { reason }),
    ...(parameter !== undefined && { parameter }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}

/** The runtime died under a running step: a new attempt outside the retry budget, or the end. */
export function restartStep(draft: Draft, turn: Turn, step: Step): void {
  const { restarts } = draft.run(turn.id);
  if (restarts >= LIMITS.restartsPerTurn) {
    const message = "The runtime restarted too often under this turn.";
    failTurn(draft, turn, { code: "runtime_restarted", message });
    return;
  }
  excuseDelay(draft, turn.id, draft.stepRun(turn.id, step.step).deadlineAt);
  draft.setRun(turn.id, { restarts: restarts + 1 });
  const error: Failure = { code: "runtime_restarted", message: "The runtime restarted." };
  retryNow(draft, { turn, step }, error, "restart");
}

/** An attempt ran into its own limit. */
export function timeOutStep(draft: Draft, turn: Turn, step: Step): void {
  const { agent } = memberOf(draft, turn.id, step.step);
  const code: FailureCode = `${FAILURE_FAMILIES[agent.runtime.runtime]}_timeout`;
  const fence = { turnId: turn.id, step: step.step, attempt: step.attempt };
  const message = `${step.phase} took longer than it may.`;
  const { retryable } = FAILURES[code];
  const abort: AbortEffect = { type: "abort", turnId: turn.id };
  draft.effect(abort);
  failStep(draft, fence, { type: "failure", code, message, retryable });
  // What works elsewhere is not stopped where the next attempt goes on with it.
  const after = stepOf(draft.turn(turn.id), step.step);
  if (after?.status === "RETRYING") abort.another = true;
}

/** A wait that passes the turn's end is waited in vain. */
function endsInTime(draft: Draft, turnId: string, waitMs: number): boolean {
  const end = turnEndsAt(draft.room, turnId);
  return end === undefined || draft.context.now + waitMs < end;
}

function waitToRetry(draft: Draft, turn: Turn, step: Step, error: Failure, wait: number): void {
  announceRetry(draft, turn, step, error, wait);
  const { deadlineAt, ...stepRun } = draft.stepRun(turn.id, step.step);
  const retryFrom = draft.context.now;
  const retryAt = retryFrom + wait;
  draft.setStepRun(turn.id, step.step, { ...stepRun, retryAt, retryFrom });
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
