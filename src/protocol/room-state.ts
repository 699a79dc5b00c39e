import * as z from "zod";
import { roundCall, roundSaid } from "./events/chat-round";
import { messageId, turnId } from "./ids";
import { message } from "./message";
import { task } from "./task";
import { toolOutcome } from "./tools/tool-use";
import { turn } from "./turn";

/** A call of a round, and how far it is. */
export const streamCall = roundCall.extend({
  ...toolOutcome,
  /** Set once it was made, or handed to the client. */
  isMade: z.literal(true).optional(),
  where: z.literal("client").optional(),
  /** What a person was asked, and what they said. */
  approval: z.enum(["asked", "given", "refused"]).optional(),
});
export type StreamCall = z.infer<typeof streamCall>;

export const streamRound = z.object({ ...roundSaid, calls: z.array(streamCall) });
export type StreamRound = z.infer<typeof streamRound>;

/** A text that a model is writing. */
export const stream = z.object({
  turnId,
  messageId,
  step: z.string(),
  attempt: z.int(),
  text: z.string(),
  thinking: z.string(),
  /** Rounds that are committed; `text` and `thinking` begin with what they said. */
  rounds: z.array(streamRound).optional(),
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

/** Beside a snapshot: whether there may be messages before its own; where not, there are none. Rooms of before do not say. */
export const hasOlder = z.boolean().optional();
