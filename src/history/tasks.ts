import { and, desc, eq, gt, inArray, lt, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { accepted, type Outcome, refuse, refused } from "../protocol/errors";
import { taskId } from "../protocol/ids";
import { refText } from "../protocol/refs";
import type { ListTasks, Page } from "../protocol/rest";
import type { Task } from "../protocol/task";
import { timestamp } from "../protocol/time";
import { decodeCursor, encodeCursor } from "./cursor";
import { openDatabase } from "./database";
import { fold } from "./fold";
import { readTask, taskColumns } from "./rows";
import { taskLabels, taskMembers, tasks } from "./schema";

const position = z.strictObject({ createdAt: timestamp, id: taskId });
type Position = z.infer<typeof position>;

/**
 * A user's tasks with the user's role, newest first; all filters hold together.
 * Refuses a cursor that no page gave. Source: the projection in D1, which may lag the rooms.
 */
export async function listTasks(
  db: D1Database,
  userId: string,
  query: ListTasks,
): Promise<Outcome<Page<Task>>> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, position);
  if (after === undefined) {
    const issues = [{ path: "cursor", message: "not a cursor of this list" }];
    return refused(refuse("invalid_request", "The cursor is not valid", { issues }));
  }
  const rows = await openDatabase(db)
    .select({ ...taskColumns, role: taskMembers.role })
    .from(taskMembers)
    .innerJoin(tasks, eq(tasks.id, taskMembers.taskId))
    .where(
      and(eq(taskMembers.userId, userId), after ? isAfter(after) : undefined, ...filters(query)),
    )
    .orderBy(desc(taskMembers.createdAt), desc(taskMembers.taskId))
    .limit(query.limit + 1);
  return accepted(pageOf(rows.map(readTask), query.limit));
}

function pageOf(found: Task[], limit: number): Page<Task> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return {
    items,
    nextCursor: more ? encodeCursor({ createdAt: last.createdAt, id: last.id }) : null,
  };
}

function isAfter({ createdAt, id }: Position): SQL {
  return sql`(${taskMembers.createdAt}, ${taskMembers.taskId}) < (${createdAt}, ${id})`;
}

function filters(query: ListTasks): (SQL | undefined)[] {
  const { team, createdAfter, createdBefore, q } = query;
  return [
    statusFilter(query.status),
    team && eq(taskMembers.team, refText(team)),
    createdAfter === undefined ? undefined : gt(taskMembers.createdAt, createdAfter),
    createdBefore === undefined ? undefined : lt(taskMembers.createdAt, createdBefore),
    // Not LIKE: D1 refuses patterns over 50 bytes, and a pattern's wildcards would need escaping.
    q === undefined ? undefined : sql`instr(${tasks.titleFolded}, ${fold(q)}) > 0`,
    ...(query.label ?? []).map(hasLabel),
  ];
}

/**
 * One status is a range of its index in the list's order. Several would have to be sorted
 * there, so the list is walked in order instead and each task looked at.
 */
function statusFilter(statuses: ListTasks["status"]): SQL | undefined {
  const [first, ...others] = new Set(statuses);
  if (first === undefined) return undefined;
  return others.length === 0
    ? eq(taskMembers.status, first)
    : inArray(tasks.status, [first, ...others]);
}

function hasLabel({ key, value }: { key: string; value: string }): SQL {
  return sql`EXISTS (SELECT 1 FROM ${taskLabels} WHERE ${taskLabels.taskId} = ${taskMembers.taskId}
    AND ${taskLabels.key} = ${key} AND ${taskLabels.value} = ${value})`;
}
