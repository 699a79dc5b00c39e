import * as z from "zod";
import { messageId } from "../ids";
import { messageRole } from "../message";
import { threadId } from "../turn";
import { flag, page } from "./page";

export const listMessages = z
  .strictObject({
    taskId: z.string(),
    ...page,
    threadId: threadId.optional(),
    role: z.array(messageRole).optional(),
    before: messageId.optional(),
    after: messageId.optional(),
    /** Whether those are among them that were superseded. */
    superseded: flag.optional(),
  })
  .refine((value) => [value.before, value.after, value.cursor].filter(Boolean).length <= 1, {
    error: "only one of before, after and cursor",
    path: ["before"],
  });
export type ListMessages = z.infer<typeof listMessages>;
