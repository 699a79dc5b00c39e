import * as z from "zod";

/** Whom the outbox tells, each with a cursor of its own. */
const DESTINATIONS = ["d1", "users", "meters"] as const;
export type Destination = (typeof DESTINATIONS)[number];
/** The cursor of all of them where none is behind: one row in place of one each. */
const ALL = "all";

/** How often in a row a destination could not be told, and when to try again; milliseconds since 1970. */
export type Wait = { failures: number; retryAt: number };

const cursorRows = z.tuple([z.object({ cursor: z.int().nullable() })]);
const waitRows = z.array(z.object({ failures: z.int(), retry_at: z.int() }));

/** How far each destination has been told, and how long one that failed is left alone. */
export class Cursors {
  readonly #sql: SqlStorage;
  readonly #namesHistory: () => boolean;

  /** `namesHistory`: whether the room names the database of its history. */
  constructor(sql: SqlStorage, namesHistory: () => boolean) {
    this.#sql = sql;
    this.#namesHistory = namesHistory;
  }

  /** The last `seq` that a destination is known to have been told; it may be further. */
  get(destination: Destination): number {
    const column = destination === "d1" && this.#namesHistory() ? "history_cursor" : "cursor";
    const query = `SELECT max(${column}) AS cursor FROM outbox WHERE destination IN (?, ?)`;
    return cursorRows.parse(this.#sql.exec(query, destination, ALL).toArray())[0].cursor ?? 0;
  }

  put(destination: Destination | typeof ALL, cursor: number): void {
    const query = `INSERT INTO outbox (destination, cursor, history_cursor) VALUES (?, ?, ?)
      ON CONFLICT (destination) DO UPDATE
      SET cursor = excluded.cursor, history_cursor = excluded.history_cursor`;
    this.#sql.exec(query, destination, cursor, cursor);
  }

  /** The last `seq` that every destination has been told. */
  toldThrough(): number {
    return Math.min(...DESTINATIONS.map((destination) => this.get(destination)));
  }

  wait(destination: Destination): Wait | undefined {
    const query = `SELECT failures, retry_at FROM outbox
      WHERE destination = ? AND retry_at IS NOT NULL`;
    const [row] = waitRows.parse(this.#sql.exec(query, destination).toArray());
    return row && { failures: row.failures, retryAt: row.retry_at };
  }

  /** Keeps a wait with the `seq` that it is at; without one the destination is as any other again. */
  putWait(destination: Destination, cursor: number, wait?: Wait): void {
    const query = `INSERT INTO outbox (destination, cursor, history_cursor, failures, retry_at)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT (destination) DO UPDATE
      SET cursor = excluded.cursor, history_cursor = excluded.history_cursor,
        failures = excluded.failures, retry_at = excluded.retry_at`;
    const { failures = 0, retryAt = null } = wait ?? {};
    this.#sql.exec(query, destination, cursor, cursor, failures, retryAt);
  }
}
