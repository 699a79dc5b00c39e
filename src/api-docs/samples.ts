import type { Message } from "../protocol/message";
import type { RoomState } from "../protocol/room-state";
import type { Session } from "../protocol/session";
import type { Task } from "../protocol/task";
import type { Step, Turn } from "../protocol/turn";
import type { Notification } from "../protocol/user-events";

/** One small story that all examples are taken from. */

export const IDS = {
  task: "task_01kasn3v6h8q2x4c7b9m0r5tze",
  fork: "task_01kasp7c2nd5e8f1g4h7j0k3m6",
  turn: "turn_01kasn3v6h4d8f1g3k5n7p9sxa",
  earlier: "turn_01kasn3v5c2v4b6n8m0q1w3eyh",
  question: "msg_01kasn3v6hc2v4b6n8m0q1w3ey",
  replaced: "msg_01kasn3v5hc2v4b6n8m0q1w3ey",
  answer: "msg_01kasn3w2k5t7y9r1f3g5h7jzd",
  file: "file_01kasn3v6hf1r5t9w3z7b1d5g9",
  session: "sess_01kasn3vzz0a2s4d6f8g1h3j5k",
  key: "key_01kasn3vkm1n2p3q4r5s6t7v8w",
  webhook: "hook_01kasn3vw9x8y7z6a5b4c3d2e1",
  delivery: "dlv_01kasn3w2mf0g1h2j3k4m5n6p7",
  notification: "ntf_01kasn3w2mq8r9s0t1v2w3x4y5",
  request: "req_01kasn3v0q9w8e7r6t5y4p3s2d",
  epoch: "k5n7p9sxa2b4",
} as const;

export const RECOVERY_TOKEN = "8sT2mVb1xJq0ZrYcK5wLh7nPd4eGfAu6oQi9BtXyRj3";

export const TIMES = {
  created: "2026-11-17T09:30:00.000Z",
  started: "2026-11-17T09:30:00.120Z",
  ended: "2026-11-17T09:30:02.480Z",
  later: "2026-11-17T11:30:02.480Z",
} as const;

export const USAGE = { inputTokens: 24, outputTokens: 12, totalTokens: 36 };

export const TASK: Task = {
  id: IDS.task,
  title: "First steps",
  teamRef: { namespace: "system", name: "assistant" },
  status: "RUNNING",
  labels: { project: "demo" },
  metadata: { ticket: 17 },
  createdBy: "alice",
  createdAt: TIMES.created,
  updatedAt: TIMES.started,
  startedAt: TIMES.started,
  progress: 0,
  activeTurnId: IDS.turn,
  headSeq: 4,
  epoch: IDS.epoch,
  role: "owner",
};

export const STEP: Step = {
  step: "assistant",
  phase: "assistant",
  bot: "system/assistant",
  status: "RUNNING",
  attempt: 1,
  run: 1,
  startedAt: TIMES.started,
  messageId: IDS.answer,
};

export const TURN: Turn = {
  id: IDS.turn,
  taskId: IDS.task,
  threadId: "main",
  messageId: IDS.question,
  status: "PROCESSING",
  onBusy: "enqueue",
  createdAt: TIMES.created,
  startedAt: TIMES.started,
  steps: [STEP],
  metadata: {},
};

export const QUESTION: Message = {
  id: IDS.question,
  seq: 1,
  taskId: IDS.task,
  turnId: IDS.turn,
  threadId: "main",
  role: "user",
  content: "Say hello",
  author: { userId: "alice" },
  status: "complete",
  createdAt: TIMES.created,
  metadata: {},
};

export const ANSWER: Message = {
  id: IDS.answer,
  seq: 5,
  taskId: IDS.task,
  turnId: IDS.turn,
  threadId: "main",
  role: "assistant",
  content: "Hello!",
  bot: "system/assistant",
  status: "complete",
  createdAt: TIMES.ended,
  metadata: { model: "demo", usage: USAGE, finishReason: "stop", durationMs: 2360, attempt: 1 },
};

export const SESSION: Session = {
  id: IDS.session,
  userId: "alice",
  taskId: IDS.task,
  createdAt: TIMES.created,
  lastActiveAt: TIMES.ended,
  expiresAt: TIMES.later,
  connections: 1,
  state: "connected",
};

export const NOTIFICATION: Notification = {
  id: IDS.notification,
  kind: "task_completed",
  title: "First steps is done",
  taskId: IDS.task,
  createdAt: TIMES.ended,
};

export const ROOM_STATE: RoomState = {
  task: TASK,
  openTurns: [TURN],
  streams: [
    {
      turnId: IDS.turn,
      messageId: IDS.answer,
      step: "assistant",
      attempt: 1,
      text: "Hel",
      thinking: "",
    },
  ],
  messages: [QUESTION],
};
