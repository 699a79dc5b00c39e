import * as z from "zod";

const rows = z.array(z.object({ failures: z.int(), until: z.int() }));

/** `until`: milliseconds since 1970. */
export type Rest = z.infer<typeof rows>[number];

/** Parts of the alarm that failed, and until when they are left alone. */
export class RestTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  of(part: string): Rest | undefined {
    const query = "SELECT failures, until FROM rests WHERE part = ?";
    return rows.parse(this.#sql.exec(query, part).toArray())[0];
  }

  put(part: string, { failures, until }: Rest): void {
    const query = "INSERT OR REPLACE INTO rests (part, failures, until) VALUES (?, ?, ?)";
    this.#sql.exec(query, part, failures, until);
  }

  end(part: string): void {
    this.#sql.exec("DELETE FROM rests WHERE part = ?", part);
  }
}
