import { userId } from "../../protocol/identity";
import { taskId } from "../../protocol/ids";
import { putMember } from "../../protocol/rest/put-member";
import type { Group } from "../operation";

const tag = "Members";
const all = { tag, path: "/api/v1/tasks/{taskId}/members", params: { taskId } } as const;

export const MEMBERS = {
  list: {
    ...all,
    id: "listMembers",
    method: "get",
    summary: "List who is in a task",
    scope: "read",
    status: 200,
  },
  put: {
    ...all,
    id: "putMember",
    method: "post",
    summary: "Share a task, or change a role",
    scope: "write",
    body: putMember,
    status: 201,
  },
  drop: {
    id: "dropMember",
    tag,
    method: "delete",
    path: `${all.path}/{userId}`,
    params: { taskId, userId },
    summary: "Remove a member, or leave",
    scope: "write",
    status: 204,
  },
} as const satisfies Group;
