import type { Failure } from "../../protocol/errors";
import type { PhaseData } from "../../protocol/events/phase";
import type { JsonObject } from "../../protocol/json";
import type { Step } from "../../protocol/turn";
import type { MemberPlan, TeamPlan } from "../../resources/team-plan";
import type { Draft } from "../turn/draft";

export function planOf(draft: Draft, turnId: string): TeamPlan {
  const { planId } = draft.run(turnId);
  const plan = planId === undefined ? undefined : draft.room.plans[planId];
  if (!plan) throw new Error(`begun turn ${turnId} has no plan`);
  return plan;
}

export function memberOf(draft: Draft, turnId: string, step: string): MemberPlan {
  const member = planOf(draft, turnId).members.find((item) => item.step === step);
  if (!member) throw new Error(`turn ${turnId} has no member for step ${step}`);
  return member;
}

export function isPipeline(draft: Draft, turnId: string): boolean {
  const { planId } = draft.run(turnId);
  return planId !== undefined && draft.room.plans[planId]?.collaboration === "pipeline";
}

export function phaseData(turnId: string, step: Step): PhaseData {
  return { turnId, step: step.step, phase: step.phase, attempt: step.attempt, run: step.run };
}

export function logPhase(
  draft: Draft,
  agentType: string,
  level: "info" | "warn" | "error" | "success",
  message: string,
  failure?: Failure,
): void {
  const details = failure && failureDetails(failure);
  const more = details && Object.keys(details).length > 0 ? { metadata: details } : {};
  draft.emit({ type: "log", data: { timestamp: draft.ts, agentType, level, message, ...more } });
}

/** What a provider's refusal said that a machine can read. */
function failureDetails({ reason, parameter, httpStatus }: Failure): JsonObject {
  return {
    ...(reason && { reason }),
    ...(parameter !== undefined && { parameter }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}
