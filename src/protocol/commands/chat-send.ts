import * as z from "zod";
import { clientMessageId, content } from "../content";
import { metadata } from "../json";
import { clientTools } from "../tools/tool-use";
import { onBusy, threadId } from "../turn";

export const chatSend = z.strictObject({
  content,
  clientMessageId: clientMessageId.optional(),
  threadId: threadId.optional(),
  onBusy: onBusy.optional(),
  metadata: metadata.optional(),
  clientTools: clientTools.optional(),
});
export type ChatSend = z.infer<typeof chatSend>;
