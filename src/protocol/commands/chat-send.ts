import * as z from "zod";
import { clientMessageId } from "../content";
import { saysSomething, words } from "../files/words";
import { metadata } from "../json";
import { clientTools } from "../tools/tool-use";
import { onBusy, threadId } from "../turn";

export const chatSend = z
  .strictObject({
    ...words,
    clientMessageId: clientMessageId.optional(),
    threadId: threadId.optional(),
    onBusy: onBusy.optional(),
    metadata: metadata.optional(),
    clientTools: clientTools.optional(),
  })
  .superRefine(saysSomething);
export type ChatSend = z.infer<typeof chatSend>;
