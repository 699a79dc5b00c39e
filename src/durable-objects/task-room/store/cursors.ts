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

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The last `seq` that a destination is known to have been told; it may be further. */
  get(destination: Destination): number {
    const query = "SELECT max(cursor) AS cursor FROM outbox WHERE destination IN (?, ?)";
    return cursorRows.parse(this.#sql.exec(query, destination, ALL).toArray())[0].cursor ?? 0;
  }

  put(destination: Destination | typeof ALL, cursor: number): void {
    const query = `INSERT INTO outbox (destination, cursor) VALUES (?, ?)
      ON CONFLICT (destination) DO UPDATE SET cursor = excluded.cursor`;
    this.#sql.exec(query, destination, cursor);
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
    const query = `INSERT INTO outbox (destination, cursor, failures, retry_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (destination) DO UPDATE
      SET cursor = excluded.cursor, failures = excluded.failures, retry_at = excluded.retry_at`;
    this.#sql.exec(query, destination, cursor, wait?.failures ?? 0, wait?.retryAt ?? null);
  }
}
