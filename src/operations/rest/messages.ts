import { editMessage } from "../../protocol/commands/chat-edit";
import { chatNote } from "../../protocol/commands/chat-note";
import { messageId, taskId } from "../../protocol/ids";
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
  edit: {
    id: "editMessage",
    tag: "Messages",
    method: "post",
    path: "/api/v1/tasks/{taskId}/messages/{messageId}/edit",
    params: { taskId, messageId },
    summary: "Say something else instead",
    scope: "write",
    body: editMessage,
    status: 202,
  },
  note: {
    id: "addNote",
    tag: "Messages",
    method: "post",
    path: "/api/v1/tasks/{taskId}/notes",
    params: { taskId },
    summary: "Leave a note for the next turn",
    scope: "write",
    body: chatNote,
    status: 201,
  },
} as const satisfies Group;
