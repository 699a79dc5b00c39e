import type { Step, Turn } from "../../protocol/turn";
import type { StepFailure } from "../../resources/step";
import type { Draft } from "../turn/draft";
import { failStep } from "./fail";
import { type Fence, liveStep, stepOf } from "./fence";
import { startAttempt } from "./start";
import { endWait, wait, waitingCalls } from "./waiting";

/** An attempt has done what it could: calls of its last round wait for a person, or for the client. */
export function waitInStep(draft: Draft, fence: Fence): void {
  const live = liveStep(draft, fence);
  if (!live) return;
  const { turn, step } = live;
  const calls = waitingCalls(draft, turn.id);
  if (calls.length === 0) {
    goOnAtOnce(draft, turn, step);
    return;
  }
  const { now, confirmTimeoutMs, clientToolTimeoutMs } = draft.context;
  const asked = calls.find(({ approval }) => approval === "asked");
  const confirmBy = asked && now + confirmTimeoutMs;
  const clientBy = calls.some(({ where }) => where) ? now + clientToolTimeoutMs : undefined;
  const { deadlineAt, ...stepRun } = draft.stepRun(turn.id, step.step);
  draft.setStepRun(turn.id, step.step, {
    ...stepRun,
    ...(confirmBy !== undefined && { confirmBy }),
    ...(clientBy !== undefined && { clientBy }),
  });
  const what = asked ? `approval of ${asked.name}` : "the client's tools";
  const by = Math.min(...[confirmBy, clientBy].filter((at) => at !== undefined));
  const waitingFor = asked ? "approval" : "client-tool";
  const toolCallId = (asked ?? calls[0])?.toolCallId;
  wait(draft, turn.id, step, { waitingFor, reason: `waiting for ${what}`, by, toolCallId });
}

/** All were answered while others were at work. That can be so once a round: nothing waits for ever. */
function goOnAtOnce(draft: Draft, turn: Turn, step: Step): void {
  const stream = draft.stream(turn.id);
  const last = stream?.rounds?.at(-1);
  const stepRun = draft.stepRun(turn.id, step.step);
  const waited = last?.calls.some(({ approval, where }) => approval || where);
  if (!last || !waited || stepRun.answeredRound === last.round) {
    failStep(draft, { turnId: turn.id, step: step.step, attempt: step.attempt }, WAITS_FOR_NOTHING);
    return;
  }
  draft.setStepRun(turn.id, step.step, { ...stepRun, answeredRound: last.round });
  startAttempt(draft, turn.id, step, "resumed");
}

const WAITS_FOR_NOTHING: StepFailure = {
  type: "failure",
  code: "agent_malformed",
  message: "The agent waits, and there is nothing that it could wait for.",
  retryable: true,
};

/** The step that waited goes on, once nothing of it waits any more. */
export function goOnIfAnswered(draft: Draft, turnId: string): void {
  const turn = draft.turn(turnId);
  const step = turn?.steps.find(({ status }) => status === "WAITING");
  if (turn?.status !== "WAITING" || !step || waitingCalls(draft, turnId).length > 0) return;
  endWait(draft, turn);
  const again = stepOf(draft.turn(turnId), step.step);
  if (again) startAttempt(draft, turnId, again, "resumed");
}
