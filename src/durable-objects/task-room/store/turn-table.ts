import * as z from "zod";
import { cutResult } from "../../../engine/step/cut-result";
import type { KeptResult } from "../../../engine/turn/draft";
import type { TurnRecord } from "../../../engine/turn/room";
import { jsonBytes, utf8Bytes } from "../../../protocol/bytes";
import { LIMITS } from "../../../protocol/limits";
import type { Step, StepResult, Turn, TurnStatus } from "../../../protocol/turn";
import { bodyRows, readJson, storedResult, storedTurn } from "./stored";
import { type TurnTotals, turnTotals } from "./turn-totals";

export type TurnFilter = { status?: TurnStatus[] | undefined; beforeId?: string; limit: number };

const idRows = z.array(z.object({ id: z.string() }));

/**
 * Turns with what the engine keeps of them, open and closed. Results lie in rows of their own: a
 * pipeline's together would not fit into one.
 */
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
      JSON.stringify({ turn: { ...turn, steps: turn.steps.map(withoutOutput) }, run }),
    );
  }

  putResult({ turnId, step, run, result }: KeptResult): void {
    const query = "INSERT OR REPLACE INTO results (turn_id, step, run, body) VALUES (?, ?, ?, ?)";
    this.#sql.exec(query, turnId, step, run, JSON.stringify(result));
  }

  /** As the room's state holds it, with results cut as on the socket. */
  get(turnId: string): TurnRecord | undefined {
    const record = this.#find(turnId);
    return record && { ...record, turn: this.#withResults(record.turn, cutResult) };
  }

  /** With its results whole, up to `LIMITS.wholeTurnBytes` of them; further ones are cut. */
  whole(turnId: string): Turn | undefined {
    const record = this.#find(turnId);
    let left: number = LIMITS.wholeTurnBytes;
    return (
      record &&
      this.#withResults(record.turn, (result) => {
        const bytes = jsonBytes(result);
        if (bytes > left) return cutResult(result);
        left -= bytes;
        return result;
      })
    );
  }

  /** The turns that answer a message anew, oldest first, as `get` gives them. */
  anewFor(messageId: string): TurnRecord[] {
    const query = `SELECT id FROM turns WHERE body ->> '$.turn.messageId' = ?
      AND body ->> '$.turn.regenerates' IS NOT NULL ORDER BY id`;
    const rows = idRows.parse(this.#sql.exec(query, messageId).toArray());
    return rows.flatMap(({ id }) => this.get(id) ?? []);
  }

  /** Who asked for a turn that is kept. */
  userOf(turnId: string): string | undefined {
    const query = "SELECT body ->> '$.run.userId' AS body FROM turns WHERE id = ?";
    return bodyRows.parse(this.#sql.exec(query, turnId).toArray())[0]?.body;
  }

  /** What a turn's closed steps gave, by step: of the latest, up to `LIMITS.wholeTurnBytes` in all. */
  outputs({ id, steps }: Turn): Map<string, string> {
    const outputs = new Map<string, string>();
    let left: number = LIMITS.wholeTurnBytes;
    for (const step of steps.toReversed()) {
      const result = hasEnded(step) ? this.#result(id, step) : undefined;
      if (result) left -= utf8Bytes(result.output);
      if (left < 0) break;
      if (result) outputs.set(step.step, result.output);
    }
    return outputs;
  }

  /** Of every turn that is kept. */
  totals(): TurnTotals {
    return turnTotals(this.#sql);
  }

  /** Ids of turns, newest first, as they sort by time. */
  ids({ status, beforeId, limit }: TurnFilter): string[] {
    const where = ["id < ?"];
    const values: (string | number)[] = [beforeId ?? "turn_~"];
    if (status) {
      where.push(`status IN (${status.map(() => "?").join(", ")})`);
      values.push(...status);
    }
    const query = `SELECT id FROM turns WHERE ${where.join(" AND ")} ORDER BY id DESC LIMIT ?`;
    const rows = this.#sql.exec(query, ...values, limit).toArray();
    return idRows.parse(rows).map(({ id }) => id);
  }

  #find(turnId: string): TurnRecord | undefined {
    const query = "SELECT body FROM turns WHERE id = ?";
    const [row] = bodyRows.parse(this.#sql.exec(query, turnId).toArray());
    return row && readJson(storedTurn, row.body);
  }

  /** Results are read one by one: all of a pipeline's together would not fit into memory. */
  #withResults(turn: Turn, shape: (result: StepResult) => StepResult): Turn {
    if (!turn.steps.some(hasEnded)) return turn;
    const steps = turn.steps.map((step) => {
      const kept = hasEnded(step) ? this.#result(turn.id, step) : undefined;
      return kept ? { ...step, result: shape(kept) } : step;
    });
    return { ...turn, steps };
  }

  #result(turnId: string, { step, run }: Step): StepResult | undefined {
    const query = "SELECT body FROM results WHERE turn_id = ? AND step = ? AND run = ?";
    const [row] = bodyRows.parse(this.#sql.exec(query, turnId, step, run).toArray());
    return row && readJson(storedResult, row.body);
  }
}

/** A step that runs again may have an earlier run's result still lying there. */
function hasEnded({ status }: Step): boolean {
  return status === "COMPLETED" || status === "FAILED";
}

function withoutOutput({ result, ...step }: Step): Step {
  return step;
}
