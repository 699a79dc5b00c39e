import type { TASKS } from "../../operations/rest/tasks";
import { createTask } from "../../protocol/rest/create-task";
import { executeTask } from "../../protocol/rest/execute-task";
import { forkTask } from "../../protocol/rest/fork-task";
import { patchStatus } from "../../protocol/rest/patch-status";
import { patchTask } from "../../protocol/rest/patch-task";
import { interruptTurn } from "../../protocol/rest/turn-actions";
import type { Task } from "../../protocol/task";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { named } from "../named";
import { IDS, TASK, TIMES, TURN } from "../samples";

named("CreateTask", createTask);
named("ForkTask", forkTask);
named("PatchTask", patchTask);
named("PatchStatus", patchStatus);
named("ExecuteTask", executeTask);
named("Interrupt", interruptTurn);

const FORK: Task = {
  ...TASK,
  id: IDS.fork,
  status: "PENDING",
  activeTurnId: undefined,
  forkedFrom: { taskId: IDS.task, messageId: IDS.answer },
};

export const TASKS_DESCRIBED: Descriptions<typeof TASKS> = {
  create: {
    description:
      "`prompt`, or files in `attachments`, start the first turn at once. The default team is `system/assistant`; a team " +
      "that does not exist or is not yours is `invalid_request`. Whoever makes a task owns it. " +
      "With a `key` there is one task of yours by it: the one that is there is given, whatever the " +
      "rest of the body says, until it is erased. The task is in your next list. It may begin with a " +
      "`history` that was held elsewhere: messages without turns, marked `imported`; what is said as " +
      "`system` goes to every turn's model. With it the body may have 3.25 MiB. An `ephemeral` task is " +
      "left out of lists, and is erased a day after its last turn.",
    headers: ["Idempotency-Key"],
    body: {
      title: "First steps",
      prompt: "Say hello",
      labels: { project: "demo" },
      members: [{ userId: "bob", role: "viewer" }],
    },
    answer: {
      description: "The task.",
      json: json(MODELS.Task, TASK),
      headers: ["Location"],
    },
    otherwise: {
      description: "The task that its `key` stands for already.",
      json: json(MODELS.Task, { ...TASK, key: "order-17" }),
      headers: ["Location"],
    },
    errors: ["conflict", "not_found", "quota_exceeded"],
  },
  fork: {
    description:
      "Any member may: a viewer takes along what a viewer sees. The new task is yours, with the finished " +
      "messages up to and with `atMessageId` (by default all): words, authors, tools, attachments and " +
      "threads as they are, under new ids, each with `forkedFrom`. What something else has taken the place " +
      "of stays behind, and so do labels, metadata and members. Its team is the source's, or " +
      "`system/assistant` where you may not use that one. A `key` and an `Idempotency-Key` work as with " +
      "a new task. It can be used at once: of a very long history the oldest part follows within minutes, " +
      "and until then a page that would have it alone is `unavailable`.",
    headers: ["Idempotency-Key"],
    body: { atMessageId: IDS.answer, title: "Another way" },
    answer: {
      description: "The new task.",
      json: json(MODELS.Task, { ...FORK, title: "Another way" }),
      headers: ["Location"],
    },
    otherwise: {
      description: "The task that its `key` stands for already.",
      json: json(MODELS.Task, { ...FORK, key: "another-way" }),
      headers: ["Location"],
    },
    errors: ["conflict"],
  },
  list: {
    description:
      "Newest first. All filters hold together. A task that you made is in it at once, and what " +
      "happens in a task within a second. Where few of very many tasks fit, or where they are " +
      "long, a page may have fewer items than `limit`, or none: go on until `nextCursor` is `null`.",
    answer: {
      description: "A page of tasks.",
      json: json(MODELS.TaskPage, { items: [TASK], nextCursor: null }),
    },
    example: { status: "RUNNING", label: "project=demo", limit: "10" },
  },
  read: {
    description: "Answered by the task's room: never older than what a socket has said.",
    answer: { description: "The task.", json: json(MODELS.Task, TASK) },
  },
  patch: {
    description: "Each member that is given replaces the stored one whole.",
    body: { title: "Second steps", labels: {} },
    answer: {
      description: "The task as it is now.",
      json: json(MODELS.Task, { ...TASK, title: "Second steps", labels: {} }),
    },
  },
  remove: {
    description:
      "Owners only. Turns are interrupted, sockets close with 4410, history and the room's " +
      "storage are erased and stay erased.",
    answer: { description: "It is gone." },
  },
  setStatus: {
    description:
      "By hand only `CANCELLED`, which interrupts all open turns and is final; the other states " +
      "follow from the turns and are refused.",
    body: { status: "CANCELLED", reason: "Not needed" },
    answer: {
      description: "The task as it is now.",
      json: json(MODELS.Task, {
        ...TASK,
        status: "CANCELLED",
        statusReason: "Not needed",
        activeTurnId: undefined,
        endedAt: TIMES.ended,
      }),
    },
    errors: ["invalid_transition"],
  },
  execute: {
    description:
      "Without `input` the task's title is the input. Files in `attachments` go with it. The same `Idempotency-Key` or " +
      "`clientMessageId` with the same body gives the same turn again.",
    headers: ["Idempotency-Key"],
    body: { input: "Go on", onBusy: "enqueue" },
    answer: {
      description: "The turn; its progress is in the room.",
      json: json(MODELS.TurnAnswer, { turn: { ...TURN, status: "PENDING", steps: [] } }),
    },
    errors: ["turn_active", "queue_full", "conflict", "task_cancelled", "quota_exceeded"],
  },
  interrupt: {
    body: { reason: "Enough" },
    answer: {
      description: "How many turns were open.",
      json: json(MODELS.Interrupted, { interrupted: 1 }),
    },
  },
  stats: {
    answer: {
      description: "Counts, durations and tokens of what the room still keeps.",
      json: json(MODELS.TaskStats, {
        turns: {
          PENDING: 0,
          PROCESSING: 1,
          WAITING: 0,
          COMPLETED: 3,
          INTERRUPTED: 0,
          FAILED: 0,
        },
        activeTurnId: IDS.turn,
        queueLength: 0,
        attempts: 4,
        retries: 0,
        connections: 2,
        sessions: 1,
        headSeq: 23,
        outboxLag: 0,
        durationMs: { p50: 2360, p95: 4100 },
        tokens: { input: 72, output: 36, total: 108 },
      }),
    },
  },
};
