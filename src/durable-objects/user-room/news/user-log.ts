import * as z from "zod";
import { bytesOf, isPast, MAILBOX_BOUNDS } from "../../../engine/user/mailbox-rules";
import { newId } from "../../../protocol/ids";
import { type UserEvent, userEvent } from "../../../protocol/user-events";

const epochRows = z.array(z.object({ epoch: z.string() }));
const eventRows = z.array(z.object({ event: z.string() }));
const edgeRows = z.array(z.object({ seq: z.int(), through: z.int() }));
const bounds = z.tuple([z.object({ first: z.int().nullable(), last: z.int().nullable() })]);
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);

const PAGE_EVENTS = 200;

/** The user's own log, numbered without gaps. The newest event always stays: it holds the count. */
export class UserLog {
  readonly #sql: SqlStorage;
  #epoch: string | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Which log this is; made at the first use. */
  epoch(now: number): string {
    // Remembered once it was read: what is written here may go again, with the transaction around it.
    this.#epoch ??= epochRows.parse(
      this.#sql.exec("SELECT epoch FROM mailbox").toArray(),
    )[0]?.epoch;
    if (this.#epoch !== undefined) return this.#epoch;
    const epoch = newId("req", now).slice(-12);
    this.#sql.exec("INSERT INTO mailbox (id, epoch) VALUES (1, ?)", epoch);
    return epoch;
  }

  append(event: UserEvent, now: number): void {
    const before = this.#edge("max")?.through ?? 0;
    const text = JSON.stringify(event);
    const query = "INSERT INTO log (seq, at, event, through) VALUES (?, ?, ?, ?)";
    this.#sql.exec(query, event.seq, now, text, before + bytesOf(event));
    this.#bound();
  }

  /** Lets go of the oldest until the rest is within its bound. */
  #bound(): void {
    const last = this.#edge("max");
    let first = this.#edge("min");
    while (last && first && first.seq < last.seq) {
      const kept = { rows: last.seq - first.seq + 1, bytes: last.through - first.through };
      if (!isPast(kept, MAILBOX_BOUNDS.log)) return;
      this.#sql.exec("DELETE FROM log WHERE seq = ?", first.seq);
      first = this.#edge("min");
    }
  }

  #edge(which: "min" | "max") {
    const query = `SELECT seq, through FROM log WHERE seq = (SELECT ${which}(seq) FROM log)`;
    return edgeRows.parse(this.#sql.exec(query).toArray())[0];
  }

  /** The first and last number that are still here; 0 and 0 when there is none. */
  bounds(): { first: number; last: number } {
    // One subquery each, or SQLite would read the whole table.
    const query = "SELECT (SELECT min(seq) FROM log) AS first, (SELECT max(seq) FROM log) AS last";
    const [{ first, last }] = bounds.parse(this.#sql.exec(query).toArray());
    return { first: first ?? 0, last: last ?? 0 };
  }

  /** Events after `seq`, oldest first, page by page. */
  *after(seq: number): Generator<UserEvent[]> {
    let from = seq;
    for (;;) {
      const query = "SELECT event FROM log WHERE seq > ? ORDER BY seq LIMIT ?";
      const rows = eventRows.parse(this.#sql.exec(query, from, PAGE_EVENTS).toArray());
      const events = rows.map(({ event }) => userEvent.parse(JSON.parse(event)));
      const last = events.at(-1);
      if (!last) return;
      yield events;
      from = last.seq;
    }
  }

  prune(before: number): void {
    this.#sql.exec("DELETE FROM log WHERE at <= ? AND seq < (SELECT max(seq) FROM log)", before);
  }

  /** When the oldest event that can go was heard; milliseconds since 1970. */
  oldest(): number | null {
    const query = `SELECT (SELECT at FROM log WHERE seq < (SELECT max(seq) FROM log)
      ORDER BY seq LIMIT 1) AS at`;
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }
}
