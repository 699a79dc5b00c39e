import * as z from "zod";

const progress = z.tuple([z.object({ done: z.int() })]);

/**
 * Brings an object's tables up to date: runs those of `steps` that have not run here yet, in order,
 * all of them or none. A released step is never edited, only followed by another; each works with
 * the code before it, so that a deploy can be rolled back. Tells whether there were such; throws what
 * SQLite throws. `done` is what `stepsDone` says, where it was asked already.
 */
export function migrate(
  storage: DurableObjectStorage,
  steps: readonly string[],
  done = stepsDone(storage.sql),
): boolean {
  const { sql } = storage;
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

/** How many steps have run here; nothing where none has: such an object has nothing to answer from. */
export function stepsDone(sql: SqlStorage): number | undefined {
  const table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'storage_steps'";
  if (sql.exec(table).toArray().length === 0) return undefined;
  return progress.parse(sql.exec("SELECT done FROM storage_steps").toArray())[0].done;
}
