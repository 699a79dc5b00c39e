import * as z from "zod";
import type { MESSAGES } from "../../operations/rest/messages";
import { editMessage } from "../../protocol/commands/chat-edit";
import { chatNote } from "../../protocol/commands/chat-note";
import { message } from "../../protocol/message";
import { turn } from "../../protocol/turn";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { named } from "../named";
import { ANSWER, IDS, QUESTION, TURN } from "../samples";

named("Edit", editMessage);
named("Note", chatNote);
const EDITED = named("Edited", z.object({ turn, message }));
const NOTED = named("Noted", z.object({ message }));

export const MESSAGES_DESCRIBED: Descriptions<typeof MESSAGES> = {
  list: {
    description:
      "The newest page, oldest first within it; `nextCursor` goes to older ones. `before` and " +
      "`after` are message ids, exclusive; only one of `before`, `after` and `cursor`. A page has at " +
      "most 4 MiB, so it may be shorter than `limit` before the end. What was superseded is left out, " +
      "unless `superseded=true`.",
    answer: {
      description: "A page of messages.",
      json: json(MODELS.MessagePage, { items: [QUESTION, ANSWER], nextCursor: null }),
    },
    errors: ["not_found"],
    example: { taskId: IDS.task, limit: "20" },
  },
  edit: {
    description:
      "Of a user's message, by its sender or an owner. It and all that follows it in its thread get " +
      "`supersededBy`, the new message's id, and the new message's turn runs. While a turn of the thread is " +
      "open, `turn_active`, unless `onBusy` is `interrupt`.",
    body: { content: "Say hello twice", clientMessageId: "c-2" },
    answer: {
      description: "The turn and its message.",
      json: json(EDITED, { turn: TURN, message: { ...QUESTION, replaces: IDS.replaced } }),
    },
    errors: [
      ...(["conflict", "turn_active", "queue_full", "task_cancelled"] as const),
      ...(["quota_exceeded", "unavailable"] as const),
    ],
  },
  note: {
    description: "A message without a turn: the next turn's model is told it.",
    body: { content: "The customer is called Ada" },
    answer: {
      description: "The note.",
      json: json(NOTED, {
        message: { ...QUESTION, content: "The customer is called Ada", note: true },
      }),
    },
    errors: ["conflict", "task_cancelled", "unavailable"],
  },
};
