import type { AttemptReason } from "../../protocol/events/chat-start";
import type { StepRun } from "../../protocol/rooms/turn-run";
import { textOf } from "../../protocol/tools/rounds";
import type { Step } from "../../protocol/turn";
import { tokensOf } from "../../protocol/usage";
import type { MemberPlan } from "../../resources/team-plan";
import type { Draft } from "../turn/draft";
import { dropUnsettled } from "./kept-files";
import { mayGoOn } from "./may-go-on";
import { stepMessageId } from "./message";
import { isPipeline, logPhase, memberOf, phaseData, planOf } from "./phase";
import { repeatRounds, roundsBefore } from "./repeat";
import { waitForConfirmation } from "./waiting";

/**
 * Enters a PENDING step: asks a person first where the member wants that or the turn is past its
 * token limit, else calls the step's agent.
 */
export function enterStep(draft: Draft, turnId: string, step: Step): void {
  const member = memberOf(draft, turnId, step.step);
  const stepRun = draft.stepRun(turnId, step.step);
  const { requireConfirmation } = member;
  const asks = requireConfirmation || isPastTokenLimit(draft, turnId);
  if (asks && !stepRun.approved) {
    waitForConfirmation(draft, turnId, step, requireConfirmation ? "confirmation" : "budget");
  } else startAttempt(draft, turnId, step, entered(draft, turnId, step));
}

/** Why a PENDING step is done: for the first time, or once more. */
function entered(draft: Draft, turnId: string, { attempt }: Step): AttemptReason {
  if (attempt === 0) return "first";
  return draft.run(turnId).rollbacks > 0 ? "rollback" : "retry";
}

function isPastTokenLimit(draft: Draft, turnId: string): boolean {
  const { tokenLimit } = planOf(draft, turnId);
  return tokenLimit !== undefined && tokensOf(draft.run(turnId).usage) > tokenLimit;
}

/** One more attempt of a step; it fences off all that came before. */
export function startAttempt(
  draft: Draft,
  turnId: string,
  step: Step,
  reason: AttemptReason,
): void {
  const member = memberOf(draft, turnId, step.step);
  const { retryAt, retryFrom, confirmBy, clientBy, goesOn, ...stepRun } = draft.stepRun(
    turnId,
    step.step,
  );
  const { now } = draft.context;
  const attempt = step.attempt + 1;
  draft.setStepRun(turnId, step.step, {
    ...stepRun,
    startedAt: stepRun.startedAt ?? now,
    ...(member.timeoutMs !== undefined && { deadlineAt: now + member.timeoutMs }),
  });
  applyGuidance(draft, turnId);
  const agent = agentOf(member, stepRun);
  if (isPipeline(draft, turnId)) {
    draft.emit({ type: "phase:start", data: phaseData(turnId, { ...step, attempt }) });
    logPhase(draft, step.phase, "info", `${step.phase} started (attempt ${attempt})`);
  }
  const position = draft.turn(turnId)?.steps.findIndex((item) => item.step === step.step) ?? 0;
  const messageId = step.messageId ?? stepMessageId(turnId, position);
  const fence = { turnId, step: step.step, attempt };
  const rounds = draft.room.state.streams.find((one) => one.messageId === messageId)?.rounds;
  const left = rounds?.filter((round) => mayGoOn(round, agent)) ?? [];
  const kept = rounds && left.length === rounds.length ? rounds : undefined;
  draft.emit({
    type: "chat:start",
    data: {
      ...fence,
      messageId,
      bot: agent.bot,
      model: agent.model.model,
      reason,
      ...(kept && { offset: textOf(kept).length }),
    },
  });
  const again = goesOn ? roundsBefore(draft, fence, { run: step.run, agent }) : left;
  if (!kept) repeatRounds(draft, { ...fence, messageId }, again);
  dropUnsettled(draft, fence, { hasRounds: again.length > 0, agent });
  draft.effect({ type: "run", turnId, step: step.step, attempt });
}

export function agentOf(member: MemberPlan, stepRun: StepRun): MemberPlan["agent"] {
  const { onFailure } = member;
  const fallback = typeof onFailure === "object" && "fallback" in onFailure && onFailure.fallback;
  return stepRun.usesFallback && fallback ? fallback : member.agent;
}

/** Guidance takes effect at the next call: it joins the turn's input. */
function applyGuidance(draft: Draft, turnId: string): void {
  const { guidance, input } = draft.run(turnId);
  for (const { content } of guidance) {
    draft.emit({ type: "chat:guided", data: { turnId, content, outcome: "applied" } });
  }
  if (guidance.length > 0) {
    const added = guidance.map(({ content }) => content);
    draft.setRun(turnId, { guidance: [], input: [input, ...added].join("\n\n") });
  }
}
