import * as z from "zod";
import { chatCancelled } from "./events/chat-cancelled";
import { chatDelta } from "./events/chat-delta";
import { chatDone } from "./events/chat-done";
import { chatError } from "./events/chat-error";
import { chatGuided } from "./events/chat-guided";
import { chatMessage } from "./events/chat-message";
import { chatRound } from "./events/chat-round";
import { chatStart } from "./events/chat-start";
import { historyReset } from "./events/history-reset";
import { messagesSuperseded } from "./events/messages-superseded";
import { phaseData } from "./events/phase";
import { phaseProgress } from "./events/phase-update";
import { presence } from "./events/presence";
import { sessionReady } from "./events/session-ready";
import { synced } from "./events/synced";
import { taskError } from "./events/task-error";
import { taskStatusChange } from "./events/task-status";
import { taskUpdated } from "./events/task-updated";
import { toolApproval } from "./events/tool-approval";
import { toolCall } from "./events/tool-call";
import { toolDecision } from "./events/tool-decision";
import { toolProgress } from "./events/tool-progress";
import { toolResult } from "./events/tool-result";
import { turnStatusChange } from "./events/turn-status";
import { logEntry } from "./log-entry";
import { timestamp } from "./time";

/** The task's log: committed before anyone hears of it, numbered without gaps. */
export const LOG_EVENTS = {
  "chat:message": chatMessage,
  "turn:status": turnStatusChange,
  "chat:start": chatStart,
  "chat:round": chatRound,
  "tool:approval": toolApproval,
  "tool:decision": toolDecision,
  "tool:call": toolCall,
  "tool:result": toolResult,
  "chat:done": chatDone,
  "chat:error": chatError,
  "chat:cancelled": chatCancelled,
  "chat:guided": chatGuided,
  "messages:superseded": messagesSuperseded,
  "task:status": taskStatusChange,
  "task:updated": taskUpdated,
  "task:error": taskError,
  log: logEntry,
  "phase:start": phaseData,
  "phase:done": phaseData,
  "phase:error": phaseData,
  "phase:retry": phaseData,
  "phase:waiting": phaseData,
  "phase:skipped": phaseData,
} as const;

/** Unnumbered; what they say is also in the state. */
export const MOMENTARY_EVENTS = {
  "session:ready": sessionReady,
  "chat:chunk": chatDelta,
  "chat:thinking": chatDelta,
  "phase:update": phaseProgress,
  "tool:progress": toolProgress,
  presence,
  "history:reset": historyReset,
  synced,
} as const;

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
  logged("chat:round"),
  logged("tool:approval"),
  logged("tool:decision"),
  logged("tool:call"),
  logged("tool:result"),
  logged("chat:done"),
  logged("chat:error"),
  logged("chat:cancelled"),
  logged("chat:guided"),
  logged("messages:superseded"),
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
