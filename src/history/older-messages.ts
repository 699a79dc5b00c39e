import { sql } from "drizzle-orm";
import type { Message } from "../protocol/message";
import { writeBatch } from "./database";
import { guardedInsert, portions } from "./guarded-insert";
import { messageRow } from "./rows";
import { messages, tasks } from "./schema";

/** Messages of one call: with its look at the task fewer than the fifty statements that a free plan gives. */
export const OLDER_PER_CALL = 200;

/**
 * Writes messages of before a task's log, in one batch; the same again changes nothing. Gives whether the
 * database has the task: one that it does not know yet, or that was erased, gets none. Throws what D1 throws.
 */
export async function writeOlder(
  db: D1Database,
  { id, epoch }: { id: string; epoch: string },
  older: readonly Message[],
): Promise<boolean> {
  const guard = sql`EXISTS (SELECT 1 FROM ${tasks}
    WHERE ${tasks.id} = ${id} AND ${tasks.epoch} = ${epoch})`;
  const writes = portions(messages, older.map(messageRow), GUARD_PARAMETERS).map((rows) =>
    guardedInsert({ table: messages, rows, guard, key: messages.id, replaceWhere: sql`false` }),
  );
  const [looked] = await writeBatch(db, [sql`SELECT 1 WHERE ${guard}`, ...writes]);
  return (looked?.results.length ?? 0) > 0;
}
const GUARD_PARAMETERS = 2;
