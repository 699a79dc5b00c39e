import * as z from "zod";
import { VISIBLE } from "../blank";
import { messageId, taskId } from "../ids";
import { LIMITS } from "../limits";
import { messageRole } from "../message";
import { timestamp } from "../time";
import { threadId } from "../turn";
import { page } from "./page";

export const searchMessages = z.strictObject({
  ...page,
  q: z.string().min(1).max(LIMITS.searchChars).regex(VISIBLE, { error: "blank" }),
});
export type SearchMessages = z.infer<typeof searchMessages>;

/** A message that has all that was asked for, and where it is. */
export const foundMessage = z.object({
  taskId,
  /** The task's. */
  title: z.string(),
  messageId,
  seq: z.int(),
  threadId,
  role: messageRole,
  createdAt: timestamp,
  /** A piece of the message's text, from `start` on; hits are places in the piece. All in UTF-16 units. */
  snippet: z.object({
    text: z.string(),
    start: z.int().min(0),
    hits: z.array(z.object({ start: z.int().min(0), end: z.int().min(0) })),
  }),
  /** Higher is better, within one search. */
  score: z.number(),
});
export type FoundMessage = z.infer<typeof foundMessage>;

export const foundPage = z.object({
  items: z.array(foundMessage),
  nextCursor: z.string().nullable(),
  /** Some of the caller's tasks are still being read: there may be more later. */
  incomplete: z.literal(true).optional(),
});
export type FoundPage = z.infer<typeof foundPage>;
