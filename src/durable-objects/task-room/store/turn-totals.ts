import * as z from "zod";
import type { TaskStats } from "../../../protocol/rest/stats";
import { turnStatus } from "../../../protocol/turn";

const totalRows = z.array(
  z.object({
    status: turnStatus,
    turns: z.int(),
    attempts: z.int(),
    runs: z.int(),
    input: z.int(),
    output: z.int(),
    total: z.int(),
  }),
);
const durationRows = z.tuple([z.object({ p50: z.int().nullable(), p95: z.int().nullable() })]);

export type TurnTotals = Pick<
  TaskStats,
  "turns" | "attempts" | "retries" | "durationMs" | "tokens"
>;

/** Sums that SQLite makes: a busy room keeps thousands of turns, each of some thousand bytes. */
export function turnTotals(sql: SqlStorage): TurnTotals {
  const totals: TurnTotals = {
    turns: { PENDING: 0, PROCESSING: 0, WAITING: 0, COMPLETED: 0, INTERRUPTED: 0, FAILED: 0 },
    attempts: 0,
    retries: 0,
    durationMs: durationRows.parse(sql.exec(DURATIONS).toArray())[0],
    tokens: { input: 0, output: 0, total: 0 },
  };
  for (const row of totalRows.parse(sql.exec(TOTALS).toArray())) {
    totals.turns[row.status] = row.turns;
    totals.attempts += row.attempts;
    totals.retries += row.attempts - row.runs;
    totals.tokens.input += row.input;
    totals.tokens.output += row.output;
    totals.tokens.total += row.total;
  }
  return { ...totals, retries: Math.max(0, totals.retries) };
}

const TOTALS = `
  SELECT status, count(*) AS turns, sum(attempts) AS attempts, sum(runs) AS runs,
    sum(input) AS input, sum(output) AS output, sum(coalesce(total, input + output)) AS total
  FROM (
    SELECT status,
      (SELECT coalesce(sum(value ->> '$.attempt'), 0)
        FROM json_each(body, '$.turn.steps')) AS attempts,
      (SELECT coalesce(sum(value ->> '$.run'), 0)
        FROM json_each(body, '$.turn.steps') WHERE value ->> '$.attempt' > 0) AS runs,
      coalesce(body ->> '$.turn.usage.inputTokens', 0) AS input,
      coalesce(body ->> '$.turn.usage.outputTokens', 0) AS output,
      body ->> '$.turn.usage.totalTokens' AS total
    FROM turns
  ) GROUP BY status`;

/** Nearest-rank percentiles of finished turns. */
const DURATIONS = `
  WITH taken AS (
    SELECT closed_at - unixepoch(began) * 1000 - substr(began, 21, 3) AS ms
    FROM (SELECT closed_at, body ->> '$.turn.startedAt' AS began FROM turns)
    WHERE closed_at IS NOT NULL AND began IS NOT NULL
  ), ranked AS (
    SELECT ms, row_number() OVER (ORDER BY ms) AS place, count(*) OVER () AS n FROM taken
  )
  SELECT max(ms) FILTER (WHERE place = (n * 50 + 99) / 100) AS p50,
    max(ms) FILTER (WHERE place = (n * 95 + 99) / 100) AS p95
  FROM ranked`;
