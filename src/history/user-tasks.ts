import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { describeError, logError } from "../platform/platform-log";
import { LIMITS } from "../protocol/limits";
import type { Task } from "../protocol/task";
import { openDatabase } from "./database";
import { readTask, taskColumns } from "./rows";
import { idempotencyKeys, taskMembers, tasks } from "./schema";

const LIFETIME_MS = LIMITS.idempotencyHours * 60 * 60 * 1000;

/**
 * `entry`: the place in the list. `projectedSeq`: as of which `seq` of its room. `task` is missing where
 * the row cannot be read.
 */
export type UserTask = {
  taskId: string;
  task: Task | undefined;
  entry: string;
  projectedSeq: number;
};
export type UserKey = { key: string; bodyHash: string; taskId: string; createdAt: number };

/** A user's tasks with the user's role, newest first, from after an entry on ("" for the newest). */
export async function userTasks(
  db: D1Database,
  userId: string,
  after: string,
  limit: number,
): Promise<UserTask[]> {
  const rows = await openDatabase(db)
    .select({
      ...taskColumns,
      role: taskMembers.role,
      entry: sql<string>`CAST(${taskMembers.entry} AS TEXT)`,
      projectedSeq: tasks.projectedSeq,
    })
    .from(taskMembers)
    .innerJoin(tasks, eq(tasks.id, taskMembers.taskId))
    .where(
      and(
        eq(taskMembers.userId, userId),
        after === "" ? undefined : sql`${taskMembers.entry} < CAST(${after} AS INTEGER)`,
      ),
    )
    .orderBy(desc(taskMembers.entry))
    .limit(limit);
  return rows.map(({ entry, projectedSeq, ...row }) => {
    return { taskId: row.id, task: readable(row), entry, projectedSeq };
  });
}

/** One row that cannot be read must not keep all others out of the list. */
function readable(row: Parameters<typeof readTask>[0]): Task | undefined {
  try {
    return readTask(row);
  } catch (error) {
    logError("task_row_unreadable", { causes: describeError(error) });
    return undefined;
  }
}

/** The `Idempotency-Key`s of a user that still hold at `now`, in the order of their text. */
export async function userKeys(
  db: D1Database,
  userId: string,
  { after, now, limit }: { after: string; now: number; limit: number },
): Promise<UserKey[]> {
  const { key, bodyHash, taskId, createdAt } = idempotencyKeys;
  return openDatabase(db)
    .select({ key, bodyHash, taskId, createdAt })
    .from(idempotencyKeys)
    .where(
      and(eq(idempotencyKeys.userId, userId), gt(key, after), gt(createdAt, now - LIFETIME_MS)),
    )
    .orderBy(asc(key))
    .limit(limit);
}
