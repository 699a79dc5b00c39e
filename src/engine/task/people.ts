import { type Refusal, refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import type { Turn } from "../../protocol/turn";
import { pending } from "../fold/turn-fold";
import { stepOf } from "../step/fence";
import { enterStep } from "../step/start";
import { endWait, waitingCalls } from "../step/waiting";
import type { Draft } from "../turn/draft";
import { placeTurn } from "../turn/queue";
import { currentTurn, type TurnRecord, waitingTurns } from "../turn/room";
import { interruptTurn, type Stop } from "../turn/turn-end";

export type Cancel = { turnId?: string; by: string; reason?: string };

/**
 * Stops a turn, by default the active one or, before any has begun, the queue's first. Nothing to
 * stop is no error: a stop may always be said again.
 */
export function cancelTurn(
  draft: Draft,
  { turnId, by, reason }: Cancel,
): { turnId: string | null } {
  const turn = turnId === undefined ? currentTurn(draft.room) : draft.turn(turnId);
  if (turn) interruptTurn(draft, turn, { by, reason });
  return { turnId: turn?.id ?? null };
}

/** Stops every open turn, the waiting ones first so that none begins in between. */
export function cancelAll(draft: Draft, stop: Stop): { interrupted: number } {
  const turns = draft.room.state.openTurns.toReversed();
  for (const turn of turns) interruptTurn(draft, turn, stop);
  return { interrupted: turns.length };
}

/**
 * What a turn that is tried again finds. `isSuperseded`: what it was asked, or has answered, is, or another turn
 * answers it since. `answers`: those that one which was to answer anew, and never began, takes the place of.
 */
type Standing = { isSuperseded?: boolean; answers?: readonly string[] };

/** `chat:retry`: a FAILED or INTERRUPTED turn goes to the queue's tail with its closed steps open again. */
export function retryTurn(
  draft: Draft,
  { turn, run }: TurnRecord,
  { isSuperseded = false, answers = run.supersedes ?? [] }: Standing = {},
): Refusal | { turnId: string } {
  const { task } = draft.room.state;
  if (task.status === "CANCELLED") return refuse("task_cancelled", "The task is cancelled.");
  const { status } = draft.turn(turn.id) ?? turn;
  if (status !== "FAILED" && status !== "INTERRUPTED") {
    return refuse("invalid_transition", "Only a failed or interrupted turn can be retried.", {
      from: status,
      to: "PENDING",
      allowed: [],
    });
  }
  if (isSuperseded) {
    return refuse(
      "conflict",
      "What the turn was asked or has said no longer stands, or is answered anew.",
    );
  }
  if (waitingTurns(draft.room).length >= LIMITS.waitingTurns) {
    return refuse("queue_full", `${LIMITS.waitingTurns} turns are waiting already.`);
  }
  const steps = turn.steps.map((step) =>
    step.status === "COMPLETED" || step.status === "PENDING"
      ? step
      : { ...pending(step), run: step.run + 1 },
  );
  const goesOn = turn.steps.flatMap((old, i) => {
    const { step, run: last } = old;
    const before = run.steps[step];
    // One that was to go on, in a turn that could not begin, still is.
    if (old === steps[i] && !before?.goesOn) return [];
    const firstRun = before?.firstRun ?? last;
    // As the rounds are, they are gone on from.
    const files = before?.files && { files: before.files };
    return [[step, { tries: 0, goesOn: true, firstRun, ...files }] as const];
  });
  draft.addRun(turn.id, {
    ...run,
    ...(run.usage && { usageBefore: run.usage }),
    ...(run.supersedes && { supersedes: [...answers] }),
    restarts: 0,
    failures: 0,
    rollbacks: 0,
    spentMs: 0,
    guidance: [],
    steps: Object.fromEntries(goesOn),
  });
  const { reason, error, endedAt, ...kept } = turn;
  placeTurn(draft, { ...kept, status: "PENDING", steps }, status);
  return { turnId: turn.id };
}

export type Confirm = { turnId: string; step: string; approve: boolean; note?: string; by: string };

/** A person's yes or no to a step that waits for it. */
export function confirmStep(draft: Draft, input: Confirm): Refusal | { turnId: string } {
  const turn = draft.turn(input.turnId);
  const step = stepOf(turn, input.step);
  if (!turn || !step) return refuse("not_found", "There is no such open turn or step.");
  // One that waits for an answer to a call is not asked for as a whole.
  const waits = step.status === "WAITING" && waitingCalls(draft, turn.id).length === 0;
  if (turn.status !== "WAITING" || !waits) {
    return refuse("invalid_transition", "The step does not wait for confirmation.", {
      from: step.status,
      to: "RUNNING",
      allowed: [],
    });
  }
  if (input.approve) resume(draft, turn, input.step);
  else interruptTurn(draft, turn, { by: input.by, reason: input.note ?? "not approved" });
  return { turnId: turn.id };
}

function resume(draft: Draft, turn: Turn, id: string): void {
  const { confirmBy, ...stepRun } = draft.stepRun(turn.id, id);
  draft.setStepRun(turn.id, id, { ...stepRun, approved: true });
  endWait(draft, turn);
  const step = stepOf(draft.turn(turn.id), id);
  if (step) enterStep(draft, turn.id, step);
}
