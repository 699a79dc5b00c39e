import { and, desc, eq, sql } from "drizzle-orm";
import type { Task } from "../protocol/task";
import { openDatabase } from "./database";
import { readTask, taskColumns } from "./rows";
import { taskMembers, tasks } from "./schema";
import type { Position } from "./task-entries";

/** A task and where a list goes on after it. */
export type ListedTask = { task: Task; entry: string };

const LAST_ENTRY = `${2n ** 63n - 1n}`;

type Newest = ReturnType<typeof prepareNewest>;
/** This list is asked for most, and building its SQL would take a fifth of its time. */
const prepared = new WeakMap<D1Database, Newest>();

/** A user's tasks after a position, newest first, whatever they are. */
export async function newestTasks(
  db: D1Database,
  userId: string,
  { after = LAST_ENTRY, limit }: { after: Position; limit: number },
): Promise<ListedTask[]> {
  const newest = prepared.get(db) ?? prepareNewest(db);
  prepared.set(db, newest);
  const rows = await newest.all({ userId, after, limit });
  return rows.map(({ entry, ...row }) => ({ task: readTask(row), entry }));
}

/** What a list shows of each task, for the user who asks. */
export const listedColumns = {
  ...taskColumns,
  role: taskMembers.role,
  entry: sql<string>`CAST(${taskMembers.entry} AS TEXT)`,
};

function prepareNewest(db: D1Database) {
  return openDatabase(db)
    .select(listedColumns)
    .from(taskMembers)
    .innerJoin(tasks, eq(tasks.id, taskMembers.taskId))
    .where(
      and(
        eq(taskMembers.userId, sql.placeholder("userId")),
        sql`${taskMembers.entry} < CAST(${sql.placeholder("after")} AS INTEGER)`,
      ),
    )
    .orderBy(desc(taskMembers.entry))
    .limit(sql.placeholder("limit"))
    .prepare();
}
