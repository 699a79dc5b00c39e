import * as z from "zod";
import { failure } from "../errors";
import { turnId } from "../ids";
import { timestamp } from "../time";
import { turn, turnStatus, waitingFor } from "../turn";
import { usage } from "../usage";

export const turnStatusChange = z.object({
  turnId,
  status: turnStatus,
  previous: turnStatus.nullable(),
  reason: z.string().optional(),
  /** Of a turn that is WAITING. */
  waitingFor: waitingFor.optional(),
  step: z.string().optional(),
  /** The first of the calls that wait for somebody. */
  toolCallId: z.string().optional(),
  /** 1 is next; only of a waiting turn. */
  queuePosition: z.int().min(1).optional(),
  deadlineAt: timestamp.optional(),
  error: failure.optional(),
  /** Of all steps so far; only of a closed turn. */
  usage: usage.optional(),
  /** Of all steps since it was last put into the queue; only of a closed turn. */
  tokens: z.int().min(0).optional(),
  /** What it adds to the turns of its user's day; absent: one where there was no turn before. */
  turns: z.int().min(0).optional(),
  /** Whole when the turn enters the queue, or when its steps are laid anew. */
  turn: turn.optional(),
});
export type TurnStatusChange = z.infer<typeof turnStatusChange>;
