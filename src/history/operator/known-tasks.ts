import { asc, gt } from "drizzle-orm";
import { openDatabase } from "../database";
import { tasks } from "../schema";

/** Up to `limit` ids of tasks that a database has, in their order. Only for an operator's own work. */
export async function knownTasks(db: D1Database, after: string, limit: number): Promise<string[]> {
  const rows = await openDatabase(db)
    .select({ id: tasks.id })
    .from(tasks)
    .where(gt(tasks.id, after))
    .orderBy(asc(tasks.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}
