import { getTableColumns, type InferInsertModel, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";

/** D1 binds at most 100 parameters to a statement (platform limit). */
const MAX_PARAMETERS = 100;

type GuardedInsert<T extends SQLiteTable> = {
  table: T;
  rows: InferInsertModel<T>[];
  /** Nothing is written unless it holds at the moment of writing. */
  guard: SQL;
  /** The column whose conflict makes the insert an update. */
  key: SQLiteColumn;
  /** Which conflicting rows are replaced. */
  replaceWhere: SQL;
};

/** `INSERT … ON CONFLICT DO UPDATE` of whole rows under a condition. */
export function guardedInsert<T extends SQLiteTable>(insert: GuardedInsert<T>): SQL {
  const { table, guard, key, replaceWhere } = insert;
  const columns = Object.entries(getTableColumns(table));
  const names = columns.map(([, { name }]) => sql.identifier(name));
  const rows = insert.rows.map((row) => valuesOf(row, columns));
  const replaced = names.map((name) => sql`${name} = excluded.${name}`);
  return sql`INSERT INTO ${table} (${sql.join(names, sql`, `)})
    SELECT * FROM (VALUES ${sql.join(rows, sql`, `)}) WHERE ${guard}
    ON CONFLICT (${sql.identifier(key.name)})
    DO UPDATE SET ${sql.join(replaced, sql`, `)} WHERE ${replaceWhere}`;
}

/** Rows in portions that one statement can bind beside its guard's parameters. */
export function portions<T extends SQLiteTable>(
  table: T,
  rows: InferInsertModel<T>[],
  guardParameters: number,
): InferInsertModel<T>[][] {
  const columns = Object.keys(getTableColumns(table)).length;
  const size = Math.floor((MAX_PARAMETERS - guardParameters) / columns);
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, i) => rows.slice(i * size, (i + 1) * size));
}

function valuesOf(row: Record<string, unknown>, columns: [string, SQLiteColumn][]): SQL {
  const values = columns.map(([name, column]) => sql`${sql.param(row[name] ?? null, column)}`);
  return sql`(${sql.join(values, sql`, `)})`;
}
