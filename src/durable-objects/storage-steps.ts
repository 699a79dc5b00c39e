import * as z from "zod";

const progress = z.tuple([z.object({ done: z.int() })]);

/**
 * Brings an object's tables up to date: runs those of `steps` that have not run here yet, in order,
 * all of them or none. A released step is never edited, only followed by another; each works with
 * the code before it, so that a deploy can be rolled back. Tells whether there were such; throws what
 * SQLite throws.
 */
export function migrate(storage: DurableObjectStorage, steps: readonly string[]): boolean {
  const { sql } = storage;
  const done = hasTables(sql) ? stepsDone(sql) : undefined;
  if (done !== undefined && done >= steps.length) return false;
  storage.transactionSync(() => {
    // A table, because objects refuse PRAGMA user_version.
    if (done === undefined) sql.exec("CREATE TABLE storage_steps (done INTEGER NOT NULL) STRICT");
    for (const step of steps.slice(done)) sql.exec(step);
    const query =
      done === undefined
        ? "INSERT INTO storage_steps (done) VALUES (?)"
        : "UPDATE storage_steps SET done = ?";
    sql.exec(query, steps.length);
  });
  return true;
}

function stepsDone(sql: SqlStorage): number {
  return progress.parse(sql.exec("SELECT done FROM storage_steps").toArray())[0].done;
}

/** Whether `migrate` has run here: an object without tables has nothing to answer from. */
export function hasTables(sql: SqlStorage): boolean {
  const query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'storage_steps'";
  return sql.exec(query).toArray().length > 0;
}
