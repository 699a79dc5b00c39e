import * as z from "zod";
import { cutResult } from "../../../engine/step/cut-result";
import type { KeptResult } from "../../../engine/turn/draft";
import type { TurnRecord } from "../../../engine/turn/room";
import type { Step, StepResult, Turn, TurnStatus } from "../../../protocol/turn";
import { bodyRows, readJson, storedResult, storedTurn } from "./stored";
import { type TurnTotals, turnTotals } from "./turn-totals";

export type TurnFilter = { status?: TurnStatus[] | undefined; beforeId?: string; limit: number };

const resultRows = z.array(z.object({ step: z.string(), run: z.int(), body: z.string() }));

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

  /** With its results whole. */
  whole(turnId: string): Turn | undefined {
    const record = this.#find(turnId);
    return record && this.#withResults(record.turn, (result) => result);
  }

  /** Who asked for a turn that is kept. */
  userOf(turnId: string): string | undefined {
    const query = "SELECT body ->> '$.run.userId' AS body FROM turns WHERE id = ?";
    return bodyRows.parse(this.#sql.exec(query, turnId).toArray())[0]?.body;
  }

  /** What a turn's closed steps gave. */
  outputs(turnId: string): Map<string, string> {
    const results = [...this.#results(turnId)];
    return new Map(results.map(([step, { result }]) => [step, result.output]));
  }

  /** Of every turn that is kept. */
  totals(): TurnTotals {
    return turnTotals(this.#sql);
  }

  /** Newest first, as ids sort by time; with results cut as on the socket. */
  list({ status, beforeId, limit }: TurnFilter): Turn[] {
    const where = ["id < ?"];
    const values: (string | number)[] = [beforeId ?? "turn_~"];
    if (status) {
      where.push(`status IN (${status.map(() => "?").join(", ")})`);
      values.push(...status);
    }
    const query = `SELECT body FROM turns WHERE ${where.join(" AND ")} ORDER BY id DESC LIMIT ?`;
    const rows = bodyRows.parse(this.#sql.exec(query, ...values, limit).toArray());
    return rows.map((row) => this.#withResults(readJson(storedTurn, row.body).turn, cutResult));
  }

  #find(turnId: string): TurnRecord | undefined {
    const query = "SELECT body FROM turns WHERE id = ?";
    const [row] = bodyRows.parse(this.#sql.exec(query, turnId).toArray());
    return row && readJson(storedTurn, row.body);
  }

  #withResults(turn: Turn, shape: (result: StepResult) => StepResult): Turn {
    if (!turn.steps.some(hasEnded)) return turn;
    const results = this.#results(turn.id);
    const steps = turn.steps.map((step) => {
      const kept = hasEnded(step) ? results.get(step.step) : undefined;
      return kept?.run === step.run ? { ...step, result: shape(kept.result) } : step;
    });
    return { ...turn, steps };
  }

  #results(turnId: string): Map<string, { run: number; result: StepResult }> {
    const query = "SELECT step, run, body FROM results WHERE turn_id = ?";
    const rows = resultRows.parse(this.#sql.exec(query, turnId).toArray());
    return new Map(
      rows.map(({ step, run, body }) => [step, { run, result: readJson(storedResult, body) }]),
    );
  }
}

/** A step that runs again may have an earlier run's result still lying there. */
function hasEnded({ status }: Step): boolean {
  return status === "COMPLETED" || status === "FAILED";
}

function withoutOutput({ result, ...step }: Step): Step {
  return step;
}
