import type { MESSAGES } from "../../operations/rest/messages";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { ANSWER, IDS, QUESTION } from "../samples";

export const MESSAGES_DESCRIBED: Descriptions<typeof MESSAGES> = {
  list: {
    description:
      "The newest page, oldest first within it; `nextCursor` goes to older ones. `before` and " +
      "`after` are message ids, exclusive; only one of `before`, `after` and `cursor`. A page has at " +
      "most 4 MiB, so it may be shorter than `limit` before the end.",
    answer: {
      description: "A page of messages.",
      json: json(MODELS.MessagePage, { items: [QUESTION, ANSWER], nextCursor: null }),
    },
    errors: ["not_found"],
    example: { taskId: IDS.task, limit: "20" },
  },
};
