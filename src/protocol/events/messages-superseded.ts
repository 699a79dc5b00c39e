import * as z from "zod";
import { messageId, turnId } from "../ids";

/** Messages that no state and no model has any more. Those of one change may come in several of these. */
export const messagesSuperseded = z.object({
  messageIds: z.array(messageId).min(1),
  /** What took their place: a turn that answers anew, or a message. */
  by: z.union([turnId, messageId]),
});
export type MessagesSuperseded = z.infer<typeof messagesSuperseded>;
