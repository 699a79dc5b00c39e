import { type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";

const dialect = new SQLiteAsyncDialect();

export function openDatabase(db: D1Database): DrizzleD1Database {
  return drizzle(db);
}

/** Runs statements in one transaction. Drizzle's own `batch` cannot bind what `sql` has built. */
export async function writeBatch(db: D1Database, statements: SQL[]): Promise<D1Result[]> {
  return db.batch(
    statements.map((statement) => {
      const query = dialect.sqlToQuery(statement);
      return db.prepare(query.sql).bind(...query.params);
    }),
  );
}

/** The strings of a JSON array as a set to search, bound as one parameter. */
export function jsonSet(values: readonly string[]): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
}
