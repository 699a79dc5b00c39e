import * as z from "zod";
import { turnId } from "../ids";
import { turnStatus } from "../turn";

/** What a task's room knows of its own work (contract section 3, `/tasks/{id}/stats`). */
export const taskStats = z.object({
  /** Turns that the room still keeps the details of. */
  turns: z.record(turnStatus, z.int()),
  activeTurnId: turnId.optional(),
  queueLength: z.int(),
  /** Attempts of all steps, and those of them that were not the first of their run. */
  attempts: z.int(),
  retries: z.int(),
  connections: z.int(),
  sessions: z.int(),
  headSeq: z.int(),
  /** Events that D1 has not been told yet. */
  outboxLag: z.int(),
  /** Of finished turns, from start to end. */
  durationMs: z.object({ p50: z.int().nullable(), p95: z.int().nullable() }),
  tokens: z.object({ input: z.int(), output: z.int(), total: z.int() }),
});
export type TaskStats = z.infer<typeof taskStats>;
