import * as z from "zod";
import type { KeptRounds, KeptValue } from "../../../engine/turn/draft";
import { jsonBytes } from "../../../protocol/bytes";
import { type JsonValue, parseJson } from "../../../protocol/json";
import { type StreamRound, streamRound } from "../../../protocol/room-state";
import { type ToolUse, toolUse } from "../../../protocol/tools/tool-use";
import type { DoneRound } from "../../../resources/step";
import { bodyRows, readJson } from "./stored";

type Place = { turnId: string; step: string };

type CutUse = Pick<ToolUse, "input" | "output" | "error" | "cut"> & {
  round: number;
  index: number;
};

const body = z.json();
const uses = z.array(toolUse);

/** What tools took and gave where events show it cut, and the rounds of steps that ended without an answer. */
export class ToolValues {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put({ turnId, step, round, index, kind, value }: KeptValue): void {
    if (value === undefined) {
      const query = `DELETE FROM tool_values
        WHERE turn_id = ? AND step = ? AND round = ? AND call = ? AND kind = ?`;
      this.#sql.exec(query, turnId, step, round, index, kind);
      return;
    }
    this.#sql.exec(
      `INSERT OR REPLACE INTO tool_values (turn_id, step, round, call, kind, body)
        VALUES (?, ?, ?, ?, ?, ?)`,
      ...[turnId, step, round, index, kind, JSON.stringify(value)],
    );
  }

  putRounds({ turnId, step, rounds }: KeptRounds): void {
    this.#sql.exec("DELETE FROM rounds WHERE turn_id = ? AND step = ?", turnId, step);
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

  /** What tools did in runs of a step that were rolled back. */
  usesLeft(place: Place): ToolUse[] {
    return uses.parse(this.#value(place, -1, -1, "uses") ?? []);
  }

  /** Rounds with the values whole of which they show the beginnings. */
  whole(place: Place, rounds: readonly StreamRound[]): DoneRound[] {
    return rounds.map((one) => {
      const { round } = one;
      const memo = this.#value(place, round, -1, "memo");
      const calls = one.calls.map((call) => this.#wholeUse(place, { ...call, round }));
      return {
        ...one,
        calls: calls.map(({ round: _, ...call }) => call),
        ...(memo !== undefined && { memo }),
      };
    });
  }

  /** Uses with their values whole, as far as they fit into `bytes` together; then as events show them. */
  wholeUses(place: Place, uses: readonly ToolUse[], bytes: number): ToolUse[] {
    let left = bytes;
    return uses.map((use) => {
      const { round, index } = use;
      // Of a run that was rolled back the next one has written over the values.
      const isPlaced = round !== undefined && index !== undefined && use.run === undefined;
      const whole = isPlaced ? this.#wholeUse(place, { ...use, round, index }) : use;
      const size = jsonBytes(whole);
      if (size > left) return use;
      left -= size;
      return whole;
    });
  }

  #wholeUse<Use extends CutUse>(place: Place, use: Use): Use {
    if (!use.cut) return use;
    const { round, index } = use;
    const { cut, ...whole } = use;
    const input = this.#value(place, round, index, "input");
    const output = this.#value(place, round, index, "output");
    return {
      ...whole,
      ...(input !== undefined && { input }),
      ...(output !== undefined && "error" in use && use.error !== undefined
        ? { error: String(output) }
        : output !== undefined && { output }),
    } as Use;
  }

  #value(
    { turnId, step }: Place,
    round: number,
    call: number,
    kind: KeptValue["kind"],
  ): JsonValue | undefined {
    const query = `SELECT body FROM tool_values
      WHERE turn_id = ? AND step = ? AND round = ? AND call = ? AND kind = ?`;
    const rows = this.#sql.exec(query, turnId, step, round, call, kind).toArray();
    const [row] = bodyRows.parse(rows);
    return row && body.parse(parseJson(row.body).value);
  }
}
