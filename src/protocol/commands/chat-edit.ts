import * as z from "zod";
import { clientMessageId } from "../content";
import { saysSomething, words } from "../files/words";
import { messageId } from "../ids";
import { metadata } from "../json";
import { clientTools } from "../tools/tool-use";
import { onBusy } from "../turn";

const edit = {
  ...words,
  clientMessageId: clientMessageId.optional(),
  /** `interrupt` stops what is open in the message's thread; else an open turn there refuses the edit. */
  onBusy: onBusy.optional(),
  metadata: metadata.optional(),
  clientTools: clientTools.optional(),
};

/** The body of REST, whose path names the message. */
export const editMessage = z.strictObject(edit).superRefine(saysSomething);
export type EditMessage = z.infer<typeof editMessage>;

/** A user's message anew: it and all that follows it in its thread is superseded. */
export const chatEdit = z.strictObject({ messageId, ...edit }).superRefine(saysSomething);
export type ChatEdit = z.infer<typeof chatEdit>;
