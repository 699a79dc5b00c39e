import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { ListTasks } from "../protocol/rest/list-tasks";
import { taskMembers } from "./schema";
import { searchQuery } from "./search-terms";

/** Entries of one millisecond, as bits. */
const MILLISECOND_BITS = 20;
/** What is left of a 64-bit integer: the years 1691 to 2248. */
const LAST_MS = 2 ** 43 - 1;

/** As text: an entry has more bits than a JavaScript number keeps. */
export const entryText = z
  .string()
  .regex(/^-?\d{1,19}$/, { abort: true })
  .refine((text) => BigInt.asIntN(64, BigInt(text)) === BigInt(text));

/** A list's cursor. */
export const listPosition = z.strictObject({ entry: entryText });

/** The first entry of a millisecond. */
export function firstEntry(ms: number): SQL {
  return sql`(${Math.min(Math.max(ms, -LAST_MS), LAST_MS)} << ${sql.raw(`${MILLISECOND_BITS}`)})`;
}

/** The next free entry of a millisecond. */
export function freeEntry(ms: number): SQL {
  return sql`(SELECT coalesce(max(entry) + 1, ${firstEntry(ms)}) FROM ${taskMembers}
    WHERE entry >= ${firstEntry(ms)} AND entry < ${firstEntry(ms + 1)})`;
}

/** Where a list goes on: after this entry. */
export type Position = z.infer<typeof entryText> | undefined;

/** The newest `count` entries after a position that an index gives in the list's order, as a subquery. */
export type Candidates = (after: Position, count: number) => SQL;

/** All that the user has of some statuses, or of any, within the query's times. */
export function byStatus(userId: string, query: ListTasks): Candidates {
  const statuses = [...new Set(query.status)];
  const sources =
    statuses.length > 0 ? statuses.map((status) => sql` AND status = ${status}`) : [sql``];
  return (after, count) => {
    const within = bounds(sql`entry`, query, after);
    // Each status is a range in the list's order; ranges are merged, where `IN` would be sorted.
    const ranges = sources.map(
      (source) => sql`SELECT entry FROM ${taskMembers} WHERE user_id = ${userId}${source}${within}`,
    );
    return sql`${sql.join(ranges, sql` UNION ALL `)} ORDER BY entry DESC LIMIT ${count}`;
  };
}

/** All of the user's that can have the query's team, labels and title; undefined where it asks for none. */
export function bySearch(userId: string, query: ListTasks): Candidates | undefined {
  const match = searchQuery(userId, query);
  if (match === undefined) return undefined;
  return (after, count) => sql`SELECT rowid AS entry FROM task_search
    WHERE task_search MATCH ${match}${bounds(sql`rowid`, query, after)}
    ORDER BY rowid DESC LIMIT ${count}`;
}

function bounds(entry: SQL, { createdAfter, createdBefore }: ListTasks, after: Position): SQL {
  const below = [
    ...(after === undefined ? [] : [sql`CAST(${after} AS INTEGER)`]),
    ...(createdBefore === undefined ? [] : [firstEntry(Date.parse(createdBefore))]),
  ];
  const [one, other] = below;
  const from = createdAfter && firstEntry(Date.parse(createdAfter) + 1);
  // One bound on each side: SQLite takes one of several for the range, and reads up to the others.
  const upper = one && other ? sql`min(${one}, ${other})` : one;
  return sql.join([
    ...(from ? [sql` AND ${entry} >= ${from}`] : []),
    ...(upper ? [sql` AND ${entry} < ${upper}`] : []),
  ]);
}
