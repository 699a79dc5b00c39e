import * as z from "zod";
import { messageId, turnId } from "../ids";
import { message } from "../message";

/** A stop; `message` is what is kept, in place of what clients show. */
export const chatCancelled = z.object({
  turnId,
  messageId: messageId.optional(),
  by: z.string(),
  reason: z.string().optional(),
  message: message.nullable(),
});
export type ChatCancelled = z.infer<typeof chatCancelled>;
