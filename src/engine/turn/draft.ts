import type { LogEvent, LogFact } from "../../protocol/events";
import type { JsonValue } from "../../protocol/json";
import type { Message } from "../../protocol/message";
import type { Stream, StreamRound } from "../../protocol/room-state";
import type { CarriedFile } from "../../protocol/rooms/files";
import type { StepRun, TurnRun } from "../../protocol/rooms/turn-run";
import { toTimestamp } from "../../protocol/time";
import type { ToolUse } from "../../protocol/tools/tool-use";
import type { StepResult, Turn } from "../../protocol/turn";
import type { Usage } from "../../protocol/usage";
import type { AgentConfig } from "../../resources/agent";
import { applyEvent } from "../fold/fold";
import { applyToTurn } from "../fold/turn-fold";
import type { Room, TurnRecord } from "./room";
import { isOpen } from "./transitions";

/** Work that a commit starts; none of it is waited for. */
export type Effect =
  | { type: "run"; turnId: string; step: string; attempt: number }
  | AbortEffect
  | { type: "begin" };
/** `another`: another attempt of the same run follows. */
export type AbortEffect = { type: "abort"; turnId: string; another?: true };

export type Context = {
  /** Milliseconds since 1970. */
  now: number;
  /** In [0, 1), for jitter. */
  random: number;
  confirmTimeoutMs: number;
  clientToolTimeoutMs: number;
  /** The rounds that a step's last run was left with; whole runs of tools lie in no open turn. */
  roundsLeft(turnId: string, step: string): StreamRound[];
  /** What tools did in runs of a step that were rolled back, and in the making of a message. */
  usesLeft(turnId: string, step: string): ToolUse[];
  usesOf(messageId: string): ToolUse[];
  /** The answers of a turn that stand. */
  answersOf(turn: Turn): string[];
};

export type Change = {
  room: Room;
  events: LogEvent[];
  effects: Effect[];
  /** Turns that closed, as they are to be kept. */
  closed: TurnRecord[];
  /** Results of steps that closed, whole. */
  results: KeptResult[];
  /** Values of tools that events show cut. */
  values: KeptValue[];
  /** Parts of an agent's work that were begun, or are done. */
  parts: KeptPart[];
  /** Rounds of steps that ended without an answer, for who tries again. */
  rounds: KeptRounds[];
  /** Files that the task carries from here on. */
  files: CarriedFile[];
  /** Messages of before the log's first event that the room keeps for models. */
  older: Message[];
  /** What providers counted, by the agents that they counted it for. */
  spent: Spending[];
};

export type Spending = { usage: Usage; agent: AgentConfig };

/** A value that is longer than its event shows, or that no event shows; without one there is none. */
export type KeptValue = {
  turnId: string;
  step: string;
  round: number;
  /** Of the call; -1 of the round itself. */
  index: number;
  kind: "input" | "output" | "memo" | "uses";
  value: JsonValue | ToolUse[] | undefined;
};

/** Without a value its outcome is not known yet. */
export type KeptPart = {
  turnId: string;
  step: string;
  run: number;
  key: string;
  value?: JsonValue | undefined;
  /** It may begin once more. */
  threw?: true | undefined;
};

export type KeptRounds = { turnId: string; step: string; rounds: StreamRound[] };

export type KeptResult = { turnId: string; step: string; run: number; result: StepResult };

/**
 * One transition being made: every public change is an event through the fold, so that the state
 * and its log can never disagree; what is private to the engine is set beside it.
 */
export class Draft {
  readonly context: Context;
  #room: Room;
  readonly #events: LogEvent[] = [];
  readonly #effects: Effect[] = [];
  readonly #closed: TurnRecord[] = [];
  readonly #results: KeptResult[] = [];
  readonly #values: KeptValue[] = [];
  readonly #rounds: KeptRounds[] = [];
  readonly #parts: KeptPart[] = [];
  readonly #files: CarriedFile[] = [];
  readonly #older: Message[] = [];
  readonly #spent: Spending[] = [];
  readonly #finishes = new Map<string, string>();

  constructor(room: Room, context: Context) {
    this.#room = room;
    this.context = context;
  }

  get room(): Room {
    return this.#room;
  }

  get ts(): string {
    return toTimestamp(this.context.now);
  }

  get nextSeq(): number {
    return this.#room.state.task.headSeq + 1;
  }

  emit(fact: LogFact): void {
    const event: LogEvent = { ...fact, seq: this.nextSeq, ts: this.ts };
    this.#keepClosed(event);
    const state = applyEvent(this.#room.state, event);
    if (state) this.#room = { ...this.#room, state };
    this.#events.push(event);
  }

  effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  keepResult(result: KeptResult): void {
    this.#results.push(result);
  }

  keepValue(value: KeptValue): void {
    this.#values.push(value);
  }

  keepPart(part: KeptPart): void {
    this.#parts.push(part);
  }

  keepRounds(rounds: KeptRounds): void {
    this.#rounds.push(rounds);
  }

  /** Files that a message of this change carries: without this they would be let go of. */
  carry(files: readonly CarriedFile[]): void {
    this.#files.push(...files);
  }

  keepOlder(message: Message): void {
    this.#older.push(message);
  }

  noteSpending(spending: Spending): void {
    this.#spent.push(spending);
  }

  /** How the answer ended that a turn was writing, for the message that may be kept of it. */
  noteFinish(turnId: string, finishReason: string): void {
    this.#finishes.set(turnId, finishReason);
  }

  finishOf(turnId: string): string | undefined {
    return this.#finishes.get(turnId);
  }

  turn(turnId: string): Turn | undefined {
    return this.#room.state.openTurns.find((turn) => turn.id === turnId);
  }

  /** What the turn's step is writing: a turn is at one step at a time. */
  stream(turnId: string): Stream | undefined {
    return this.#room.state.streams.find((stream) => stream.turnId === turnId);
  }

  run(turnId: string): TurnRun {
    const run = this.#room.runs[turnId];
    if (!run) throw new Error(`open turn ${turnId} has no run`);
    return run;
  }

  setRun(turnId: string, patch: Partial<TurnRun>): void {
    const runs = { ...this.#room.runs, [turnId]: { ...this.run(turnId), ...patch } };
    this.#room = { ...this.#room, runs };
  }

  addRun(turnId: string, run: TurnRun): void {
    this.#room = { ...this.#room, runs: { ...this.#room.runs, [turnId]: run } };
  }

  stepRun(turnId: string, step: string): StepRun {
    return this.run(turnId).steps[step] ?? { tries: 0 };
  }

  setStepRun(turnId: string, step: string, stepRun: StepRun): void {
    this.setRun(turnId, { steps: { ...this.run(turnId).steps, [step]: stepRun } });
  }

  setRoom(patch: Partial<Omit<Room, "state" | "runs">>): void {
    this.#room = { ...this.#room, ...patch };
  }

  done(): Change {
    return {
      room: { ...this.#room, plans: this.#plansInUse() },
      events: this.#events,
      effects: this.#effects,
      closed: this.#closed,
      results: this.#results,
      values: this.#values,
      rounds: this.#rounds,
      parts: this.#parts,
      files: this.#files,
      older: this.#older,
      spent: this.#spent,
    };
  }

  #plansInUse(): Room["plans"] {
    const { plans, planId, runs } = this.#room;
    const used = new Set([planId, ...Object.values(runs).map((run) => run.planId)]);
    return Object.fromEntries(Object.entries(plans).filter(([id]) => used.has(Number(id))));
  }

  // The fold lets go of a closed turn; its last shape is kept for history and `chat:retry`.
  #keepClosed(event: LogEvent): void {
    if (event.type !== "turn:status" || isOpen(event.data.status)) return;
    const turn = this.turn(event.data.turnId);
    if (!turn) return;
    this.#closed.push({ turn: applyToTurn(turn, event), run: this.run(turn.id) });
    const { [turn.id]: _, ...runs } = this.#room.runs;
    this.#room = { ...this.#room, runs };
  }
}
