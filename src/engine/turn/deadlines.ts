import type { Turn } from "../../protocol/turn";
import { isWaiting } from "../fold/rounds-fold";
import { timeOutStep } from "../step/fail";
import { liveStep, stepOf } from "../step/fence";
import { startAttempt } from "../step/start";
import { expireOutputs } from "../step/tool-answers";
import { excuseDelay, turnEndsAt } from "./clock";
import type { Draft } from "./draft";
import { activeTurn, type Room, waitingTurns } from "./room";
import { failTurn } from "./turn-end";

/** Clocks of two machines may differ by this much. */
const CLOCK_SKEW_MS = 60_000;

export type Deadline = {
  name: "begin" | "turn" | "step" | "retry" | "confirm" | "client";
  turnId: string;
  step?: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Since when a retry is waited for. */
  from?: number | undefined;
};

/**
 * Every deadline that the room's state implies. They are derived, not stored, so a state that waits
 * without one can't be written: the active turn has its own, a waiting queue without an active turn
 * is due at once.
 */
export function deadlines(room: Room): Deadline[] {
  const turn = activeTurn(room);
  if (turn) return activeDeadlines(room, turn);
  const next = waitingTurns(room)[0];
  return next ? [{ name: "begin", turnId: next.id, at: 0 }] : [];
}

function activeDeadlines(room: Room, turn: Turn): Deadline[] {
  const run = room.runs[turn.id];
  if (!run) return [];
  const found: Deadline[] = [];
  const end = turnEndsAt(room, turn.id);
  if (end !== undefined) found.push({ name: "turn", turnId: turn.id, at: end });
  for (const { step, status } of turn.steps) {
    const at = { turnId: turn.id, step };
    const { deadlineAt, retryAt, retryFrom, confirmBy, clientBy } = run.steps[step] ?? {};
    if (status === "RUNNING" && deadlineAt) found.push({ name: "step", ...at, at: deadlineAt });
    if (status === "RETRYING") {
      found.push({ name: "retry", ...at, at: retryAt ?? 0, from: retryFrom });
    }
    if (status !== "WAITING") continue;
    if (clientBy !== undefined) found.push({ name: "client", ...at, at: clientBy });
    const asks = confirmBy !== undefined && waitsForPerson(room, turn.id);
    if (asks || clientBy === undefined) found.push({ name: "confirm", ...at, at: confirmBy ?? 0 });
  }
  return found;
}

/** Whether what waits is a person's to answer, and not the client's alone by now. */
function waitsForPerson({ state }: Room, turnId: string): boolean {
  const { rounds = [] } = state.streams.find((stream) => stream.turnId === turnId) ?? {};
  const calls = rounds.flatMap((round) => round.calls.filter(isWaiting));
  return calls.length === 0 || calls.some(({ approval }) => approval === "asked");
}

/**
 * A step's end goes before its turn's: a phase that fails in the turn's last moment fails by its own
 * rule. What is due is looked up anew for each, as one may put off or settle the next.
 */
const ORDER = ["begin", "step", "retry", "client", "confirm", "turn"] as const;

/** Acts on what is due, on each kind at most once: what is due again is the next alarm's. */
export function meetDeadlines(draft: Draft): void {
  const { now } = draft.context;
  for (const name of ORDER) {
    const due = deadlines(draft.room).find((item) => item.name === name);
    if (!due || (due.at > now && !isFromAhead(due, now))) continue;
    const turn = draft.turn(due.turnId);
    if (turn) meet(draft, turn, due);
  }
}

/** A wait that began well after now: the clock has gone back, and nobody knows how long it was. */
function isFromAhead({ from = 0 }: Deadline, now: number): boolean {
  return from > now + CLOCK_SKEW_MS;
}

function meet(draft: Draft, turn: Turn, due: Deadline): void {
  const step = due.step === undefined ? undefined : stepOf(turn, due.step);
  switch (due.name) {
    case "begin":
      draft.effect({ type: "begin" });
      break;
    case "turn":
      failTurn(draft, turn, { code: "turn_timeout", message: "The turn took longer than it may." });
      break;
    case "confirm":
      failTurn(draft, turn, { code: "confirm_timeout", message: "Nobody confirmed in time." });
      break;
    case "client":
      expireOutputs(draft, turn.id);
      break;
    case "retry":
      excuseDelay(draft, turn.id, due.at);
      // Else the turn is over too, and that is said next.
      if (step?.status === "RETRYING" && hasTime(draft, turn)) {
        startAttempt(draft, turn.id, step, "retry");
      }
      break;
    case "step":
      if (step && liveStep(draft, { turnId: turn.id, step: step.step, attempt: step.attempt })) {
        timeOutStep(draft, turn, step);
      }
      break;
  }
}

function hasTime({ room, context }: Draft, turn: Turn): boolean {
  return (turnEndsAt(room, turn.id) ?? Number.POSITIVE_INFINITY) > context.now;
}
