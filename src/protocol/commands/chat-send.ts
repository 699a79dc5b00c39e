import * as z from "zod";
import { clientMessageId, content } from "../content";
import { metadata } from "../json";
import { onBusy, threadId } from "../turn";

export const chatSend = z.strictObject({
  content,
  clientMessageId: clientMessageId.optional(),
  threadId: threadId.optional(),
  onBusy: onBusy.optional(),
  metadata: metadata.optional(),
});
export type ChatSend = z.infer<typeof chatSend>;
