import * as z from "zod";
import { fitting } from "../../../protocol/bytes";

const rowSizes = z.array(z.object({ first_seq: z.int(), bytes: z.int() }));
const entryRows = z.array(
  z.object({ first_seq: z.int(), last_seq: z.int(), entries: z.int(), events: z.string() }),
);
export type EntryRow = z.infer<typeof entryRows>[number];

/** Rows of one page, however small they are. */
const PAGE_ROWS = 200;
const COLUMNS = "first_seq, last_seq, entries, events";

/**
 * The log's rows, read in pages that are bounded in bytes: sizes first, which SQLite knows without
 * reading the values. A page has at least one row.
 */
export class LogRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Oldest first: the rows with events after a `seq`. */
  after(after: number, bytes: number): EntryRow[] {
    // Only `first_seq` is indexed: by it the row is found that may have the next `seq` in it.
    const sizes = this.#sizes(
      `SELECT first_seq, octet_length(events) AS bytes FROM log
        WHERE first_seq >= (SELECT coalesce(max(first_seq), 0) FROM log WHERE first_seq <= ?1 + 1)
          AND last_seq > ?1 ORDER BY first_seq LIMIT ${PAGE_ROWS}`,
      [after],
      bytes,
    );
    const [first, last] = [sizes[0], sizes.at(-1)];
    if (first === undefined || last === undefined) return [];
    const query = `SELECT ${COLUMNS} FROM log WHERE first_seq BETWEEN ? AND ? ORDER BY first_seq`;
    return this.#read(query, [first, last]);
  }

  /** Newest first: rows that hold log entries and begin before a `seq`. */
  entriesBefore(seq: number, bytes: number): EntryRow[] {
    return this.#entries("first_seq < ? AND entries > 0 ORDER BY first_seq DESC", seq, bytes);
  }

  /** Oldest first: rows that hold log entries, the newest row of the log left out. */
  oldestEntries(bytes: number): EntryRow[] {
    const [{ last } = { last: 0 }] = z
      .array(z.object({ last: z.int().nullable() }))
      .parse(this.#sql.exec("SELECT max(first_seq) AS last FROM log").toArray());
    return this.#entries("first_seq < ? AND entries > 0 ORDER BY first_seq", last ?? 0, bytes);
  }

  #entries(where: string, seq: number, bytes: number): EntryRow[] {
    // By the index of rows with entries: in a long chat there are none to be found.
    const from = "FROM log INDEXED BY log_with_entries";
    const select = `SELECT first_seq, octet_length(events) AS bytes ${from} WHERE ${where} LIMIT ${PAGE_ROWS}`;
    const wanted = this.#sizes(select, [seq], bytes);
    const query = `SELECT ${COLUMNS} ${from} WHERE ${where} LIMIT ?`;
    return wanted.length === 0 ? [] : this.#read(query, [seq, wanted.length]);
  }

  /** The first numbers of the rows that fit. */
  #sizes(query: string, values: number[], bytes: number): number[] {
    const sizes = rowSizes.parse(this.#sql.exec(query, ...values).toArray());
    const count = fitting(
      sizes.map((row) => row.bytes),
      bytes,
    );
    return sizes.slice(0, count).map(({ first_seq }) => first_seq);
  }

  #read(query: string, values: number[]): EntryRow[] {
    return entryRows.parse(this.#sql.exec(query, ...values).toArray());
  }
}
