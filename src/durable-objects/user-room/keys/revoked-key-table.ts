import * as z from "zod";

const countRows = z.tuple([z.object({ n: z.int() })]);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);
const userRows = z.array(z.object({ user_id: z.string() }));

/** Keys that open nothing any more, kept for longer than anything that came with one may be under way. */
export class RevokedKeyTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Whose key it was; nothing where it is not revoked. */
  userOf(keyId: string): string | undefined {
    const query = "SELECT user_id FROM revoked_keys WHERE key_id = ?";
    return userRows.parse(this.#sql.exec(query, keyId).toArray())[0]?.user_id;
  }

  /** `at`: milliseconds since 1970. */
  add(keyId: string, userId: string, at: number): void {
    const query = "INSERT OR REPLACE INTO revoked_keys (key_id, user_id, at) VALUES (?, ?, ?)";
    this.#sql.exec(query, keyId, userId, at);
  }

  /** Lets go of what is settled: from before a time, and the oldest where there are too many. */
  prune(before: number, most: number): void {
    this.#sql.exec(
      `DELETE FROM revoked_keys WHERE key_id NOT IN (SELECT key_id FROM errands) AND (at <= ?
         OR at < (SELECT at FROM revoked_keys ORDER BY at DESC LIMIT 1 OFFSET ?))`,
      before,
      most - 1,
    );
  }

  count(): number {
    const query = "SELECT count(*) AS n FROM revoked_keys";
    return countRows.parse(this.#sql.exec(query).toArray())[0].n;
  }

  oldest(): number | null {
    const query = "SELECT (SELECT at FROM revoked_keys ORDER BY at LIMIT 1) AS at";
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }
}
