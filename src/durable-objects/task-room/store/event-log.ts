import * as z from "zod";
import { fitsBytes } from "../../../protocol/bytes";
import type { LogEvent } from "../../../protocol/events";
import { LIMITS } from "../../../protocol/limits";
import { rowsOf } from "./commit";
import { type EntryRow, LogRows } from "./log-rows";
import { readJson, storedEvents } from "./stored";

const headRows = z.array(z.object({ last_seq: z.int() }));
const timeRows = z.array(z.object({ at: z.int() }));
const sumRows = z.tuple([z.object({ entries: z.int().nullable() })]);
const bounds = z.tuple([z.object({ first: z.int().nullable(), last: z.int().nullable() })]);

/** Bytes of a page of rows: with what is put around it, it is still a frame. */
export const LOG_PAGE_BYTES = LIMITS.sentFrameBytes - 1024;

/** Events as JSON, separated by commas, and the last `seq` that they cover. */
export type TextPage = { text: string; isOne: boolean; lastSeq: number };

/** The task's log: events that were committed together, in one row or several, numbered without gaps. */
export class EventLog {
  readonly #sql: SqlStorage;
  readonly #rows: LogRows;
  #entries: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#rows = new LogRows(sql);
  }

  /** `texts` are the events as JSON. */
  append(
    events: LogEvent[],
    now: number,
    texts = events.map((event) => JSON.stringify(event)),
  ): void {
    for (const { first, last, entries, text } of rowsOf(events, texts)) {
      this.#sql.exec(
        "INSERT INTO log (first_seq, last_seq, at, entries, events) VALUES (?, ?, ?, ?, ?)",
        first,
        last,
        now,
        entries,
        text,
      );
      if (this.#entries !== undefined) this.#entries += entries;
    }
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

  /** Events after a `seq`, oldest first, in pages of whole rows. */
  *after(after: number): Generator<LogEvent[]> {
    for (const rows of this.#pages(after)) {
      // A row that was thinned may have no event left.
      const wanted = rows.flatMap(eventsOf).filter(({ seq }) => seq > after);
      if (wanted.length > 0) yield wanted;
    }
  }

  /** The events of the row that a `seq` is in. */
  together(seq: number): LogEvent[] {
    return this.#rows.after(seq - 1, 0).flatMap(eventsOf);
  }

  /**
   * The same as JSON, each page at most `LOG_PAGE_BYTES`. Rows go out as they were stored, but for
   * those that `rewrite` is to see first.
   */
  *textAfter(
    after: number,
    needsRewrite: (json: string) => boolean,
    rewrite: (event: LogEvent) => LogEvent,
  ): Generator<TextPage> {
    const asStored = ({ first_seq, events }: EntryRow) =>
      first_seq > after && !needsRewrite(events);
    for (const rows of this.#pages(after)) {
      const lastSeq = rows.at(-1)?.last_seq ?? after;
      // Rows of an older version may be larger than a frame.
      const isFrame = rows.length > 1 || fitsBytes(rows[0]?.events ?? "", LOG_PAGE_BYTES);
      if (isFrame && rows.every(asStored)) {
        const isOne = lastSeq - Math.max(after, (rows[0]?.first_seq ?? 1) - 1) === 1;
        // A row that was thinned may have no event left.
        const texts = rows.map(({ events }) => events.slice(1, -1)).filter((json) => json !== "");
        if (texts.length > 0) yield { text: texts.join(","), isOne, lastSeq };
      } else {
        const wanted = rows.flatMap(eventsOf).filter(({ seq }) => seq > after);
        yield* framesOf(wanted.map(rewrite));
      }
    }
  }

  *#pages(after: number): Generator<EntryRow[]> {
    let from = after;
    for (;;) {
      const rows = this.#rows.after(from, LOG_PAGE_BYTES);
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
      const rows = this.#rows.entriesBefore(until, LOG_PAGE_BYTES);
      const last = rows.at(-1);
      if (!last) return;
      const events = rows.flatMap((row) => eventsOf(row).reverse());
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
    const query = `SELECT sum(entries) AS entries FROM log
      INDEXED BY log_with_entries WHERE entries > 0`;
    this.#entries ??= sumRows.parse(this.#sql.exec(query).toArray())[0].entries ?? 0;
    return this.#entries;
  }

  /** Lets the oldest log entries go until `keep` are left; other events of their rows stay. */
  thin(keep: number): void {
    while (this.entries() > keep) {
      const rows = this.#rows.oldestEntries(LOG_PAGE_BYTES);
      if (rows.length === 0) return;
      for (const row of rows) {
        if (this.entries() <= keep) return;
        this.#withoutEntries(row);
        this.#entries = this.entries() - row.entries;
      }
    }
  }

  #withoutEntries(row: EntryRow): void {
    const events = eventsOf(row).filter(({ type }) => type !== "log");
    // First what is said of it: should the rest fail, a replay must not have a silent gap.
    this.#sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('entries', ?)", row.last_seq);
    this.#sql.exec(
      "UPDATE log SET entries = 0, events = ? WHERE first_seq = ?",
      JSON.stringify(events),
      row.first_seq,
    );
  }
}

function eventsOf({ events }: EntryRow): LogEvent[] {
  return readJson(storedEvents, events);
}

/** Events written anew, as many in each page as fit. */
function* framesOf(events: LogEvent[]): Generator<TextPage> {
  const texts = events.map((event) => JSON.stringify(event));
  for (const { first, last, text } of rowsOf(events, texts, LOG_PAGE_BYTES)) {
    yield { text: text.slice(1, -1), isOne: first === last, lastSeq: last };
  }
}
