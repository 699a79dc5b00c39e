import * as z from "zod";

const rows = z.array(z.object({ id: z.string() }));

/** Files that are no more, and whose bytes may still be in the bucket. */
export class RemovalTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(id: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO file_removals (id) VALUES (?)", id);
  }

  has(id: string): boolean {
    const query = "SELECT id FROM file_removals WHERE id = ?";
    return rows.parse(this.#sql.exec(query, id).toArray()).length > 0;
  }

  some(limit: number): string[] {
    const query = "SELECT id FROM file_removals LIMIT ?";
    return rows.parse(this.#sql.exec(query, limit).toArray()).map(({ id }) => id);
  }

  /** They are not. */
  end(ids: readonly string[]): void {
    const query = "DELETE FROM file_removals WHERE id IN (SELECT value FROM json_each(?))";
    this.#sql.exec(query, JSON.stringify(ids));
  }
}
