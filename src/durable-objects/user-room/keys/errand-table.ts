import * as z from "zod";

const rows = z.array(
  z
    .object({ key_id: z.string(), place: z.string(), failures: z.int(), retry_at: z.int() })
    .transform(({ key_id, retry_at, ...rest }) => ({ ...rest, keyId: key_id, retryAt: retry_at })),
);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);

/** Where keys are looked up, in place of a task's id. */
export const KEY_ROW = "";

/** `place`: the task whose room is to close the key's sockets, or `KEY_ROW`. Times in ms since 1970. */
export type Errand = z.infer<typeof rows>[number];

/** What is still to be done about revoked keys. */
export class ErrandTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put({ keyId, place, failures, retryAt }: Errand): void {
    const query =
      "INSERT OR REPLACE INTO errands (key_id, place, failures, retry_at) VALUES (?, ?, ?, ?)";
    this.#sql.exec(query, keyId, place, failures, retryAt);
  }

  remove({ keyId, place }: Errand): void {
    this.#sql.exec("DELETE FROM errands WHERE key_id = ? AND place = ?", keyId, place);
  }

  of(keyId: string): Errand[] {
    return rows.parse(this.#sql.exec("SELECT * FROM errands WHERE key_id = ?", keyId).toArray());
  }

  due(now: number, limit: number): Errand[] {
    const query = "SELECT * FROM errands WHERE retry_at <= ? ORDER BY retry_at LIMIT ?";
    return rows.parse(this.#sql.exec(query, now, limit).toArray());
  }

  /** When the next is due; milliseconds since 1970. */
  next(): number | null {
    const query = "SELECT min(retry_at) AS at FROM errands";
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }
}
