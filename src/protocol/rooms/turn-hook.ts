import * as z from "zod";
import { taskId, turnId, webhookId } from "../ids";
import { jsonObject } from "../json";
import { timestamp } from "../time";
import { turnStatus } from "../turn";

/** Stands in a body for the time of what is told. */
export const TIME_MARK = "$time";

/** What is told of one turn to an address that somebody has named, until the turn is over. */
export const turnHook = z.object({
  id: webhookId,
  taskId,
  turnId,
  /** Its owner's own name for it, of which a turn has one each. */
  name: z.string(),
  url: z.string(),
  contentType: z.string(),
  /** What is sent, by what the turn has become; of other states nothing is. */
  bodies: z.partialRecord(turnStatus, jsonObject),
  /** As its owner reads it back. */
  shown: jsonObject,
  createdAt: timestamp,
});
export type TurnHook = z.infer<typeof turnHook>;

/** `headers` may be secrets: they are stored sealed, and never read back. */
export type NewTurnHook = Omit<TurnHook, "id" | "createdAt"> & {
  headers: Record<string, string>;
};

/** A turn waits for somebody, or is over. `seq`: of the event in the task's log that says so. */
export const turnNews = z.object({
  turnId,
  status: turnStatus,
  ts: timestamp,
  seq: z.int().optional(),
});
export type TurnNews = z.infer<typeof turnNews>;
