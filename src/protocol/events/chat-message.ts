import * as z from "zod";
import { clientMessageId } from "../content";
import { message } from "../message";

/** A user's message, to everyone, the sender too; or one, of any role, that the task was made with. */
export const chatMessage = z.object({
  message,
  /** The sender's own id for it, where one was given: unique among that user's only. */
  clientMessageId: clientMessageId.optional(),
});
export type ChatMessage = z.infer<typeof chatMessage>;
