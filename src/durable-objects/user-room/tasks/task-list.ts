import * as z from "zod";
import { listPosition } from "../../../history/task-entries";
import { decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { LIMITS } from "../../../protocol/limits";
import type { ListTasks } from "../../../protocol/rest/list-tasks";
import type { Page } from "../../../protocol/rest/page";
import { type Task, task as taskSchema } from "../../../protocol/task";
import { readJson } from "../../stored-json";
import { byFew, bySearch, byStatus, type Candidates, filters, type Piece } from "./list-query";

/** Tasks of some statuses that are looked at one by one rather than looked up by the other filters. */
const FEW = 200;
/** Candidates looked at for one page beyond the first handful; past it the page is left short. */
const MANY = 1000;

const foundRows = z.array(z.object({ entry: z.string(), bytes: z.int(), body: z.string() }));
type Found = z.infer<typeof foundRows>[number];
const entryRows = z.array(z.object({ entry: z.string() }));

/** After which entry a page begins; at the newest where there is none. */
export type From = { entry?: string };

/** Where a query goes on; undefined where its cursor is none that a page gave. */
export function readCursor({ cursor }: ListTasks): From | undefined {
  return cursor === undefined ? {} : decodeCursor(listPosition, cursor);
}

/**
 * A page of a user's tasks, newest first; all filters hold together. A page takes the same time
 * however many tasks there are: where filters hold together for few of the many tasks that each holds
 * for, it may be short, and its cursor goes on.
 */
export function listTasks(sql: SqlStorage, query: ListTasks, from: From): Page<Task> {
  const { limit } = query;
  const candidates = chosen(sql, query);
  let after = from.entry;
  const found: Found[] = [];
  for (const count of [2 * limit, MANY]) {
    found.push(...matching(sql, query, candidates(after, count), limit + 1 - found.length));
    if (found.length > limit || isFull(found)) return pageOf(found, limit, undefined);
    const reached = lastOf(sql, candidates(after, count), count);
    if (reached === undefined) return pageOf(found, limit, undefined);
    after = reached;
  }
  return pageOf(found, limit, after);
}

/** As many as a page holds in number and in bytes; `reached` is where a short one goes on. */
function pageOf(found: Found[], limit: number, reached: string | undefined): Page<Task> {
  let bytes = 0;
  const shown = found.slice(0, limit).filter((row, i) => {
    bytes += row.bytes;
    return i === 0 || bytes <= LIMITS.pageBytes;
  });
  const goesOnAfter = shown.length < found.length ? shown.at(-1)?.entry : reached;
  return {
    items: shown.map(({ body }) => readJson(taskSchema, body)),
    nextCursor: goesOnAfter === undefined ? null : encodeCursor({ entry: goesOnAfter }),
  };
}

function isFull(found: Found[]): boolean {
  return found.reduce((sum, { bytes }) => sum + bytes, 0) > LIMITS.pageBytes;
}

/** The index to walk: of few tasks by what few have, else of those that the search finds. */
function chosen(sql: SqlStorage, query: ListTasks): Candidates {
  const ofFew = byFew(query);
  if (ofFew) return ofFew;
  const ofStatus = byStatus(query);
  const found = bySearch(query);
  if (!found || !query.status) return found ?? ofStatus;
  const { text, values } = ofStatus(undefined, FEW + 1);
  const more = `SELECT 1 FROM (${text}) LIMIT 1 OFFSET ${FEW}`;
  return sql.exec(more, ...values).toArray().length > 0 ? found : ofStatus;
}

function matching(sql: SqlStorage, query: ListTasks, among: Piece, limit: number): Found[] {
  const holds = filters(query);
  const where = holds.map(({ text }) => ` AND ${text}`).join("");
  const text = `SELECT CAST(entry AS TEXT) AS entry, bytes, body FROM tasks
    WHERE tasks.entry IN (${among.text})${where} ORDER BY tasks.entry DESC LIMIT ?`;
  const values = [...among.values, ...holds.flatMap((piece) => piece.values), limit];
  return foundRows.parse(sql.exec(text, ...values).toArray());
}

/** The last of `count` candidates, or undefined where there are fewer: then none are left. */
function lastOf(sql: SqlStorage, among: Piece, count: number): string | undefined {
  const text = `SELECT CAST(entry AS TEXT) AS entry FROM (${among.text}) LIMIT 1 OFFSET ?`;
  const rows = sql.exec(text, ...among.values, count - 1).toArray();
  return entryRows.parse(rows)[0]?.entry;
}
