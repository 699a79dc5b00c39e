import { taskId } from "../../protocol/ids";
import { listEvents } from "../../protocol/rest/list-events";
import { listLogs } from "../../protocol/rest/list-logs";
import type { Group } from "../operation";

const tag = "Log";

export const LOG = {
  events: {
    id: "listEvents",
    tag,
    method: "get",
    path: "/api/v1/tasks/{taskId}/events",
    params: { taskId },
    summary: "Read or follow a task's log",
    scope: "read",
    query: listEvents,
    status: 200,
    media: "text/event-stream",
  },
  entries: {
    id: "listLogs",
    tag,
    method: "get",
    path: "/api/v1/tasks/{taskId}/logs",
    params: { taskId },
    summary: "Read a task's log entries",
    scope: "read",
    query: listLogs,
    status: 200,
  },
} as const satisfies Group;
