import { and, desc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { decodeCursor, encodeCursor } from "../protocol/cursor";
import { accepted, type Outcome, refuse, refused } from "../protocol/errors";
import type { ListTasks } from "../protocol/rest/list-tasks";
import type { Page } from "../protocol/rest/page";
import type { Task } from "../protocol/task";
import { openDatabase } from "./database";
import { readTask, taskColumns } from "./rows";
import { taskMembers, tasks } from "./schema";
import { searchForm } from "./search-form";
import { bySearch, byStatus, type Candidates, listPosition, type Position } from "./task-entries";

/** Tasks of some statuses that are looked at one by one rather than looked up by the other filters. */
const FEW = 200;
/** Candidates looked at for one page beyond the first handful; past it the page is left short. */
const MANY = 1000;

/**
 * A user's tasks with the user's role, newest first; all filters hold together. A page takes the
 * same time however many tasks there are: where filters hold together for few of the many tasks
 * that each holds for, it may be short, and its cursor goes on.
 * Refuses a cursor that no page gave. Source: the projection in D1, which may lag the rooms.
 */
export async function listTasks(
  db: D1Database,
  userId: string,
  query: ListTasks,
): Promise<Outcome<Page<Task>>> {
  const from = query.cursor === undefined ? null : decodeCursor(listPosition, query.cursor);
  if (from === undefined) {
    const issues = [{ path: "cursor", message: "not a cursor of this list" }];
    return refused(refuse("invalid_request", "The cursor is not valid", { issues }));
  }
  const list = { database: openDatabase(db), userId, query };
  return accepted(await pageAfter(list, from?.entry));
}

type List = { database: DrizzleD1Database; userId: string; query: ListTasks };

async function pageAfter(list: List, start: Position): Promise<Page<Task>> {
  const { limit } = list.query;
  const candidates = await chosen(list);
  let after = start;
  const found: Found[] = [];
  for (const count of [2 * limit, MANY]) {
    found.push(...(await matching(list, candidates(after, count), limit + 1 - found.length)));
    if (found.length > limit) return pageOf(found.slice(0, limit), found[limit - 1]?.entry);
    const reached = await lastOf(list, candidates(after, count), count);
    if (reached === undefined) return pageOf(found, undefined);
    after = reached;
  }
  return pageOf(found, after);
}

type Found = { task: Task; entry: string };

function pageOf(found: Found[], goesOnAfter: Position): Page<Task> {
  return {
    items: found.map(({ task }) => task),
    nextCursor: goesOnAfter === undefined ? null : encodeCursor({ entry: goesOnAfter }),
  };
}

/** The index to walk: of few tasks by their status, else of those that the search finds. */
async function chosen({ database, userId, query }: List): Promise<Candidates> {
  const ofStatus = byStatus(userId, query);
  const found = bySearch(userId, query);
  if (!found || !query.status) return found ?? ofStatus;
  const more = sql`SELECT 1 FROM (${ofStatus(undefined, FEW + 1)}) LIMIT 1 OFFSET ${FEW}`;
  const isMany = (await database.all(more)).length > 0;
  return isMany ? found : ofStatus;
}

async function matching({ database, userId, query }: List, among: SQL, limit: number) {
  const rows = await database
    .select({
      ...taskColumns,
      role: taskMembers.role,
      entry: sql<string>`CAST(${taskMembers.entry} AS TEXT)`,
    })
    .from(taskMembers)
    .innerJoin(tasks, eq(tasks.id, taskMembers.taskId))
    .where(
      and(
        sql`${taskMembers.entry} IN (${among})`,
        // With a plus, since the entry is the shorter way to the row.
        sql`+${taskMembers.userId} = ${userId}`,
        ...filters(query),
      ),
    )
    .orderBy(desc(taskMembers.entry))
    .limit(limit);
  return rows.map(({ entry, ...row }) => ({ task: readTask(row), entry }));
}

/** The last of `count` candidates, or undefined where there are fewer: then none are left. */
async function lastOf({ database }: List, among: SQL, count: number): Promise<Position> {
  const [row] = await database.all(
    sql`SELECT CAST(entry AS TEXT) AS entry FROM (${among}) LIMIT 1 OFFSET ${count - 1}`,
  );
  return row === undefined ? undefined : listPosition.parse(row).entry;
}

/** The index finds what can match; what does, the row says. */
function filters(query: ListTasks): (SQL | undefined)[] {
  const { status, team, q, ephemeral, label = [] } = query;
  return [
    ephemeral ? undefined : isNull(tasks.ephemeral),
    status && inArray(taskMembers.status, status),
    team && and(eq(tasks.teamNamespace, team.namespace), eq(tasks.teamName, team.name)),
    // Not LIKE: D1 refuses patterns over 50 bytes, and a pattern's wildcards would need escaping.
    q === undefined ? undefined : sql`instr(${tasks.titleFolded}, ${searchForm(q)}) > 0`,
    ...label.map(
      ({ key, value }) => sql`EXISTS (SELECT 1 FROM json_each(${tasks.labels}) l
        WHERE l.key = ${key} AND l.value = ${value})`,
    ),
  ];
}
