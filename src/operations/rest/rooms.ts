import { taskId } from "../../protocol/ids";
import { joinRoom } from "../../protocol/rest/log-position";
import type { Group } from "../operation";

export const ROOMS = {
  join: {
    id: "joinRoom",
    tag: "Rooms",
    method: "get",
    path: "/api/v1/tasks/{taskId}/chat",
    params: { taskId },
    summary: "Open a task's room",
    scope: "read",
    query: joinRoom,
    upgrade: true,
    sameOrigin: true,
    status: 101,
  },
} as const satisfies Group;
