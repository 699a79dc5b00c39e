import * as z from "zod";
import type { KeptPart } from "../../../engine/turn/draft";
import { type JsonValue, parseJson } from "../../../protocol/json";

const rows = z.array(z.object({ key: z.string(), body: z.string().nullable() }));
const value = z.json();

/** Parts of the work of agents in code: begun, or done with what they gave. */
export class PartTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put({ turnId, step, run, key, value: given, threw }: KeptPart): void {
    if (threw) {
      const query = "DELETE FROM parts WHERE turn_id = ? AND step = ? AND key = ?";
      this.#sql.exec(query, turnId, step, key);
      return;
    }
    this.#sql.exec(
      "INSERT OR REPLACE INTO parts (turn_id, step, run, key, body) VALUES (?, ?, ?, ?, ?)",
      ...[turnId, step, run, key, given === undefined ? null : JSON.stringify(given)],
    );
  }

  /** Of the runs from `run` on, which are one that was tried again. */
  of(turnId: string, step: string, run: number): Map<string, { value?: JsonValue }> {
    const query = `SELECT key, body FROM parts
      WHERE turn_id = ? AND step = ? AND run >= ? ORDER BY run`;
    const found = rows.parse(this.#sql.exec(query, turnId, step, run).toArray());
    return new Map(
      found.map(({ key, body }) => [
        key,
        body === null ? {} : { value: value.parse(parseJson(body).value) },
      ]),
    );
  }
}
