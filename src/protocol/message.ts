import * as z from "zod";
import { attachment } from "./files/attachment";
import { messageId, taskId, turnId } from "./ids";
import { jsonObject } from "./json";
import { timestamp } from "./time";
import { toolUse } from "./tools/tool-use";
import { threadId } from "./turn";
import { usage } from "./usage";

export const messageRole = z.enum(["user", "assistant", "system"]);
export type MessageRole = z.infer<typeof messageRole>;

export const messageStatus = z.enum(["complete", "interrupted", "failed"]);
export type MessageStatus = z.infer<typeof messageStatus>;

/** What an assistant's message tells of its making. */
export const answerMetadata = z.looseObject({
  model: z.string().optional(),
  usage: usage.optional(),
  finishReason: z.string().optional(),
  tools: z.array(toolUse).optional(),
  durationMs: z.int().optional(),
  timeToFirstTokenMs: z.int().optional(),
  attempt: z.int().optional(),
  /** How many older messages did not fit the model's window. */
  truncatedContext: z.int().optional(),
});
export type AnswerMetadata = z.infer<typeof answerMetadata>;

/** Compiled: a page is fifty of them. Where an isolate may not make code, zod reads it step by step. */
export const message = z.compile(
  z.object({
    id: messageId,
    seq: z.int(),
    taskId,
    turnId,
    threadId,
    role: messageRole,
    content: z.string(),
    thinking: z.string().optional(),
    author: z.object({ userId: z.string(), name: z.string().optional() }).optional(),
    bot: z.string().optional(),
    status: messageStatus,
    createdAt: timestamp,
    /** Said elsewhere, and brought along when the task was made: no turn of the task has its `turnId`. */
    imported: z.literal(true).optional(),
    /** It has no turn of its own: it waits for the next one's model. */
    note: z.literal(true).optional(),
    attachments: z.array(attachment).optional(),
    /** What took its place: a turn that answers anew, or an edited message. No state and no model has it then. */
    supersededBy: z.union([turnId, messageId]).optional(),
    /** The message that it is an edited form of. */
    replaces: messageId.optional(),
    /** What it is a copy of. */
    forkedFrom: z.object({ taskId, messageId }).optional(),
    /** An answer's own, or whatever a sender put there. */
    metadata: z.union([answerMetadata, jsonObject]),
  }),
);
export type Message = z.infer<typeof message>;
