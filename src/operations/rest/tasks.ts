import { taskId } from "../../protocol/ids";
import { LIMITS } from "../../protocol/limits";
import { createTask } from "../../protocol/rest/create-task";
import { executeTask } from "../../protocol/rest/execute-task";
import { forkTask } from "../../protocol/rest/fork-task";
import { listTasks } from "../../protocol/rest/list-tasks";
import { patchStatus } from "../../protocol/rest/patch-status";
import { patchTask } from "../../protocol/rest/patch-task";
import { interruptTurn } from "../../protocol/rest/turn-actions";
import type { Group } from "../operation";

const tag = "Tasks";
const all = "/api/v1/tasks";
const one = { tag, path: `${all}/{taskId}`, params: { taskId } } as const;

export const TASKS = {
  create: {
    id: "createTask",
    tag,
    method: "post",
    path: all,
    summary: "Make a task",
    scope: "write",
    body: createTask,
    bodyBytes: LIMITS.createBodyBytes,
    largeField: "history",
    status: 201,
    otherwise: 200,
    limit: "tasks",
  },
  fork: {
    ...one,
    id: "forkTask",
    method: "post",
    path: `${one.path}/fork`,
    summary: "Make a task of another's history",
    scope: "write",
    body: forkTask,
    status: 201,
    otherwise: 200,
    limit: "tasks",
  },
  list: {
    id: "listTasks",
    tag,
    method: "get",
    path: all,
    summary: "List your tasks",
    scope: "read",
    query: listTasks,
    status: 200,
  },
  read: {
    ...one,
    id: "readTask",
    method: "get",
    summary: "Read a task",
    scope: "read",
    status: 200,
  },
  patch: {
    ...one,
    id: "patchTask",
    method: "patch",
    summary: "Change title, labels or metadata",
    scope: "write",
    body: patchTask,
    status: 200,
  },
  remove: {
    ...one,
    id: "deleteTask",
    method: "delete",
    summary: "Erase a task",
    scope: "write",
    status: 204,
  },
  setStatus: {
    ...one,
    id: "setTaskStatus",
    method: "patch",
    path: `${one.path}/status`,
    summary: "Cancel a task",
    scope: "write",
    body: patchStatus,
    status: 200,
  },
  execute: {
    ...one,
    id: "executeTask",
    method: "post",
    path: `${one.path}/execute`,
    summary: "Run the team in the background",
    scope: "write",
    body: executeTask,
    status: 202,
  },
  interrupt: {
    ...one,
    id: "interruptTask",
    method: "post",
    path: `${one.path}/interrupt`,
    summary: "Stop every open turn",
    scope: "write",
    body: interruptTurn,
    status: 202,
  },
  stats: {
    ...one,
    id: "readTaskStats",
    method: "get",
    path: `${one.path}/stats`,
    summary: "Numbers of a task's work",
    scope: "read",
    status: 200,
  },
} as const satisfies Group;
