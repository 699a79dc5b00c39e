import type { Failure, Refusal } from "../../protocol/errors";
import { toTimestamp } from "../../protocol/time";
import type { Step, Turn } from "../../protocol/turn";
import type { TeamPlan } from "../../resources/team-plan";
import { shownTurn } from "../step/cut-result";
import { metadataFor } from "../step/used-resources";
import { advance } from "./advance";
import type { Draft } from "./draft";
import { activeTurn, freshSteps, type Room, waitingTurns } from "./room";
import { supersede } from "./supersede";
import { failTurn, interruptTurn } from "./turn-end";

/** The plan that the team's references resolve to now; an equal one keeps its number. */
export function usePlan(draft: Draft, plan: TeamPlan): void {
  const { plans, planId } = draft.room;
  if (JSON.stringify(plans[planId]) === JSON.stringify(plan)) return;
  const next = planId + 1;
  draft.setRoom({ planId: next, plans: { ...plans, [next]: plan } });
}

/** The queue's next turn where its user's meter is to be asked before it begins. */
export function unpaidTurn(room: Room): { turnId: string; userId: string } | undefined {
  const turn = nextTurn(room);
  const run = turn && room.runs[turn.id];
  return turn && run?.unpaid ? { turnId: turn.id, userId: run.userId } : undefined;
}

/**
 * The queue's first turn starts, unless one is active. One that is unpaid starts only where it is
 * the one that was `admitted`: another may have come to the queue's head meanwhile.
 */
export function beginTurn(draft: Draft, plan: TeamPlan, admitted?: string): void {
  const turn = nextTurn(draft.room);
  const { unpaid = false } = turn ? draft.run(turn.id) : {};
  if (!turn || (unpaid && turn.id !== admitted)) return;
  usePlan(draft, plan);
  const { now } = draft.context;
  const planId = planFor(draft, turn, plan);
  draft.setRun(turn.id, {
    ...{ planId, runningSince: now, toldBefore: draft.nextSeq },
    ...(unpaid && { unpaid: false }),
  });
  const used = draft.room.plans[planId] ?? plan;
  const steps = stepsFor(turn, used);
  const metadata = metadataFor(turn, used);
  const isChanged = steps !== turn.steps || metadata !== turn.metadata;
  draft.emit({
    type: "turn:status",
    data: {
      turnId: turn.id,
      status: "PROCESSING",
      previous: "PENDING",
      deadlineAt: toTimestamp(now + used.timeoutMs),
      ...(unpaid && { turns: 1 }),
      ...(isChanged && { turn: shownTurn({ ...turn, status: "PROCESSING", steps, metadata }) }),
    },
  });
  replaceAnswers(draft, turn.id);
  advance(draft, turn.id);
}

/** A turn that answers anew has begun: what was answered before leaves. */
function replaceAnswers(draft: Draft, turnId: string): void {
  const { supersedes, ...run } = draft.run(turnId);
  if (!supersedes) return;
  // Also where it was nothing: of what this turn says from now on a later try takes nobody's place.
  draft.addRun(turnId, run);
  supersede(draft, supersedes, turnId);
}

/** The queue's first turn can't start: its team no longer resolves. */
export function failBegin(draft: Draft, error: Failure): void {
  const turn = nextTurn(draft.room);
  if (turn) failTurn(draft, turn, error);
}

/** The queue's first turn is not admitted by its user's meter: it ends without having begun. */
export function refuseBegin(draft: Draft, turnId: string, { code, message }: Refusal): void {
  if (unpaidTurn(draft.room)?.turnId !== turnId) return;
  const turn = draft.turn(turnId);
  if (turn) interruptTurn(draft, turn, { by: "system", reason: `${code}: ${message}` });
}

function nextTurn(room: Room): Turn | undefined {
  return activeTurn(room) ? undefined : waitingTurns(room)[0];
}

/** A retried turn with finished steps keeps its plan, if it is still there, where the new one has other steps. */
function planFor(draft: Draft, turn: Turn, plan: TeamPlan): number {
  const { planId: old } = draft.run(turn.id);
  const { planId, plans } = draft.room;
  if (old === undefined || !plans[old] || sameSteps(turn.steps, plan)) return planId;
  return turn.steps.some((step) => step.status === "COMPLETED") ? old : planId;
}

/** The turn's own steps array where nothing about it changes. */
function stepsFor(turn: Turn, plan: TeamPlan): Step[] {
  if (!sameSteps(turn.steps, plan)) return otherSteps(turn, plan);
  const bots = new Map(plan.members.map((member) => [member.step, member.agent.bot]));
  const stale = (step: Step) => step.status === "PENDING" && step.bot !== bots.get(step.step);
  if (!turn.steps.some(stale)) return turn.steps;
  return turn.steps.map((step) =>
    stale(step) ? { ...step, bot: bots.get(step.step) ?? step.bot } : step,
  );
}

/** Steps of another plan go on past every attempt and run that there was: both fence for ever. */
function otherSteps(turn: Turn, plan: TeamPlan): Step[] {
  const attempt = Math.max(0, ...turn.steps.map((step) => step.attempt));
  const last = Math.max(1, ...turn.steps.map((step) => step.run));
  const run = attempt > 0 ? last + 1 : last;
  return freshSteps(plan).map((step) => ({ ...step, attempt, run }));
}

function sameSteps(steps: Step[], plan: TeamPlan): boolean {
  return (
    steps.length === plan.members.length &&
    steps.every((step, i) => step.step === plan.members[i]?.step)
  );
}
