import { eq } from "drizzle-orm";
import { openDatabase } from "./database";
import { deletedTasks, messages, taskMembers, tasks } from "./schema";

/** Deletes every row of a task and leaves a tombstone, in one batch; again changes nothing. */
export async function erase(db: D1Database, taskId: string, deletedAt: string): Promise<void> {
  const database = openDatabase(db);
  await database.batch([
    database.insert(deletedTasks).values({ id: taskId, deletedAt }).onConflictDoNothing(),
    database.delete(messages).where(eq(messages.taskId, taskId)),
    database.delete(taskMembers).where(eq(taskMembers.taskId, taskId)),
    database.delete(tasks).where(eq(tasks.id, taskId)),
  ]);
}

/** Whether the task was erased: its id must not come to life again. */
export async function isErased(db: D1Database, taskId: string): Promise<boolean> {
  const row = await openDatabase(db)
    .select({ id: deletedTasks.id })
    .from(deletedTasks)
    .where(eq(deletedTasks.id, taskId))
    .get();
  return row !== undefined;
}
