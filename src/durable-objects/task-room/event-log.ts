import * as z from "zod";
import type { LogEvent } from "../../protocol/events";
import { eventRows, readJson, storedEvents } from "./stored";

const bounds = z.tuple([z.object({ first: z.int().nullable(), last: z.int().nullable() })]);

/** The task's log: rows of events that were committed together, numbered without gaps. */
export class EventLog {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  append(events: LogEvent[], now: number): void {
    const first = events[0]?.seq;
    const last = events.at(-1)?.seq;
    if (first === undefined || last === undefined) return;
    this.#sql.exec(
      "INSERT INTO log (first_seq, last_seq, at, entries, events) VALUES (?, ?, ?, ?, ?)",
      first,
      last,
      now,
      events.filter(({ type }) => type === "log").length,
      JSON.stringify(events),
    );
  }

  /** The first and last number that the log still holds; 0 and 0 when it is empty. */
  bounds(): { first: number; last: number } {
    const query = "SELECT min(first_seq) AS first, max(last_seq) AS last FROM log";
    const [{ first, last }] = bounds.parse(this.#sql.exec(query).toArray());
    return { first: first ?? 0, last: last ?? 0 };
  }

  /** Events with `after < seq`, oldest first, at most about `limit` of them (whole rows). */
  *after(after: number, through = Number.MAX_SAFE_INTEGER): Generator<LogEvent[]> {
    let from = after;
    for (;;) {
      const rows = eventRows.parse(
        this.#sql
          .exec(
            "SELECT events FROM log WHERE last_seq > ? AND first_seq <= ? ORDER BY first_seq LIMIT 100",
            from,
            through,
          )
          .toArray(),
      );
      const events = rows.flatMap((row) => readJson(storedEvents, row.events));
      const wanted = events.filter((event) => event.seq > from && event.seq <= through);
      const last = wanted.at(-1);
      if (!last) return;
      yield wanted;
      from = last.seq;
    }
  }
}
