import { applyEvent } from "../../../src/engine/fold/fold";
import type { LogEvent, RoomEvent } from "../../../src/protocol/events";
import { LIMITS } from "../../../src/protocol/limits";
import type { RoomState } from "../../../src/protocol/room-state";
import type { Step } from "../../../src/protocol/turn";
import type { TeamPlan } from "../../../src/resources/team-plan";
import type { Commit } from "../../support/engine-world";
import { claim } from "./claim";

type Start = Extract<LogEvent, { type: "chat:start" }>;

/** The plan by which a turn went on in a commit, also where it closed in it. */
export function planOf(
  { after, closed }: Pick<Commit, "after" | "closed">,
  turnId: string,
): TeamPlan | undefined {
  const run = after.runs[turnId] ?? closed.find(({ turn }) => turn.id === turnId)?.run;
  return run?.planId === undefined ? undefined : after.plans[run.planId];
}

/** What must hold of the phases of a turn, commit by commit. */
export class PipelineAuditor {
  /** Runs of steps that have completed: `turn/step/run`. */
  readonly #completed = new Set<string>();
  /** Calls of each run of a step; those that follow somebody's answer are bounded by what was asked. */
  readonly #calls = new Map<string, number>();
  readonly #resumed = new Map<string, number>();

  check(commit: Commit): void {
    let state = commit.before.state;
    for (const event of commit.events) {
      if (event.type === "chat:start") this.#checkStart(state, event, commit);
      const next = applyEvent(state, event) ?? state;
      this.#checkCompleted(state, next, event);
      state = next;
    }
    checkBudgets(commit);
  }

  #checkStart(state: RoomState, { data }: Start, commit: Commit): void {
    const steps = state.openTurns.find(({ id }) => id === data.turnId)?.steps ?? [];
    const at = steps.findIndex(({ step }) => step === data.step);
    const plan = planOf(commit, data.turnId);
    const step = steps[at];
    claim(step !== undefined, "only a step of the turn is started", data);
    const open = steps.slice(0, at).filter((before) => !isBehind(before, plan));
    claim(open.length === 0, "no phase starts before the ones it depends on", { open, data });
    const key = `${data.turnId}/${step.step}/${step.run}`;
    claim(!this.#completed.has(key), "a completed step is not run again", data);
    if (data.reason === "resumed") {
      const resumed = countUp(this.#resumed, key);
      const stream = state.streams.find(({ turnId }) => turnId === data.turnId);
      const asked = (stream?.rounds ?? []).filter(({ calls }) =>
        calls.some(({ approval, where }) => approval || where),
      );
      // Once after a wait, and once where the answer was there already.
      const most = 2 * asked.length;
      claim(resumed <= most, "a round that waits is gone on from twice at most", { resumed, most });
      return;
    }
    const calls = countUp(this.#calls, key);
    const most = plan && callsOf(plan, step.step) + LIMITS.restartsPerTurn;
    claim(!most || calls <= most, "the calls of a run are bounded by its rule", { calls, most });
  }

  #checkCompleted(before: RoomState, after: RoomState, event: LogEvent): void {
    for (const turn of after.openTurns) {
      const old = before.openTurns.find(({ id }) => id === turn.id)?.steps ?? [];
      for (const step of turn.steps) {
        const was = old.find((item) => item.step === step.step);
        if (step.status === "COMPLETED") this.#completed.add(`${turn.id}/${step.step}/${step.run}`);
        else if (was?.status === "COMPLETED") {
          const another = event.type === "phase:retry" || "turn" in event.data;
          claim(another, "only a rollback or another plan takes a completed step back", event);
          claim(step.run > was.run, "a step taken back is another run", { was, step });
        }
      }
    }
  }
}

function countUp(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

function checkBudgets(commit: Commit): void {
  for (const effect of commit.effects) {
    const run = effect.type === "run" && commit.after.runs[effect.turnId];
    if (!run || effect.type !== "run") continue;
    const { errorBudget = Number.POSITIVE_INFINITY } = planOf(commit, effect.turnId) ?? {};
    claim(run.failures <= errorBudget, "no call is made past the error budget", run);
    claim(run.rollbacks <= LIMITS.rollbacksPerTurn, "rollbacks are bounded", run);
  }
}

/** It is done, or has failed where its rule lets the turn go on. */
function isBehind({ step, status }: Step, plan: TeamPlan | undefined): boolean {
  const member = plan?.members.find((item) => item.step === step);
  const goesOn = member?.onFailure === "continue" && !member.critical;
  return status === "COMPLETED" || (status === "FAILED" && goesOn);
}

function callsOf({ members }: TeamPlan, step: string): number {
  const member = members.find((item) => item.step === step);
  if (!member) return 0;
  const { retry, onFailure } = member;
  return retry.maxAttempts * (typeof onFailure === "object" && "fallback" in onFailure ? 2 : 1);
}

/** Of everything that a client that never leaves is told. */
export function checkPercents(trace: readonly RoomEvent[]): void {
  const shown = new Map<string, number>();
  for (const event of trace) {
    if (event.type !== "phase:update") continue;
    const { turnId, step, attempt, percentComplete } = event.data;
    const key = `${turnId}/${step}/${attempt}`;
    const back = percentComplete < (shown.get(key) ?? 0);
    claim(!back, "percent never goes back within an attempt", event);
    shown.set(key, percentComplete);
  }
}
