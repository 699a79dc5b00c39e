import { listMessages } from "../../protocol/rest/list-messages";
import { MODELS } from "../models";
import { json, type Operation } from "../operation";
import { ANSWER, IDS, QUESTION } from "../samples";

export const MESSAGES: readonly Operation[] = [
  {
    id: "listMessages",
    tag: "Messages",
    method: "get",
    path: "/api/v1/messages",
    summary: "Read a task's history",
    description:
      "The newest page, oldest first within it; `nextCursor` goes to older ones. `before` and " +
      "`after` are message ids, exclusive; only one of `before`, `after` and `cursor`.",
    scope: "read",
    query: listMessages,
    answer: {
      status: 200,
      description: "A page of messages.",
      json: json(MODELS.MessagePage, { items: [QUESTION, ANSWER], nextCursor: null }),
    },
    errors: ["not_found"],
    example: { taskId: IDS.task, limit: "20" },
  },
];
