import * as z from "zod";
import { messageId, turnId } from "./ids";
import { message } from "./message";
import { task } from "./task";
import { turn } from "./turn";

/** A text that a model is writing. */
export const stream = z.object({
  turnId,
  messageId,
  step: z.string(),
  attempt: z.int(),
  text: z.string(),
  thinking: z.string(),
});
export type Stream = z.infer<typeof stream>;

/** What every fold of a task's events produces; in a snapshot `messages` is the newest page. */
export const roomState = z.object({
  task,
  openTurns: z.array(turn),
  streams: z.array(stream),
  messages: z.array(message),
});
export type RoomState = z.infer<typeof roomState>;
