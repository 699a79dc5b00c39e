import { and, asc, inArray, lte } from "drizzle-orm";
import { openDatabase } from "./database";
import { tasks } from "./schema";

/** A room's own alarm comes first; the sweep is for those whose alarm did not come. */
const GRACE_MS = 30_000;
/** A room that was woken in vain lets the others have their turn for so long. */
const PAUSE_MS = 5 * 60_000;

/**
 * Up to `limit` tasks whose deadline has passed, the longest overdue first. They are not given
 * again for five minutes unless their room projects a new deadline, so that rooms which cannot
 * be woken never keep the sweep from the others.
 */
export async function overdueTasks(
  db: D1Database,
  nowMs: number,
  limit: number,
): Promise<string[]> {
  const database = openDatabase(db);
  const overdue = database
    .select({ id: tasks.id })
    .from(tasks)
    .where(lte(tasks.wakeAt, nowMs - GRACE_MS))
    .orderBy(asc(tasks.wakeAt))
    .limit(limit);
  const rows = await database
    .update(tasks)
    .set({ wakeAt: nowMs + PAUSE_MS })
    .where(and(inArray(tasks.id, overdue)))
    .returning({ id: tasks.id });
  return rows.map(({ id }) => id);
}
