import { isDeepStrictEqual } from "node:util";
import { applyEvent } from "../../../src/engine/fold/fold";
import { restoredState } from "../../../src/engine/fold/restore";
import { applyToTurn } from "../../../src/engine/fold/turn-fold";
import type { Fence } from "../../../src/engine/step/fence";
import { deadlines } from "../../../src/engine/turn/deadlines";
import { type Room, roundsFrom } from "../../../src/engine/turn/room";
import {
  isActive,
  isOpen,
  isStepClosed,
  STEP_MOVES,
  TASK_MOVES,
  TURN_MOVES,
} from "../../../src/engine/turn/transitions";
import { type LogEvent, logEvent } from "../../../src/protocol/events";
import { LIMITS } from "../../../src/protocol/limits";
import type { RoomState, Stream } from "../../../src/protocol/room-state";
import type { TaskStatus } from "../../../src/protocol/task";
import { textOf, thinkingOf } from "../../../src/protocol/tools/rounds";
import type { Step, Turn, TurnStatus } from "../../../src/protocol/turn";
import type { TeamPlan } from "../../../src/resources/team-plan";
import { brief, type Commit } from "../../support/engine-world";
import { claim } from "./claim";
import { PipelineAuditor, planOf } from "./pipeline-invariants";
import { RoundAuditor } from "./round-invariants";
import { SupersedingAuditor } from "./superseding-invariants";

/** What must hold of every commit, whatever was done to the room; throws where it does not. */
export class Auditor {
  readonly #pipelines = new PipelineAuditor();
  readonly #rounds = new RoundAuditor();
  readonly #superseding = new SupersedingAuditor();
  readonly #log: LogEvent[] = [];
  #folded: RoomState | undefined;
  #taskStatus: TaskStatus = "PENDING";
  readonly #turns = new Map<string, TurnStatus>();
  /** The last shape of each step, also of closed turns. */
  readonly #steps = new Map<string, Step>();
  readonly #started = new Set<string>();
  /** Attempts of a turn since it last entered the queue. */
  readonly #runs = new Map<string, number>();

  readonly check = (commit: Commit): void => {
    this.#pipelines.check(commit);
    this.#foldAll(commit);
    this.#checkEffects(commit);
    checkOrder(commit.events);
    this.#rounds.check(commit);
    this.#superseding.check(commit);
    this.#log.push(...commit.events);
    checkRoom(commit.after, this.#log);
    for (const { turn } of commit.closed) {
      const busy = turn.steps.some(
        (step) => !isStepClosed(step.status) && step.status !== "PENDING",
      );
      claim(!busy, "a closed turn leaves no step at work", turn);
    }
  };

  #foldAll({ before, after, events }: Commit): void {
    // What was momentary is in `before` already.
    let state: RoomState | undefined = this.#folded && before.state;
    for (const event of events) {
      claim(event.seq === (state?.task.headSeq ?? 0) + 1, "seq has no gaps", event);
      const parsed = logEvent.safeParse(event);
      claim(parsed.success, "every event is the schema's", { event, error: parsed.error });
      claim(isDeepStrictEqual(parsed.data, event), "an event has nothing but the schema's", event);
      const next = applyEvent(state, event);
      claim(next !== undefined, "the fold takes every event", event);
      claim(applyEvent(next, event) === next, "an event applied twice changes nothing", event);
      this.#checkMoves(state, next, event);
      state = next;
    }
    this.#folded = state ?? this.#folded;
    const same = events.length === 0 || isDeepStrictEqual(state, after.state);
    claim(same, "the fold of the events is the room's state", { state, room: after.state });
  }

  #checkMoves(before: RoomState | undefined, after: RoomState, event: LogEvent): void {
    if (event.type === "task:status") {
      const { previous, status } = event.data;
      claim(previous === this.#taskStatus, "task:status tells what was before", event);
      claim(TASK_MOVES[previous].includes(status), "a task's move is legal", event);
      this.#taskStatus = status;
    }
    if (event.type === "turn:status") this.#checkTurnMove(event);
    for (const turn of after.openTurns) this.#checkSteps(turn, event);
    const closing = event.type === "turn:status" && !isOpen(event.data.status);
    const gone = closing && before?.openTurns.find((turn) => turn.id === event.data.turnId);
    if (gone) this.#checkSteps(applyToTurn(gone, event), event);
  }

  #checkTurnMove(event: Extract<LogEvent, { type: "turn:status" }>): void {
    const { turnId, previous, status, turn } = event.data;
    claim(
      previous === (this.#turns.get(turnId) ?? null),
      "turn:status tells what was before",
      event,
    );
    const legal = previous === null ? status === "PENDING" : TURN_MOVES[previous].includes(status);
    claim(legal, "a turn's move is legal", event);
    claim(!turn || turn.status === status, "a turn within an event has the event's status", event);
    this.#turns.set(turnId, status);
    if (status === "PENDING") this.#runs.set(turnId, 0);
  }

  #checkSteps(turn: Turn, event: LogEvent): void {
    for (const step of turn.steps) {
      const key = `${turn.id}/${step.step}`;
      const old = this.#steps.get(key);
      const from = old?.status ?? "PENDING";
      const legal = from === step.status || STEP_MOVES[from].includes(step.status);
      claim(legal, "a step's move is legal", { from, to: step.status, event });
      claim(step.attempt >= (old?.attempt ?? 0), "an attempt never goes back", { step, event });
      claim(step.run >= (old?.run ?? 1), "a run never goes back", { step, event });
      this.#steps.set(key, step);
    }
  }

  #checkEffects({ effects, events, after, closed }: Commit): void {
    for (const effect of effects) {
      if (effect.type !== "run") continue;
      const key = `${effect.turnId}/${effect.step}/${effect.attempt}`;
      claim(!this.#started.has(key), "no attempt is started twice", effect);
      this.#started.add(key);
      if (events.some((event) => isResumed(event, effect))) continue;
      const count = (this.#runs.get(effect.turnId) ?? 0) + 1;
      this.#runs.set(effect.turnId, count);
      const plan = planOf({ after, closed }, effect.turnId);
      claim(
        !plan || count <= mostRuns(plan),
        "retries, fallbacks and rollbacks are bounded",
        count,
      );
    }
    for (const { turn } of closed) {
      if (turn.status === "COMPLETED") continue;
      const stopped = effects.some((item) => item.type === "abort" && item.turnId === turn.id);
      claim(stopped, "a turn that ends early takes its work with it", turn);
    }
  }
}

/** Whether an attempt follows an answer that its step waited for: what bounds those is asked elsewhere. */
function isResumed({ type, data }: LogEvent, { turnId, attempt }: Fence): boolean {
  return (
    type === "chat:start" &&
    data.turnId === turnId &&
    data.attempt === attempt &&
    data.reason === "resumed"
  );
}

/** What retries, fallbacks, rollbacks and restarts may cost one turn at most. */
export function mostRuns({ members }: TeamPlan): number {
  const once = members.map(({ retry, onFailure }) => {
    const second = typeof onFailure === "object" && "fallback" in onFailure;
    return retry.maxAttempts * (second ? 2 : 1);
  });
  const sum = once.reduce((total, attempts) => total + attempts, 0);
  return sum * (1 + LIMITS.rollbacksPerTurn) + LIMITS.restartsPerTurn;
}

function checkRoom(room: Room, log: LogEvent[]): void {
  const { task, openTurns, streams, messages } = room.state;
  const active = openTurns.filter((turn) => isActive(turn.status));
  claim(active.length <= 1, "at most one turn is active", active);
  claim(active.length === 0 || openTurns[0] === active[0], "the active turn is first", openTurns);
  claim(task.activeTurnId === active[0]?.id, "the task names its active turn", task);
  const running = task.status === "RUNNING";
  claim(running === openTurns.length > 0, "a task runs exactly while a turn is open", room.state);
  const runs = Object.keys(room.runs).sort();
  claim(
    isDeepStrictEqual(runs, openTurns.map(({ id }) => id).sort()),
    "each open turn has a run",
    runs,
  );
  const due = deadlines(room);
  claim(openTurns.length === 0 || due.length > 0, "what waits has a deadline", room.state);
  claim(
    due.every(({ at }) => Number.isFinite(at)),
    "a deadline is a time",
    due,
  );
  for (const turn of active) checkActive(turn);
  const atWork = active.flatMap(({ steps }) => steps);
  const isRunning = ({ step }: { step: string }) =>
    atWork.some((one) => one.step === step && one.status === "RUNNING");
  const speaking = atWork.filter(isRunning);
  const writing = streams.filter(isRunning);
  const placeOf = ({ step, attempt, messageId }: Step | Stream) => ({ step, attempt, messageId });
  claim(
    isDeepStrictEqual(writing.map(placeOf), speaking.map(placeOf)),
    "a stream for each running step",
    { writing, speaking },
  );
  const kept = streams.filter((stream) => !isRunning(stream));
  claim(
    kept.every(({ rounds = [] }) => rounds.length > 0),
    "a step that waits has a stream for its rounds alone",
    kept,
  );
  const seqs = messages.map(({ seq }) => seq);
  claim(
    isDeepStrictEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    ),
    "messages by seq",
    seqs,
  );
  claim(new Set(messages.map(({ id }) => id)).size === messages.length, "messages once", messages);
  checkRestored(room, log);
}

function checkActive(turn: Turn): void {
  const atWork = turn.steps.filter(({ status }) => !isStepClosed(status) && status !== "PENDING");
  claim(atWork.length === 1, "an active turn is at exactly one step", turn);
  const waits = atWork[0]?.status === "WAITING";
  claim(waits === (turn.status === "WAITING"), "a turn waits with its step", turn);
  claim(turn.deadlineAt !== undefined, "an active turn shows its deadline", turn);
  const ids = turn.steps.flatMap(({ messageId }) => messageId ?? []);
  claim(new Set(ids).size === ids.length, "each step speaks in a message of its own", turn);
}

function checkRestored({ state, runs }: Room, log: LogEvent[]): void {
  const { headSeq, activeTurnId, progress, ...task } = state.task;
  const atRest = activeTurnId === undefined && progress !== undefined ? { progress } : {};
  const from = roundsFrom(runs) ?? Number.POSITIVE_INFINITY;
  const rounds = log.filter(({ seq }) => seq >= from);
  const restored = restoredState({ ...task, ...atRest }, headSeq, state.openTurns, rounds);
  const streams = state.streams.map((stream) => ({
    ...stream,
    text: textOf(stream.rounds ?? []),
    thinking: thinkingOf(stream.rounds ?? []),
  }));
  const stored = { ...state, streams, messages: [] };
  claim(isDeepStrictEqual(restored, stored), "a restart restores all but texts", {
    restored,
    stored,
  });
}

const LAST_WORDS = ["chat:done", "chat:error final", "chat:cancelled"];

/** Contract section 4: last words, then the turn's end, then the task's status. */
function checkOrder(events: LogEvent[]): void {
  for (const [at, event] of events.entries()) {
    if (event.type !== "turn:status" || isOpen(event.data.status)) continue;
    const { turnId } = event.data;
    const spoken = events.slice(0, at).filter((other) => speaker(other) === turnId);
    const words = spoken.map(brief).filter((text) => LAST_WORDS.includes(text));
    claim(words.length > 0, "a turn ends after its last words", events.map(brief));
    const after = events.slice(at + 1);
    const late = after.some((other) => speaker(other) === turnId);
    claim(!late, "nothing is said of a turn after its end", events.map(brief));
    const task = events.findIndex(
      (other) => other.type === "task:status" && isEnd(other.data.status),
    );
    claim(
      task < 0 || task > at || after.length > 0,
      "the task's status is last",
      events.map(brief),
    );
  }
}

function isEnd(status: TaskStatus): boolean {
  return status !== "RUNNING";
}

function speaker(event: LogEvent): string | undefined {
  return "turnId" in event.data ? event.data.turnId : undefined;
}
