import * as z from "zod";
import { messageId, turnId } from "../ids";

/** What the ack of a `chat:send` says. */
export const sendAck = z.object({ messageId, turnId, duplicate: z.boolean() });
export type SendAck = z.infer<typeof sendAck>;
