import * as z from "zod";
import { logError } from "../../platform/platform-log";
import { type Reading, reading, type Snapshot } from "../../platform/recorded";
import { ofToday, type Tally } from "../../platform/tally";
import { parseJson } from "../../protocol/json";
import { BOARD_WINDOWS, type BoardWindow, boardWindow } from "../../protocol/operator/board";

export const RING_STEPS = [
  `CREATE TABLE snapshots (bucket_ms INTEGER NOT NULL, slot INTEGER NOT NULL, start INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (bucket_ms, slot)) STRICT, WITHOUT ROWID`,
];

const starts = z.array(z.object({ bucket_ms: z.int(), start: z.int() }));
const rows = z.array(z.object({ start: z.int(), body: z.string() }));

/**
 * What a shard knew as each part of the board's windows began: of each window a ring of rows, one for
 * a part, and none for one in which nothing was told. Times in milliseconds since 1970.
 */
export class Rings {
  readonly #sql: SqlStorage;
  /** When the newest snapshot of each window was made, by the length of its parts. */
  readonly #newest: Map<number, number>;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const query = "SELECT bucket_ms, max(start) AS start FROM snapshots GROUP BY bucket_ms";
    const found = starts.parse(sql.exec(query).toArray());
    this.#newest = new Map(found.map(({ bucket_ms, start }) => [bucket_ms, start]));
  }

  /** Windows of which a part begins with what is added now. */
  due(now: number): BoardWindow[] {
    return boardWindow.options.filter((window) => {
      const { bucketMs } = BOARD_WINDOWS[window];
      return startAt(now, bucketMs) > (this.#newest.get(bucketMs) ?? -1);
    });
  }

  /** Keeps what is known before anything is added in a part that has begun. */
  keep(windows: readonly BoardWindow[], now: number, known: Reading): void {
    const body = JSON.stringify(known);
    for (const window of windows) {
      const { bucketMs, buckets } = BOARD_WINDOWS[window];
      const start = startAt(now, bucketMs);
      const insert =
        "INSERT OR REPLACE INTO snapshots (bucket_ms, slot, start, body) VALUES (?, ?, ?, ?)";
      this.#sql.exec(insert, bucketMs, (start / bucketMs) % buckets, start, body);
      this.#newest.set(bucketMs, start);
    }
  }

  /** Those of a window that ends with the part of `now`, the oldest first. One that can't be read is passed over. */
  of(window: BoardWindow, now: number): Snapshot[] {
    const { bucketMs, buckets } = BOARD_WINDOWS[window];
    const last = startAt(now, bucketMs);
    const query = `SELECT start, body FROM snapshots
      WHERE bucket_ms = ? AND start > ? AND start <= ? ORDER BY start`;
    const found = this.#sql.exec(query, bucketMs, last - buckets * bucketMs, last).toArray();
    return rows.parse(found).flatMap(({ start, body }) => {
      const known = readingIn(body);
      if (!known) logError("metrics_snapshot_unreadable", { window, start });
      return known ? [{ start, ...known }] : [];
    });
  }
}

function startAt(now: number, bucketMs: number): number {
  return now - (now % bucketMs);
}

function readingIn(body: string): { tally: Tally; levels: Reading["levels"] } | undefined {
  const json = parseJson(body);
  const { success, data } = reading.safeParse(json.ok ? json.value : undefined);
  return success ? { tally: ofToday(data), levels: data.levels } : undefined;
}
