import { listMessages } from "../../protocol/rest/list-messages";
import type { Group } from "../operation";

export const MESSAGES = {
  list: {
    id: "listMessages",
    tag: "Messages",
    method: "get",
    path: "/api/v1/messages",
    summary: "Read a task's history",
    scope: "read",
    query: listMessages,
    status: 200,
  },
} as const satisfies Group;
