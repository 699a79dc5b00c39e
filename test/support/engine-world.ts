import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { applyEvent } from "../../src/engine/fold/fold";
import { restoredState } from "../../src/engine/fold/restore";
import { finishStep } from "../../src/engine/step/end";
import { failStep } from "../../src/engine/step/fail";
import type { Fence } from "../../src/engine/step/fence";
import { answersOf } from "../../src/engine/step/message";
import { progressEvent } from "../../src/engine/step/progress";
import { recordRounds } from "../../src/engine/step/records";
import { stepRequest } from "../../src/engine/step/request";
import { announceTask, emptyRoom } from "../../src/engine/task/create";
import { retryTurn } from "../../src/engine/task/people";
import { beginTurn, unpaidTurn } from "../../src/engine/turn/begin";
import { deadlines, meetDeadlines } from "../../src/engine/turn/deadlines";
import { type Decision, decide } from "../../src/engine/turn/decide";
import type { Context, Draft, Effect, KeptValue, Spending } from "../../src/engine/turn/draft";
import { editMessage } from "../../src/engine/turn/edit";
import { recoverTurn } from "../../src/engine/turn/recover";
import { regenerateTurn } from "../../src/engine/turn/regenerate";
import { type Room, roundsFrom, type TurnRecord } from "../../src/engine/turn/room";
import { type Send, send } from "../../src/engine/turn/send";
import { isOpen } from "../../src/engine/turn/transitions";
import { FAILURES, type FailureCode, type Refusal } from "../../src/protocol/errors";
import type { LogEvent, MomentaryEvent, RoomEvent } from "../../src/protocol/events";
import type { JsonValue } from "../../src/protocol/json";
import type { Message } from "../../src/protocol/message";
import type { StreamRound } from "../../src/protocol/room-state";
import { toTimestamp } from "../../src/protocol/time";
import { type ToolUse, toolUse, usesIn } from "../../src/protocol/tools/tool-use";
import type { Step, Turn } from "../../src/protocol/turn";
import type { StepFailure, StepRecord, StepRequest } from "../../src/resources/step";
import type { TeamPlan } from "../../src/resources/team-plan";
import { deepFreeze } from "./deep-freeze";
import { idNumber, OWNER, T0 } from "./engine-builders";

export const CONFIRM_TIMEOUT_MS = 86_400_000;
export const CLIENT_TOOL_TIMEOUT_MS = 300_000;

/** What one committed decision did, for whoever checks it. */
export type Commit = {
  before: Room;
  after: Room;
  events: LogEvent[];
  effects: Effect[];
  closed: TurnRecord[];
  spent: Spending[];
};

/**
 * A room with a clock and a log: decides as the durable object does, and stands in for the runner.
 * Every room is frozen before a rule sees it, and every rule is asked twice: it must say the same.
 */
export class World {
  room: Room;
  now = T0;
  random = 0;
  readonly log: LogEvent[] = [];
  /** What a client that never leaves is sent. */
  readonly trace: RoomEvent[] = [];
  readonly effects: Effect[] = [];
  /** Every attempt that was ever started, oldest first. */
  readonly attempts: Fence[] = [];
  /** Each turn as it was when it last closed. */
  readonly closed = new Map<string, TurnRecord>();
  readonly turnIds: string[] = [];
  /** What the team's references resolve to. */
  plan: TeamPlan;
  readonly #watch: (commit: Commit) => void;
  readonly #confirmTimeoutMs: number;
  /** Whether a turn begins as soon as its room says so, or when the test does. */
  beginsByItself: boolean;
  /** Turn → step → what the step gave. */
  readonly #outputs = new Map<string, Map<string, string>>();
  /** What steps that ended without an answer had done, as the room's store keeps it. */
  readonly #rounds = new Map<string, StreamRound[]>();
  /** What tools did in runs that were rolled back. */
  readonly #uses = new Map<string, ToolUse[]>();
  /** What rounds go on from that no event shows. */
  readonly #memos = new Map<string, KeptValue["value"]>();
  #ids = 0;

  constructor(
    plan: TeamPlan,
    options: {
      watch?: (commit: Commit) => void;
      beginsByItself?: boolean;
      ephemeral?: true;
      confirmTimeoutMs?: number;
    } = {},
  ) {
    this.plan = plan;
    this.#confirmTimeoutMs = options.confirmTimeoutMs ?? CONFIRM_TIMEOUT_MS;
    this.#watch = options.watch ?? (() => {});
    this.beginsByItself = options.beginsByItself ?? true;
    this.room = emptyRoom(
      {
        taskId: idNumber("task", 1),
        title: "A task",
        teamRef: { namespace: "system", name: "assistant" },
        labels: {},
        metadata: {},
        createdBy: OWNER,
        members: { [OWNER]: "owner" },
        epoch: "e1",
        plan,
        ...(options.ephemeral && { ephemeral: true }),
      },
      T0,
    );
    this.act(announceTask);
  }

  get context(): Context {
    return {
      now: this.now,
      random: this.random,
      confirmTimeoutMs: this.#confirmTimeoutMs,
      clientToolTimeoutMs: CLIENT_TOOL_TIMEOUT_MS,
      roundsLeft: (turnId, step) => this.#rounds.get(`${turnId} ${step}`) ?? [],
      usesLeft: (turnId, step) => this.#uses.get(`${turnId} ${step}`) ?? [],
      usesOf: (messageId) => this.#usesIn(messageId),
      answersOf: ({ id }) => this.#answersOf(new Set([id])),
    };
  }

  /** Decides and, unless refused, commits. */
  decide<T>(rule: (draft: Draft) => T | Refusal): Decision<T> {
    const before = deepFreeze(this.room);
    const decision = decide(before, this.context, rule);
    const again = decide(before, this.context, rule);
    if (!isDeepStrictEqual(decision, again)) throw new Error("the same room decided otherwise");
    if ("refusal" in decision) return decision;
    const { room, events, effects, closed, results, rounds, values, spent } = decision.change;
    this.room = room;
    this.log.push(...events);
    this.trace.push(...events);
    this.effects.push(...effects);
    for (const { turnId, step, result } of results) {
      this.#outputs.set(turnId, new Map(this.#outputs.get(turnId)).set(step, result.output));
    }
    for (const { turnId, step, round, kind, value } of values) {
      if (kind === "uses") this.#uses.set(`${turnId} ${step}`, z.array(toolUse).parse(value));
      if (kind === "memo") this.#memos.set(`${turnId} ${step} ${round}`, value);
    }
    for (const kept of rounds) this.#rounds.set(`${kept.turnId} ${kept.step}`, kept.rounds);
    for (const record of closed) this.closed.set(record.turn.id, record);
    for (const effect of effects) {
      if (effect.type === "run") this.attempts.push(effect);
    }
    this.#watch({ before, after: deepFreeze(room), events, effects, closed, spent });
    if (this.beginsByItself && effects.some((effect) => effect.type === "begin")) this.begin();
    return decision;
  }

  /** As `decide`, where a refusal would be a mistake of the test. */
  act<T>(rule: (draft: Draft) => T | Refusal): T {
    const decision = this.decide(rule);
    if ("refusal" in decision) throw new Error(`refused: ${decision.refusal.message}`);
    return decision.reply;
  }

  refusal<T>(rule: (draft: Draft) => T | Refusal): Refusal {
    const decision = this.decide(rule);
    if (!("refusal" in decision)) throw new Error("was not refused");
    return decision.refusal;
  }

  begin(): void {
    const admitted = unpaidTurn(this.room)?.turnId;
    this.act((draft) => beginTurn(draft, this.plan, admitted));
  }

  /** A message with fresh ids. */
  draftSend(content = "hello", onBusy?: Send["onBusy"]): Send {
    this.#ids += 1;
    const turnId = idNumber("turn", this.#ids);
    this.turnIds.push(turnId);
    return {
      turnId,
      messageId: idNumber("msg", this.#ids),
      author: { userId: OWNER },
      content,
      threadId: "main",
      metadata: {},
      ...(onBusy && { onBusy }),
    };
  }

  /** The turn that the message belongs to. */
  send(content = "hello", onBusy?: Send["onBusy"]): string {
    const input = this.draftSend(content, onBusy);
    return this.act((draft) => send(draft, input)).turnId;
  }

  turn(turnId: string): Turn {
    const open = this.room.state.openTurns.find((turn) => turn.id === turnId);
    const turn = open ?? this.closed.get(turnId)?.turn;
    if (!turn) throw new Error(`no turn ${turnId}`);
    return turn;
  }

  /** Everything that was ever said to the room, by id. */
  said(messageId: string): Message {
    for (const event of this.log) {
      if (event.type === "chat:message" && event.data.message.id === messageId) {
        return event.data.message;
      }
    }
    throw new Error(`no message ${messageId}`);
  }

  stands(messageId: string): boolean {
    return this.room.state.messages.some(({ id }) => id === messageId);
  }

  /** All turns that answer what a turn answers. */
  #turnsFor({ messageId }: Turn): Turn[] {
    const turns = [
      ...this.room.state.openTurns,
      ...[...this.closed.values()].map(({ turn }) => turn),
    ];
    return turns.filter((turn) => turn.messageId === messageId);
  }

  #answersOf(turnIds: ReadonlySet<string>): string[] {
    const { messages } = this.room.state;
    return messages.flatMap(({ id, role, turnId }) =>
      role === "assistant" && turnIds.has(turnId) ? [id] : [],
    );
  }

  /** All answers that stand to what a turn answers. */
  #answersTo(turn: Turn): string[] {
    return this.#answersOf(new Set(this.#turnsFor(turn).map(({ id }) => id)));
  }

  /** As the room's commands ask for it. */
  retry(record: TurnRecord): Decision<{ turnId: string }> {
    const standing = { isSuperseded: this.isOver(record), answers: this.#answersTo(record.turn) };
    return this.decide((draft) => retryTurn(draft, record, standing));
  }

  /** Whether nobody waits for an answer of a turn any more. */
  isOver({ turn, run }: TurnRecord): boolean {
    const others = this.#turnsFor(turn).filter(({ id }) => id !== turn.id);
    const isOvertaken = others.some(
      ({ id, startedAt, status }) => isOpen(status) || (id > turn.id && startedAt),
    );
    const messages = [turn.messageId, ...(run.joined ?? []), ...answersOf(turn)];
    return isOvertaken || messages.some((id) => this.#isSuperseded(id));
  }

  #isSuperseded(messageId: string): boolean {
    return this.log.some(
      ({ type, data }) => type === "messages:superseded" && data.messageIds.includes(messageId),
    );
  }

  /** As the room's commands ask for it; the same turn where one is open for the message. */
  regenerate(record: TurnRecord): string | undefined {
    const { turn, run } = record;
    const all = this.#turnsFor(turn);
    const open = all.find(({ regenerates, status }) => regenerates && isOpen(status));
    if (open) return open.id;
    const { turnId } = this.draftSend();
    const answers = this.#answersTo(turn);
    const lost = (run.joined ?? []).some((id) => !this.stands(id));
    const decision = this.decide((draft) =>
      regenerateTurn(draft, {
        ...{ record, turnId, userId: OWNER, message: this.said(turn.messageId) },
        isSuperseded: lost || !this.stands(turn.messageId),
        answers,
      }),
    );
    return "refusal" in decision ? undefined : turnId;
  }

  edit(message: Message, content = "rather this", { interrupts = false, by = OWNER } = {}) {
    const { threadId: _, onBusy: __, ...input } = this.draftSend(content);
    const following = this.room.state.messages.filter(
      ({ threadId, seq }) => threadId === message.threadId && seq >= message.seq,
    );
    return this.decide((draft) =>
      editMessage(draft, {
        input: { ...input, author: { userId: by }, onBusy: "enqueue" },
        ...{ message, interrupts, isOwner: by === OWNER },
        isSuperseded: !this.stands(message.id),
        following: following.map(({ id }) => id),
      }),
    );
  }

  /** The newest attempt. */
  get attempt(): Fence {
    const attempt = this.attempts.at(-1);
    if (!attempt) throw new Error("nothing was started");
    return attempt;
  }

  /** What the agent of an attempt is called with. */
  request(history: Message[] = [], fence = this.attempt): StepRequest | undefined {
    const outputs = this.#outputs.get(fence.turnId) ?? new Map();
    return stepRequest(this.room, fence, {
      history,
      outputs,
      uses: new Map(
        this.turn(fence.turnId).steps.map((step) => [step.step, this.#left(fence, step)]),
      ),
      rounds: this.rounds(fence).map((round) => {
        const memo = this.#memos.get(`${fence.turnId} ${fence.step} ${round.round}`);
        return { ...round, ...(memo !== undefined && { memo: memo as JsonValue }) };
      }),
      parts: new Map(),
      attachments: [],
      handedFiles: new Map(),
    });
  }

  #usesIn(messageId: string): ToolUse[] {
    return usesIn(this.room.state.messages.find(({ id }) => id === messageId)?.metadata);
  }

  #left({ turnId }: Fence, { step, status, messageId = "" }: Step): ToolUse[] {
    if (status === "FAILED") return this.#usesIn(messageId);
    return this.#uses.get(`${turnId} ${step}`) ?? [];
  }

  /** What was done in the step's rounds so far. */
  rounds({ turnId, step } = this.attempt): StreamRound[] {
    const { streams } = this.room.state;
    return streams.find((one) => one.turnId === turnId && one.step === step)?.rounds ?? [];
  }

  record(records: StepRecord[], fence = this.attempt): void {
    this.act((draft) => recordRounds(draft, fenceOf(fence), records));
  }

  write(delta: string, fence = this.attempt, type: "text" | "thinking" = "text"): void {
    const stream = this.room.state.streams.find((item) => item.turnId === fence.turnId);
    if (stream?.step !== fence.step || stream.attempt !== fence.attempt) return;
    // What an attempt goes on from stays in its stream once it is over; nobody hears it any more.
    const { steps } = this.turn(fence.turnId);
    if (steps.find(({ step }) => step === fence.step)?.status !== "RUNNING") return;
    this.tell({
      type: type === "text" ? "chat:chunk" : "chat:thinking",
      ts: toTimestamp(this.now),
      data: {
        turnId: fence.turnId,
        messageId: stream.messageId,
        attempt: fence.attempt,
        offset: stream[type].length,
        delta,
      },
    });
  }

  progress(percentComplete: number, fence = this.attempt): void {
    const progress = { ...fenceOf(fence), percentComplete };
    const event = progressEvent(this.room.state, progress, toTimestamp(this.now));
    if (event) this.tell(event);
  }

  finish(text = "done", fence = this.attempt, totalTokens?: number): void {
    if (text) this.write(text, fence);
    const usage = totalTokens === undefined ? {} : { usage: { totalTokens } };
    this.act((draft) => finishStep(draft, { ...fenceOf(fence), metadata: {}, ...usage }));
  }

  fail(code: FailureCode = "model_unavailable", fence = this.attempt, retryAfterMs?: number): void {
    const failure: StepFailure = {
      type: "failure",
      code,
      message: `it was ${code}`,
      retryable: FAILURES[code].retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
    this.act((draft) => failStep(draft, fenceOf(fence), failure));
  }

  /** Lets time pass, then the alarm ring. */
  wait(ms: number): void {
    this.now += ms;
    this.act(meetDeadlines);
  }

  /** Lets time pass until the next deadline, then the alarm ring; false where none is left. */
  waitForAlarm(): boolean {
    const next = Math.min(...deadlines(this.room).map(({ at }) => at));
    if (next === Number.POSITIVE_INFINITY) return false;
    this.wait(Math.max(0, next - this.now));
    return true;
  }

  /** The object dies and another takes over: what was not stored is gone, runners with it. */
  restart(): void {
    const { state } = this.room;
    const { headSeq, activeTurnId, progress, ...task } = state.task;
    const atRest = activeTurnId === undefined && progress !== undefined ? { progress } : {};
    const restored = restoredState(
      { ...task, ...atRest },
      headSeq,
      state.openTurns,
      this.#roundEvents(),
    );
    this.room = { ...this.room, state: { ...restored, messages: state.messages } };
  }

  #roundEvents(): LogEvent[] {
    const from = roundsFrom(this.room.runs) ?? Number.POSITIVE_INFINITY;
    return this.log.filter(({ seq }) => seq >= from);
  }

  crash(): void {
    this.restart();
    this.act(recoverTurn);
  }

  tell(event: MomentaryEvent): void {
    const state = applyEvent(deepFreeze(this.room).state, event);
    if (state) this.room = { ...this.room, state };
    this.trace.push(event);
  }

  /** What was logged since there were `from` events, in short. */
  since(from: number): string[] {
    return this.log.slice(from).map(brief);
  }
}

function fenceOf({ turnId, step, attempt }: Fence): Fence {
  return { turnId, step, attempt };
}

/** An event as a table writes it: its type, and the status or step that it is about. */
export function brief(event: LogEvent): string {
  switch (event.type) {
    case "turn:status":
    case "task:status":
      return `${event.type} ${event.data.status}`;
    case "chat:error":
      return `${event.type} ${event.data.retryable ? "retried" : "final"}`;
    case "chat:guided":
      return `${event.type} ${event.data.outcome}`;
    case "log":
      return `${event.type} ${event.data.level}`;
    case "phase:start":
    case "phase:done":
    case "phase:error":
    case "phase:retry":
    case "phase:waiting":
    case "phase:skipped":
    case "chat:start":
      return `${event.type} ${event.data.step}`;
    default:
      return event.type;
  }
}
