import * as z from "zod";

const sinceRows = z.array(z.object({ since: z.int() }));

/** Members whose own rooms can't be reached, and since when; milliseconds since 1970. */
export class Unreached {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** A member could not be reached at `now`. Gives since when that is so. */
  note(userId: string, now: number): number {
    this.#sql.exec("INSERT OR IGNORE INTO unreached (user_id, since) VALUES (?, ?)", userId, now);
    const query = "SELECT since FROM unreached WHERE user_id = ?";
    return sinceRows.parse(this.#sql.exec(query, userId).toArray())[0]?.since ?? now;
  }

  clear(userId: string): void {
    this.#sql.exec("DELETE FROM unreached WHERE user_id = ?", userId);
  }
}
