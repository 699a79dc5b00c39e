import { asc, eq, gt } from "drizzle-orm";
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

/** Through which `seq` of which log a database has a task. */
export async function projectedTask(
  db: D1Database,
  taskId: string,
): Promise<{ epoch: string; projectedSeq: number } | undefined> {
  const { epoch, projectedSeq } = tasks;
  return openDatabase(db)
    .select({ epoch, projectedSeq })
    .from(tasks)
    .where(eq(tasks.id, taskId))
    .get();
}
