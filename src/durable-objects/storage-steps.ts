import * as z from "zod";

const progress = z.tuple([z.object({ done: z.int() })]);

/**
 * Brings an object's tables up to date: runs those of `steps` that have not run here yet, in order.
 * A released step is never edited, only followed by another; each works with the code before it, so
 * that a deploy can be rolled back. Has no await, so that all of it is committed together. Throws
 * what SQLite throws.
 */
export function migrate(sql: SqlStorage, steps: readonly string[]): void {
  if (!hasTables(sql)) {
    // A table, because objects refuse PRAGMA user_version.
    sql.exec("CREATE TABLE storage_steps (done INTEGER NOT NULL) STRICT");
    sql.exec("INSERT INTO storage_steps (done) VALUES (0)");
  }
  const [{ done }] = progress.parse(sql.exec("SELECT done FROM storage_steps").toArray());
  steps.slice(done).forEach((step, index) => {
    sql.exec(step);
    sql.exec("UPDATE storage_steps SET done = ?", done + index + 1);
  });
}

/** Whether `migrate` has run here: an object without tables has nothing to answer from. */
export function hasTables(sql: SqlStorage): boolean {
  const query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'storage_steps'";
  return sql.exec(query).toArray().length > 0;
}
