import * as z from "zod";
import { failure, failureCode } from "./errors";
import { messageId, turnId } from "./ids";
import { jsonValue } from "./json";
import { logEntry } from "./log-entry";
import { message } from "./message";
import { roomState } from "./room-state";
import { recoveryToken, session } from "./session";
import { task, taskStatus } from "./task";
import { timestamp } from "./time";
import { stepResult, turn, turnStatus } from "./turn";
import { usage } from "./usage";

const attempt = z.int().min(1);
const writing = { turnId, messageId, attempt };

/** The task's log: committed before anyone hears of it, numbered without gaps. */
const LOGGED = {
  "chat:message": z.object({ message }),
  "turn:status": z.object({
    turnId,
    status: turnStatus,
    previous: turnStatus.nullable(),
    reason: z.string().optional(),
    /** 1 is next; only of a waiting turn. */
    queuePosition: z.int().min(1).optional(),
    deadlineAt: timestamp.optional(),
    error: failure.optional(),
    /** Of all steps so far; only of a closed turn. */
    usage: usage.optional(),
    /** Of all steps since it was last put into the queue; only of a closed turn. */
    tokens: z.int().min(0).optional(),
    /** Whole when the turn enters the queue, or when its steps are laid anew. */
    turn: turn.optional(),
  }),
  "chat:start": z.object({ ...writing, step: z.string(), bot: z.string(), model: z.string() }),
  "tool:call": z.object({
    ...writing,
    toolCallId: z.string(),
    name: z.string(),
    input: jsonValue,
    /** Set where it is the beginning of a longer one, as text. */
    cut: z.literal(true).optional(),
  }),
  "tool:result": z.object({
    ...writing,
    toolCallId: z.string(),
    name: z.string(),
    output: jsonValue.optional(),
    error: z.string().optional(),
    /** As of a `tool:call`. */
    cut: z.literal(true).optional(),
  }),
  "chat:done": z.object({ ...writing, message }),
  "chat:error": z.object({
    turnId,
    messageId: messageId.optional(),
    attempt,
    code: failureCode,
    message: z.string(),
    retryable: z.boolean(),
    retryInMs: z.int().optional(),
    partial: message.nullable(),
  }),
  "chat:cancelled": z.object({
    turnId,
    messageId: messageId.optional(),
    by: z.string(),
    reason: z.string().optional(),
    message: message.nullable(),
  }),
  "chat:guided": z.object({
    turnId,
    content: z.string(),
    outcome: z.enum(["applied", "expired"]),
  }),
  "task:status": z.object({
    status: taskStatus,
    previous: taskStatus,
    reason: z.string().optional(),
    /** A user's id, or `system`. */
    actor: z.string(),
  }),
  "task:updated": z.object({ task }),
  "task:error": z.object({
    turnId: turnId.optional(),
    phase: z.string().optional(),
    code: failureCode,
    message: z.string(),
  }),
  log: logEntry,
} as const;

const phaseData = z.object({
  turnId,
  step: z.string(),
  phase: z.string(),
  attempt: z.int(),
  run: z.int(),
  result: stepResult.optional(),
  error: failure.optional(),
  retryInMs: z.int().optional(),
});
const PHASES = {
  "phase:start": phaseData,
  "phase:done": phaseData,
  "phase:error": phaseData,
  "phase:retry": phaseData,
  "phase:waiting": phaseData,
  "phase:skipped": phaseData,
} as const;

/** Text becomes `text.slice(0, offset) + delta`, in UTF-16 units. */
const delta = z.object({ ...writing, offset: z.int().min(0), delta: z.string() });

export const presenceState = z.enum(["joined", "left", "typing", "idle"]);
export const presence = z.object({
  userId: z.string(),
  name: z.string().optional(),
  state: presenceState,
  connections: z.int(),
});
export type Presence = z.infer<typeof presence>;

export const roomLimits = z.object({
  frameBytes: z.int(),
  contentUnits: z.int(),
  commandsPerWindow: z.int(),
  commandWindowMs: z.int(),
  waitingTurns: z.int(),
});

/** Momentary: unnumbered, and what they say is also in the state. */
const MOMENTARY = {
  "session:ready": z.object({
    sessionId: session.shape.id,
    recoveryToken,
    resumed: z.boolean(),
    expiresAt: timestamp,
    headSeq: z.int(),
    epoch: z.string(),
    state: roomState.optional(),
    presence: z.array(presence),
    limits: roomLimits,
  }),
  "chat:chunk": delta,
  "chat:thinking": delta,
  "phase:update": z.object({
    turnId,
    step: z.string(),
    phase: z.string(),
    attempt: z.int(),
    percentComplete: z.int().min(0).max(100),
    message: z.string().optional(),
  }),
  presence,
  "history:reset": z.object({
    state: roomState,
    headSeq: z.int(),
    epoch: z.string(),
    reason: z.string(),
  }),
} as const;

export const LOG_EVENTS = { ...LOGGED, ...PHASES };
export const MOMENTARY_EVENTS = MOMENTARY;

export type LogEventType = keyof typeof LOG_EVENTS;
export type MomentaryEventType = keyof typeof MOMENTARY_EVENTS;

/** An event before it is numbered. */
export type LogFact = {
  [T in LogEventType]: { type: T; data: z.infer<(typeof LOG_EVENTS)[T]> };
}[LogEventType];
export type MomentaryEvent = {
  [T in MomentaryEventType]: {
    type: T;
    ts: string;
    data: z.infer<(typeof MOMENTARY_EVENTS)[T]>;
  };
}[MomentaryEventType];

export type PhaseData = z.infer<typeof phaseData>;
export type ChatDelta = z.infer<typeof delta>;

export const logEventType = z.enum(Object.keys(LOG_EVENTS) as [LogEventType, ...LogEventType[]]);

function logged<T extends LogEventType>(type: T) {
  return z.object({
    type: z.literal(type),
    seq: z.int().min(1),
    ts: timestamp,
    data: LOG_EVENTS[type],
  });
}

/** One event of the log, as it is stored and sent. */
export const logEvent = z.discriminatedUnion("type", [
  logged("chat:message"),
  logged("turn:status"),
  logged("chat:start"),
  logged("tool:call"),
  logged("tool:result"),
  logged("chat:done"),
  logged("chat:error"),
  logged("chat:cancelled"),
  logged("chat:guided"),
  logged("task:status"),
  logged("task:updated"),
  logged("task:error"),
  logged("log"),
  logged("phase:start"),
  logged("phase:done"),
  logged("phase:error"),
  logged("phase:retry"),
  logged("phase:waiting"),
  logged("phase:skipped"),
]);
export type LogEvent = z.infer<typeof logEvent>;
export type RoomEvent = LogEvent | MomentaryEvent;
