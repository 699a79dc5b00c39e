import * as z from "zod";
import { VISIBLE } from "./blank";
import { messageId, turnId } from "./ids";
import { metadata } from "./json";
import { LIMITS } from "./limits";
import { message } from "./message";
import { onBusy, threadId } from "./turn";

/** What a person writes (contract section 4, `content`): something of it shows. */
export const content = z
  .string()
  .min(1)
  .max(LIMITS.contentUnits)
  .regex(VISIBLE, { error: "blank: white space and characters of zero width alone" });
export const reason = z.string().max(LIMITS.reasonChars);
export const clientMessageId = z.string().min(1).max(LIMITS.clientKeyChars);
const frameRef = z.string().min(1).max(LIMITS.refChars);

export const chatSend = z.strictObject({
  content,
  clientMessageId: clientMessageId.optional(),
  threadId: threadId.optional(),
  onBusy: onBusy.optional(),
  metadata: metadata.optional(),
});
export type ChatSend = z.infer<typeof chatSend>;

export const chatCancel = z.strictObject({ turnId: turnId.optional(), reason: reason.optional() });
export const chatRetry = z.strictObject({ turnId });
export const chatGuide = z.strictObject({ turnId: turnId.optional(), content });
export const chatTyping = z.strictObject({ typing: z.boolean() });
export const turnConfirm = z.strictObject({
  turnId,
  step: z.string().min(1).max(LIMITS.refChars),
  approve: z.boolean(),
  note: reason.optional(),
});
const seqNumber = z.int().min(0);
export const taskJoin = z.strictObject({
  after: seqNumber.optional(),
  epoch: z.string().max(64).optional(),
});
export const taskLeave = z.strictObject({});
export const historySync = z
  .strictObject({
    before: messageId.optional(),
    after: messageId.optional(),
    limit: z.int().min(1).max(LIMITS.pageItems).optional(),
  })
  .refine((value) => !(value.before && value.after), { error: "either before or after, not both" });
export type HistorySync = z.infer<typeof historySync>;

const id = frameRef.optional();

/** Commands without members may leave `data` out. */
const none = taskLeave.default({});

export const command = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("chat:send"), id, data: chatSend }),
  z.strictObject({ type: z.literal("chat:cancel"), id, data: chatCancel.default({}) }),
  z.strictObject({ type: z.literal("chat:retry"), id, data: chatRetry }),
  z.strictObject({ type: z.literal("chat:guide"), id, data: chatGuide }),
  z.strictObject({ type: z.literal("chat:typing"), id, data: chatTyping }),
  z.strictObject({ type: z.literal("turn:confirm"), id, data: turnConfirm }),
  z.strictObject({ type: z.literal("task:join"), id, data: taskJoin.default({}) }),
  z.strictObject({ type: z.literal("task:leave"), id, data: none }),
  z.strictObject({ type: z.literal("history:sync"), id, data: historySync.default({}) }),
]);
export type Command = z.infer<typeof command>;

/** The part of a frame that can be read even when the rest cannot: whom to answer. */
export const frameEnvelope = z.looseObject({ type: z.string(), id: frameRef.optional() });
export const frameReference = z.looseObject({ id: frameRef });

export const sendAck = z.object({
  messageId,
  turnId,
  duplicate: z.boolean(),
});
export type SendAck = z.infer<typeof sendAck>;

export const historyPage = z.object({
  messages: z.array(message),
  hasMore: z.boolean(),
  headSeq: z.int(),
});
export type HistoryPage = z.infer<typeof historyPage>;
