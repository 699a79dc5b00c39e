import { MODELS } from "../models";
import { json, type Operation } from "../operation";

const PUT = MODELS.Member;

const tag = "Members";
const path = "/api/v1/tasks/{taskId}/members";

export const MEMBERS: readonly Operation[] = [
  {
    id: "listMembers",
    tag,
    method: "get",
    path,
    summary: "List who is in a task",
    scope: "read",
    answer: {
      status: 200,
      description: "All members, in one page.",
      json: json(MODELS.MemberPage, {
        items: [
          { userId: "alice", role: "owner" },
          { userId: "bob", role: "viewer" },
        ],
        nextCursor: null,
      }),
    },
  },
  {
    id: "putMember",
    tag,
    method: "post",
    path,
    summary: "Share a task, or change a role",
    description:
      "Owners only. `owner` may do everything, `editor` send, run, stop and retry, `viewer` watch.",
    scope: "write",
    body: { ...json(PUT, { userId: "bob", role: "editor" }), required: true },
    answer: {
      status: 201,
      description: "The member.",
      json: json(MODELS.Member, { userId: "bob", role: "editor" }),
    },
    errors: ["conflict"],
  },
  {
    id: "dropMember",
    tag,
    method: "delete",
    path: `${path}/{userId}`,
    summary: "Remove a member, or leave",
    description:
      "Owners remove anyone; anyone may leave; the last owner stays. The member's sockets close " +
      "with 4403, and the task's notifications go from the member's list.",
    scope: "write",
    answer: { status: 204, description: "No member any more." },
    errors: ["conflict"],
  },
];
