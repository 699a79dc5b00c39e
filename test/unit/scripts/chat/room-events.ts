import type { LogEvent, LogFact, MomentaryEvent, RoomEvent } from "../../../../src/protocol/events";
import type { Message } from "../../../../src/protocol/message";
import type { RoomState } from "../../../../src/protocol/room-state";
import type { Turn } from "../../../../src/protocol/turn";
import { idNumber } from "../../../support/engine-builders";

const TS = "2026-01-01T00:00:00.000Z";
const TASK = idNumber("task", 1);
export const TURN = idNumber("turn", 1);
const QUESTION = idNumber("msg", 1);
const ANSWER = idNumber("msg", 2);
const writing = { turnId: TURN, messageId: ANSWER };

type Unnumbered<T> = T extends { data: unknown } ? Omit<T, "seq" | "ts"> : never;
export type Said = Unnumbered<MomentaryEvent> | LogFact;

/** Numbers and dates what a room says; momentary events get no number. */
export function script(said: Said[], firstSeq = 1): RoomEvent[] {
  let seq = firstSeq - 1;
  return said.map((item) => {
    if (isMomentary(item)) return { ...item, ts: TS } as MomentaryEvent;
    seq += 1;
    return { ...item, seq, ts: TS } as LogEvent;
  });
}

function isMomentary(item: Said): boolean {
  return /^(session:ready|history:reset|chat:chunk|chat:thinking|phase:update|presence)$/.test(
    item.type,
  );
}

export function room(headSeq: number, patch: Partial<RoomState> = {}): RoomState {
  const task = {
    id: TASK,
    title: "A task",
    teamRef: { namespace: "system", name: "assistant" },
    status: "PENDING" as const,
    labels: {},
    metadata: {},
    createdBy: "alice",
    createdAt: TS,
    updatedAt: TS,
    headSeq,
    epoch: "e1",
  };
  return { task, openTurns: [], streams: [], messages: [], ...patch };
}

export function ready(state?: RoomState, headSeq = state?.task.headSeq ?? 0): Said {
  const data = {
    sessionId: "sess_1",
    recoveryToken: "r".repeat(43),
    resumed: state === undefined,
    expiresAt: TS,
    headSeq,
    epoch: "e1",
    presence: [],
    limits: {
      frameBytes: 1,
      contentUnits: 1,
      commandsPerWindow: 1,
      commandWindowMs: 1,
      waitingTurns: 1,
    },
  };
  return { type: "session:ready", data: { ...data, ...(state && { state }) } };
}

export const turn: Turn = {
  id: TURN,
  taskId: TASK,
  threadId: "main",
  messageId: QUESTION,
  status: "PENDING",
  onBusy: "enqueue",
  createdAt: TS,
  steps: [
    {
      step: "s1",
      phase: "assistant",
      bot: "system/assistant",
      status: "PENDING",
      attempt: 0,
      run: 1,
    },
  ],
  metadata: {},
};

export function message(
  role: "user" | "assistant",
  content: string,
  patch: Partial<Message> = {},
): Message {
  const id = role === "user" ? QUESTION : ANSWER;
  const base = { id, seq: 1, taskId: TASK, turnId: TURN, threadId: "main", role, content };
  return { ...base, status: "complete", createdAt: TS, metadata: {}, ...patch };
}

export const asked: Said = { type: "chat:message", data: { message: message("user", "Why?") } };
export const queued: Said = {
  type: "turn:status",
  data: { turnId: TURN, status: "PENDING", previous: null, turn },
};
export const running: Said = {
  type: "turn:status",
  data: { turnId: TURN, status: "PROCESSING", previous: "PENDING" },
};

export function start(attempt = 1): Said {
  return {
    type: "chat:start",
    data: { ...writing, attempt, step: "s1", bot: "system/assistant", model: "demo" },
  };
}

export function chunk(offset: number, delta: string, attempt = 1): Said {
  return { type: "chat:chunk", data: { ...writing, attempt, offset, delta } };
}

export function thought(offset: number, delta: string, attempt = 1): Said {
  return { type: "chat:thinking", data: { ...writing, attempt, offset, delta } };
}

export function retried(attempt: number, retryInMs: number): Said {
  const data = {
    ...writing,
    attempt,
    code: "model_unavailable" as const,
    message: "The model is unavailable",
  };
  return { type: "chat:error", data: { ...data, retryable: true, retryInMs, partial: null } };
}

export function failed(attempt: number, partial: string | null): Said {
  const kept = partial === null ? null : message("assistant", partial, { status: "failed" });
  const data = {
    ...writing,
    attempt,
    code: "model_rejected" as const,
    message: "The model refuses",
  };
  return { type: "chat:error", data: { ...data, retryable: false, partial: kept } };
}

export function cancelled(kept: string | null): Said {
  const partial = kept === null ? null : message("assistant", kept, { status: "interrupted" });
  return { type: "chat:cancelled", data: { ...writing, by: "alice", message: partial } };
}

export function done(content: string, attempt = 1): Said {
  return {
    type: "chat:done",
    data: { ...writing, attempt, message: message("assistant", content) },
  };
}

export function ended(status: "COMPLETED" | "FAILED" | "INTERRUPTED"): Said {
  return { type: "turn:status", data: { turnId: TURN, status, previous: "PROCESSING" } };
}

const inRound = { ...writing, attempt: 1, round: 0 };

/** A round that calls `look` once for each of these places. */
export function round(text: string, ...places: string[]): Said {
  const calls = places.map((place, index) => ({
    ...{ index, toolCallId: `call_${index}`, name: "look", input: { place } },
  }));
  return { type: "chat:round", data: { ...inRound, text, calls } };
}

const called = (index: number) => ({ index, toolCallId: `call_${index}`, name: "look" });

export function call(index: number, more: { where?: "client" } = {}): Said {
  return { type: "tool:call", data: { ...inRound, ...called(index), input: {}, ...more } };
}

export function decision(index: number, approve: boolean, note?: string): Said {
  const { turnId, messageId, round: at } = inRound;
  const said = { approve, by: "bob", ...(note !== undefined && { note }) };
  const data = { turnId, messageId, round: at, step: "s1", ...called(index), ...said };
  return { type: "tool:decision", data };
}

export function result(index: number, outcome: { output: string } | { error: string }): Said {
  return { type: "tool:result", data: { ...inRound, ...called(index), ...outcome } };
}
