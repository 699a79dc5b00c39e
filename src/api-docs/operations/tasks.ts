import { createTask } from "../../protocol/rest/create-task";
import { executeTask } from "../../protocol/rest/execute-task";
import { listTasks } from "../../protocol/rest/list-tasks";
import { patchStatus } from "../../protocol/rest/patch-status";
import { patchTask } from "../../protocol/rest/patch-task";
import { interruptTurn } from "../../protocol/rest/turn-actions";
import { MODELS } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { IDS, TASK, TIMES, TURN } from "../samples";

const CREATE = named("CreateTask", createTask);
const PATCH = named("PatchTask", patchTask);
const STATUS = named("PatchStatus", patchStatus);
const EXECUTE = named("ExecuteTask", executeTask);
export const INTERRUPT = named("Interrupt", interruptTurn);

const tag = "Tasks";
const path = "/api/v1/tasks/{taskId}";

export const TASKS: readonly Operation[] = [
  {
    id: "createTask",
    tag,
    method: "post",
    path: "/api/v1/tasks",
    summary: "Make a task",
    description:
      "`prompt` starts the first turn at once. The default team is `system/assistant`; a team " +
      "that does not exist or is not yours is `invalid_request`. Whoever makes a task owns it. " +
      "With a `key` there is one task of yours by it: the one that is there is given, whatever the " +
      "rest of the body says, until it is erased. The task is in your next list. It may begin with a " +
      "`history` that was held elsewhere: messages without turns, marked `imported`; what is said as " +
      "`system` goes to every turn's model. With it the body may have 3.25 MiB. An `ephemeral` task is " +
      "left out of lists, and is erased a day after its last turn.",
    scope: "write",
    headers: ["Idempotency-Key"],
    body: {
      ...json(CREATE, {
        title: "First steps",
        prompt: "Say hello",
        labels: { project: "demo" },
        members: [{ userId: "bob", role: "viewer" }],
      }),
      required: false,
    },
    answer: {
      status: 201,
      description: "The task.",
      json: json(MODELS.Task, TASK),
      headers: ["Location"],
    },
    otherwise: {
      status: 200,
      description: "The task that its `key` stands for already.",
      json: json(MODELS.Task, { ...TASK, key: "order-17" }),
      headers: ["Location"],
    },
    errors: ["conflict", "not_found", "quota_exceeded"],
  },
  {
    id: "listTasks",
    tag,
    method: "get",
    path: "/api/v1/tasks",
    summary: "List your tasks",
    description:
      "Newest first. All filters hold together. A task that you made is in it at once, and what " +
      "happens in a task within a second. Where few of very many tasks fit, or where they are " +
      "long, a page may have fewer items than `limit`, or none: go on until `nextCursor` is `null`.",
    scope: "read",
    query: listTasks,
    answer: {
      status: 200,
      description: "A page of tasks.",
      json: json(MODELS.TaskPage, { items: [TASK], nextCursor: null }),
    },
    example: { status: "RUNNING", label: "project=demo", limit: "10" },
  },
  {
    id: "readTask",
    tag,
    method: "get",
    path,
    summary: "Read a task",
    description: "Answered by the task's room: never older than what a socket has said.",
    scope: "read",
    answer: { status: 200, description: "The task.", json: json(MODELS.Task, TASK) },
  },
  {
    id: "patchTask",
    tag,
    method: "patch",
    path,
    summary: "Change title, labels or metadata",
    description: "Each member that is given replaces the stored one whole.",
    scope: "write",
    body: { ...json(PATCH, { title: "Second steps", labels: {} }), required: false },
    answer: {
      status: 200,
      description: "The task as it is now.",
      json: json(MODELS.Task, { ...TASK, title: "Second steps", labels: {} }),
    },
  },
  {
    id: "deleteTask",
    tag,
    method: "delete",
    path,
    summary: "Erase a task",
    description:
      "Owners only. Turns are interrupted, sockets close with 4410, history and the room's " +
      "storage are erased and stay erased.",
    scope: "write",
    answer: { status: 204, description: "It is gone." },
  },
  {
    id: "setTaskStatus",
    tag,
    method: "patch",
    path: `${path}/status`,
    summary: "Cancel a task",
    description:
      "By hand only `CANCELLED`, which interrupts all open turns and is final; the other states " +
      "follow from the turns and are refused.",
    scope: "write",
    body: { ...json(STATUS, { status: "CANCELLED", reason: "Not needed" }), required: true },
    answer: {
      status: 200,
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
  {
    id: "executeTask",
    tag,
    method: "post",
    path: `${path}/execute`,
    summary: "Run the team in the background",
    description:
      "Without `input` the task's title is the input. The same `Idempotency-Key` or " +
      "`clientMessageId` with the same body gives the same turn again.",
    scope: "write",
    headers: ["Idempotency-Key"],
    body: { ...json(EXECUTE, { input: "Go on", onBusy: "enqueue" }), required: false },
    answer: {
      status: 202,
      description: "The turn; its progress is in the room.",
      json: json(MODELS.TurnAnswer, { turn: { ...TURN, status: "PENDING", steps: [] } }),
    },
    errors: ["turn_active", "queue_full", "conflict", "task_cancelled", "quota_exceeded"],
  },
  {
    id: "interruptTask",
    tag,
    method: "post",
    path: `${path}/interrupt`,
    summary: "Stop every open turn",
    scope: "write",
    body: { ...json(INTERRUPT, { reason: "Enough" }), required: false },
    answer: {
      status: 202,
      description: "How many turns were open.",
      json: json(MODELS.Interrupted, { interrupted: 1 }),
    },
  },
  {
    id: "readTaskStats",
    tag,
    method: "get",
    path: `${path}/stats`,
    summary: "Numbers of a task's work",
    scope: "read",
    answer: {
      status: 200,
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
];
