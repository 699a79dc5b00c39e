import * as z from "zod";
import { chatCancel } from "./commands/chat-cancel";
import { chatEdit } from "./commands/chat-edit";
import { chatGuide } from "./commands/chat-guide";
import { chatNote } from "./commands/chat-note";
import { chatRegenerate } from "./commands/chat-regenerate";
import { chatRetry } from "./commands/chat-retry";
import { chatSend } from "./commands/chat-send";
import { chatTyping } from "./commands/chat-typing";
import { historySync } from "./commands/history-sync";
import { taskJoin } from "./commands/task-join";
import { taskLeave } from "./commands/task-leave";
import { toolOutput } from "./commands/tool-output";
import { turnConfirm } from "./commands/turn-confirm";
import { LIMITS } from "./limits";

const frameRef = z.string().min(1).max(LIMITS.refChars);
const id = frameRef.optional();

/** Commands without members may leave `data` out. */
export const command = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("chat:send"), id, data: chatSend }),
  z.strictObject({ type: z.literal("chat:cancel"), id, data: chatCancel.default({}) }),
  z.strictObject({ type: z.literal("chat:retry"), id, data: chatRetry }),
  z.strictObject({ type: z.literal("chat:regenerate"), id, data: chatRegenerate }),
  z.strictObject({ type: z.literal("chat:edit"), id, data: chatEdit }),
  z.strictObject({ type: z.literal("chat:note"), id, data: chatNote }),
  z.strictObject({ type: z.literal("chat:guide"), id, data: chatGuide }),
  z.strictObject({ type: z.literal("chat:typing"), id, data: chatTyping }),
  z.strictObject({ type: z.literal("turn:confirm"), id, data: turnConfirm }),
  z.strictObject({ type: z.literal("tool:output"), id, data: toolOutput }),
  z.strictObject({ type: z.literal("task:join"), id, data: taskJoin.default({}) }),
  z.strictObject({ type: z.literal("task:leave"), id, data: taskLeave.default({}) }),
  z.strictObject({ type: z.literal("history:sync"), id, data: historySync.default({}) }),
]);
export type Command = z.infer<typeof command>;

/** The part of a frame that can be read even when the rest cannot: whom to answer. */
export const frameReference = z.looseObject({ id: frameRef });
