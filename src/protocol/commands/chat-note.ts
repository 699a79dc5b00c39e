import * as z from "zod";
import { clientMessageId } from "../content";
import { saysSomething, words } from "../files/words";
import { messageId } from "../ids";
import { metadata } from "../json";
import { threadId } from "../turn";

/** A message without a turn: the next one's model is told it. */
export const chatNote = z
  .strictObject({
    ...words,
    clientMessageId: clientMessageId.optional(),
    threadId: threadId.optional(),
    metadata: metadata.optional(),
  })
  .superRefine(saysSomething);
export type ChatNote = z.infer<typeof chatNote>;

/** What its ack says. */
export const noteAck = z.object({ messageId, duplicate: z.boolean() });
export type NoteAck = z.infer<typeof noteAck>;
