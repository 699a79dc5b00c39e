import type {
  LogEventType,
  LogFact,
  MomentaryEvent,
  MomentaryEventType,
} from "../../protocol/events";
import { ANSWER, IDS, QUESTION, RECOVERY_TOKEN, ROOM_STATE, TASK, TIMES, TURN } from "../samples";

type DataOf<Type> = Extract<LogFact | MomentaryEvent, { type: Type }>["data"];

export type EventNote<Data> = { summary: string; data: Data };

const writing = { turnId: IDS.turn, messageId: IDS.answer, attempt: 1 };
const phase = { turnId: IDS.turn, step: "research", phase: "research", attempt: 1, run: 1 };
const called = {
  ...{ turnId: IDS.turn, messageId: IDS.answer, step: "assistant" },
  ...{ round: 0, index: 0, toolCallId: "call-1", name: "pay" },
};
const failed = { code: "model_timeout", message: "The model did not answer in time." } as const;

/** What each numbered event of a task's room tells, with an example of its data. */
export const LOG_EVENT_NOTES: { [Type in LogEventType]: EventNote<DataOf<Type>> } = {
  "chat:message": {
    summary:
      "A user's message, to everyone, the sender too; or one of a history that the task was made with",
    data: { message: QUESTION, clientMessageId: "c-1" },
  },
  "turn:status": {
    summary: "A turn's status changed",
    data: { turnId: IDS.turn, status: "PENDING", previous: null, queuePosition: 1, turn: TURN },
  },
  "chat:start": {
    summary: "A model begins to answer; what an earlier attempt wrote is superseded",
    data: {
      ...writing,
      ...{ step: "assistant", bot: "system/assistant", model: "demo", reason: "first" },
    },
  },
  "chat:round": {
    summary: "A call of the model that ended in calls of tools: it is never made again",
    data: {
      ...writing,
      round: 0,
      text: "Let me look.",
      calls: [{ index: 0, toolCallId: "call-1", name: "search", input: { q: "taskroom" } }],
    },
  },
  "tool:approval": {
    summary: "A call waits for a person's yes or no: `turn:confirm` with its `toolCallId`",
    data: { ...called, input: { amount: 10 } },
  },
  "tool:decision": {
    summary: "What a person has said to it",
    data: { ...called, approve: true, by: "alice" },
  },
  "tool:call": {
    summary: "A call is made; `where: client` asks the sender of the message to carry it out",
    data: { ...writing, toolCallId: "call-1", name: "search", input: { q: "taskroom" } },
  },
  "tool:result": {
    summary: "The tool's output, or its error",
    data: { ...writing, toolCallId: "call-1", name: "search", output: { hits: 3 } },
  },
  "chat:done": {
    summary: "The answer is complete: the whole message",
    data: { ...writing, message: ANSWER },
  },
  "chat:error": {
    summary: "The attempt failed",
    data: { ...writing, ...failed, retryable: true, retryInMs: 2000, partial: null },
  },
  "chat:cancelled": {
    summary: "The answer was stopped; the message that was kept replaces what is shown",
    data: {
      ...writing,
      by: "alice",
      reason: "Enough",
      message: { ...ANSWER, status: "interrupted" },
    },
  },
  "chat:guided": {
    summary: "Whether a guidance took effect; expired guidance becomes a queued turn",
    data: { turnId: IDS.turn, content: "Shorter, please", outcome: "applied" },
  },
  "messages:superseded": {
    summary:
      "Messages that a turn or another message has taken the place of: no state has them any more",
    data: { messageIds: [IDS.answer], by: IDS.turn },
  },
  "task:status": {
    summary: "The task's status changed",
    data: { status: "RUNNING", previous: "PENDING", actor: "alice" },
  },
  "task:updated": {
    summary: "The task's title, labels or metadata changed",
    data: { task: { ...TASK, title: "Second steps" } },
  },
  "task:error": {
    summary: "A turn or a phase failed for good",
    data: { turnId: IDS.turn, phase: "research", ...failed },
  },
  log: {
    summary: "A log entry",
    data: { timestamp: TIMES.started, agentType: "research", level: "info", message: "started" },
  },
  "phase:start": { summary: "A phase starts", data: phase },
  "phase:done": {
    summary: "A phase is done, with its result; over 64 KiB it is cut here and whole on REST",
    data: {
      ...phase,
      result: { status: "COMPLETED", output: "Three sources.", attempts: 1, durationMs: 2360 },
    },
  },
  "phase:error": { summary: "A phase failed for good", data: { ...phase, error: failed } },
  "phase:retry": {
    summary: "A phase will be tried again",
    data: { ...phase, error: failed, retryInMs: 2000 },
  },
  "phase:waiting": { summary: "A phase waits for a person: `turn:confirm`", data: phase },
  "phase:skipped": { summary: "A phase will not run", data: phase },
};

/** What each momentary event tells. */
export const MOMENTARY_EVENT_NOTES: { [Type in MomentaryEventType]: EventNote<DataOf<Type>> } = {
  "session:ready": {
    summary: "The first frame; `state` is left out when `after` is continued from",
    data: {
      sessionId: IDS.session,
      recoveryToken: RECOVERY_TOKEN,
      resumed: false,
      expiresAt: TIMES.later,
      headSeq: 4,
      epoch: IDS.epoch,
      state: ROOM_STATE,
      presence: [{ userId: "alice", state: "joined", connections: 1 }],
      limits: {
        frameBytes: 262_144,
        contentUnits: 32_000,
        commandsPerWindow: 20,
        commandWindowMs: 10_000,
        waitingTurns: 20,
      },
    },
  },
  "chat:chunk": {
    summary: "Text becomes `text.slice(0, offset) + delta`, in UTF-16 units",
    data: { ...writing, offset: 3, delta: "lo!" },
  },
  "chat:thinking": {
    summary: "The same for the model's reasoning",
    data: { ...writing, offset: 0, delta: "A greeting" },
  },
  "phase:update": {
    summary: "How far a phase is; the last value is also in the step",
    data: {
      turnId: IDS.turn,
      step: "research",
      phase: "research",
      attempt: 1,
      percentComplete: 40,
      message: "Reading",
    },
  },
  "tool:progress": {
    summary: "How far a tool says it is; the last of each counts",
    data: { ...writing, round: 0, index: 0, progress: 3, total: 10, message: "Page 3" },
  },
  presence: {
    summary: "Somebody joined, left, types or does no more",
    data: { userId: "bob", state: "typing", connections: 1 },
  },
  "history:reset": {
    summary: "The position cannot be continued from; go on from this state",
    data: {
      state: ROOM_STATE,
      headSeq: 4,
      epoch: IDS.epoch,
      reason: "the position is older than the room keeps",
    },
  },
  synced: {
    summary: "What was missed has been told; what follows happens now. After `after`, and on feeds",
    data: { headSeq: 4 },
  },
};
