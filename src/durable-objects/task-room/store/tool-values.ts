import * as z from "zod";
import type { KeptRounds, KeptValue } from "../../../engine/turn/draft";
import { parseJson } from "../../../protocol/json";
import { type StreamRound, streamRound } from "../../../protocol/room-state";
import type { DoneRound } from "../../../resources/step";
import { bodyRows, readJson } from "./stored";

type Place = { turnId: string; step: string };

const valueRows = z.array(
  z.object({
    round: z.int(),
    call: z.int(),
    kind: z.enum(["input", "output", "memo"]),
    body: z.string(),
  }),
);
const body = z.json();

/** What tools took and gave where events show it cut, and the rounds of steps that ended without an answer. */
export class ToolValues {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put({ turnId, step, round, index, kind, value }: KeptValue): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO tool_values (turn_id, step, round, call, kind, body)
        VALUES (?, ?, ?, ?, ?, ?)`,
      ...[turnId, step, round, index, kind, JSON.stringify(value)],
    );
  }

  putRounds({ turnId, step, rounds }: KeptRounds): void {
    const query = "INSERT OR REPLACE INTO rounds (turn_id, step, round, body) VALUES (?, ?, ?, ?)";
    for (const round of rounds) {
      this.#sql.exec(query, turnId, step, round.round, JSON.stringify(round));
    }
  }

  /** The rounds that a step's last run was left with, as events show them. */
  roundsLeft({ turnId, step }: Place): StreamRound[] {
    const query = "SELECT body FROM rounds WHERE turn_id = ? AND step = ? ORDER BY round";
    const rows = bodyRows.parse(this.#sql.exec(query, turnId, step).toArray());
    return rows.map((row) => readJson(streamRound, row.body));
  }

  /** Rounds with the values whole of which they show the beginnings. */
  whole({ turnId, step }: Place, rounds: readonly StreamRound[]): DoneRound[] {
    if (rounds.length === 0) return [];
    const query = `SELECT round, call, kind, body FROM tool_values WHERE turn_id = ? AND step = ?`;
    const rows = valueRows.parse(this.#sql.exec(query, turnId, step).toArray());
    const values = new Map(
      rows.map(({ round, call, kind, body: text }) => [
        `${round} ${call} ${kind}`,
        body.parse(parseJson(text).value),
      ]),
    );
    return rounds.map((one) => {
      const memo = values.get(`${one.round} -1 memo`);
      const calls = one.calls.map((call) => {
        const input = values.get(`${one.round} ${call.index} input`) ?? call.input;
        const output = values.get(`${one.round} ${call.index} output`) ?? call.output;
        return { ...call, input, ...(output !== undefined && { output }) };
      });
      return { ...one, calls, ...(memo !== undefined && { memo }) };
    });
  }
}
