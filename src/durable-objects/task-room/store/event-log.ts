import * as z from "zod";
import type { LogEvent } from "../../../protocol/events";
import { readJson, storedEvents } from "./stored";

const headRows = z.array(z.object({ last_seq: z.int() }));
const entryRows = z.array(
  z.object({ first_seq: z.int(), last_seq: z.int(), entries: z.int(), events: z.string() }),
);
type EntryRow = z.infer<typeof entryRows>[number];
const timeRows = z.array(z.object({ at: z.int() }));
const sumRows = z.tuple([z.object({ entries: z.int().nullable() })]);
const bounds = z.tuple([z.object({ first: z.int().nullable(), last: z.int().nullable() })]);

/** The task's log: rows of events that were committed together, numbered without gaps. */
export class EventLog {
  readonly #sql: SqlStorage;
  #entries: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  append(events: LogEvent[], now: number): void {
    const first = events[0]?.seq;
    const last = events.at(-1)?.seq;
    if (first === undefined || last === undefined) return;
    const entries = events.filter(({ type }) => type === "log").length;
    this.#sql.exec(
      "INSERT INTO log (first_seq, last_seq, at, entries, events) VALUES (?, ?, ?, ?, ?)",
      first,
      last,
      now,
      entries,
      JSON.stringify(events),
    );
    if (this.#entries !== undefined) this.#entries += entries;
  }

  /** When the first events after a `seq` were committed; milliseconds since 1970. */
  timeAfter(seq: number): number | undefined {
    const query = "SELECT at FROM log WHERE first_seq > ? ORDER BY first_seq LIMIT 1";
    return timeRows.parse(this.#sql.exec(query, seq).toArray())[0]?.at;
  }

  /** The first and last number that the log still holds; 0 and 0 when it is empty. */
  bounds(): { first: number; last: number } {
    // One subquery each, or SQLite would read the whole table.
    const query = `SELECT (SELECT min(first_seq) FROM log) AS first,
      (SELECT last_seq FROM log ORDER BY first_seq DESC LIMIT 1) AS last`;
    const [{ first, last }] = bounds.parse(this.#sql.exec(query).toArray());
    return { first: first ?? 0, last: last ?? 0 };
  }

  /** Events with `after < seq <= through`, oldest first, in pages of whole rows. */
  *after(after: number, through = Number.MAX_SAFE_INTEGER): Generator<LogEvent[]> {
    for (const rows of this.#pages(after, through)) {
      const events = rows.flatMap((row) => readJson(storedEvents, row.events));
      // A row that was thinned may have no event left.
      const wanted = events.filter(({ seq }) => seq > after && seq <= through);
      if (wanted.length > 0) yield wanted;
    }
  }

  /**
   * The same as the JSON of each event or of several, separated by commas, and the last `seq` that a
   * page covers. Rows go out as they were stored, but for those that `rewrite` is to see first.
   */
  *textAfter(
    after: number,
    needsRewrite: (json: string) => boolean,
    rewrite: (event: LogEvent) => LogEvent,
  ): Generator<{ text: string; isOne: boolean; lastSeq: number }> {
    const textOf = ({ first_seq, events }: EntryRow): string => {
      if (first_seq > after && !needsRewrite(events)) return events.slice(1, -1);
      const wanted = readJson(storedEvents, events).filter(({ seq }) => seq > after);
      return JSON.stringify(wanted.map(rewrite)).slice(1, -1);
    };
    for (const rows of this.#pages(after)) {
      const lastSeq = rows.at(-1)?.last_seq ?? after;
      const isOne = lastSeq - Math.max(after, (rows[0]?.first_seq ?? 1) - 1) === 1;
      // A row that was thinned may have no event left.
      const text = rows
        .map(textOf)
        .filter((json) => json !== "")
        .join(",");
      if (text !== "") yield { text, isOne, lastSeq };
    }
  }

  *#pages(after: number, through = Number.MAX_SAFE_INTEGER): Generator<EntryRow[]> {
    // Only `first_seq` is indexed: by it the row is found that may have the next `seq` in it.
    const query = `SELECT first_seq, last_seq, entries, events FROM log
      WHERE first_seq >= (SELECT coalesce(max(first_seq), 0) FROM log WHERE first_seq <= ?1 + 1)
        AND last_seq > ?1 AND first_seq <= ?2 ORDER BY first_seq LIMIT 100`;
    let from = after;
    for (;;) {
      const rows = entryRows.parse(this.#sql.exec(query, from, through).toArray());
      const last = rows.at(-1);
      if (!last) return;
      yield rows;
      from = last.last_seq;
    }
  }

  /** Rows that hold log entries, newest first: their events with `seq < beforeSeq`, newest first. */
  *before(beforeSeq = Number.MAX_SAFE_INTEGER): Generator<LogEvent[]> {
    let until = beforeSeq;
    for (;;) {
      const query = `SELECT first_seq, last_seq, entries, events FROM log
        WHERE first_seq < ? AND entries > 0 ORDER BY first_seq DESC LIMIT 100`;
      const rows = entryRows.parse(this.#sql.exec(query, until).toArray());
      const last = rows.at(-1);
      if (!last) return;
      const events = rows.flatMap((row) => readJson(storedEvents, row.events).reverse());
      yield events.filter(({ seq }) => seq < beforeSeq);
      until = last.first_seq;
    }
  }

  /** The first `seq` from which on every event is still here. */
  replayableFrom(): number {
    const query = "SELECT seq AS last_seq FROM kept WHERE what = 'entries'";
    const [thinned] = headRows.parse(this.#sql.exec(query).toArray());
    return Math.max(this.bounds().first, (thinned?.last_seq ?? 0) + 1);
  }

  /** Log entries that are kept. */
  entries(): number {
    const query = "SELECT sum(entries) AS entries FROM log";
    this.#entries ??= sumRows.parse(this.#sql.exec(query).toArray())[0].entries ?? 0;
    return this.#entries;
  }

  /** Lets the oldest log entries go until `keep` are left; other events of their rows stay. */
  thin(keep: number): void {
    const query = `SELECT first_seq, last_seq, entries, events FROM log
      WHERE entries > 0 AND first_seq < (SELECT max(first_seq) FROM log) ORDER BY first_seq`;
    for (const row of entryRows.parse(this.#sql.exec(query).toArray())) {
      if (this.entries() <= keep) return;
      this.#withoutEntries(row);
      this.#entries = this.entries() - row.entries;
    }
  }

  #withoutEntries(row: EntryRow): void {
    const events = readJson(storedEvents, row.events).filter(({ type }) => type !== "log");
    // First what is said of it: should the rest fail, a replay must not have a silent gap.
    this.#sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('entries', ?)", row.last_seq);
    this.#sql.exec(
      "UPDATE log SET entries = 0, events = ? WHERE first_seq = ?",
      JSON.stringify(events),
      row.first_seq,
    );
  }
}
