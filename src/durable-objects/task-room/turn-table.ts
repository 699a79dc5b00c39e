import type { TurnRecord } from "../../engine/room";
import type { Turn, TurnStatus } from "../../protocol/turn";
import { bodyRows, readJson, storedTurn } from "./stored";

export type TurnFilter = { status?: TurnStatus[] | undefined; beforeId?: string; limit: number };

/** Turns with what the engine keeps of them, open and closed. */
export class TurnTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put({ turn, run }: TurnRecord): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO turns (id, status, closed_at, body) VALUES (?, ?, ?, ?)",
      turn.id,
      turn.status,
      turn.endedAt === undefined ? null : Date.parse(turn.endedAt),
      JSON.stringify({ turn, run }),
    );
  }

  get(turnId: string): TurnRecord | undefined {
    const query = "SELECT body FROM turns WHERE id = ?";
    const [row] = bodyRows.parse(this.#sql.exec(query, turnId).toArray());
    return row && readJson(storedTurn, row.body);
  }

  /** Every turn that is kept, oldest first. */
  all(): Turn[] {
    const rows = bodyRows.parse(this.#sql.exec("SELECT body FROM turns ORDER BY id").toArray());
    return rows.map((row) => readJson(storedTurn, row.body).turn);
  }

  /** Newest first: ids sort by time. */
  list({ status, beforeId, limit }: TurnFilter): Turn[] {
    const where = ["id < ?"];
    const values: (string | number)[] = [beforeId ?? "turn_~"];
    if (status) {
      where.push(`status IN (${status.map(() => "?").join(", ")})`);
      values.push(...status);
    }
    const query = `SELECT body FROM turns WHERE ${where.join(" AND ")} ORDER BY id DESC LIMIT ?`;
    const rows = bodyRows.parse(this.#sql.exec(query, ...values, limit).toArray());
    return rows.map((row) => readJson(storedTurn, row.body).turn);
  }
}
