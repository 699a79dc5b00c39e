import type { LogEvent } from "../../../protocol/events";
import type { Commit } from "../store/commit";
import { type EventLog, LOG_PAGE_BYTES } from "../store/event-log";

/** A stretch of the log to be told: the events with `after < seq <= through`. */
export type Stretch = {
  after: number;
  events: LogEvent[];
  through: number;
  /** Those just before them, where the stretch may begin within a commit. */
  before: LogEvent[];
};

type Kept = { events: LogEvent[]; units: number };

/**
 * What the outboxes tell. Commits are told as they were made; the log is read, page by page, only for
 * what is no longer in memory: after a wake, or where a destination was away for long.
 */
export class Backlog {
  readonly #log: EventLog;
  /** The newest commits, oldest first, without gaps. */
  #recent: Kept[] = [];
  #units = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  hear({ events, texts }: Commit): void {
    const units = texts.reduce((sum, text) => sum + text.length, 0);
    this.#recent.push({ events, units });
    this.#units += units;
    while (this.#units > LOG_PAGE_BYTES) this.#dropOldest();
  }

  /** The next stretch after a `seq`; all of it where the log has nothing left after it. */
  next(after: number, head: number): Stretch {
    const [oldest] = this.#recent;
    if (oldest && firstOf(oldest) <= after + 1) {
      const untold = this.#recent.filter((kept) => lastOf(kept) > after);
      return stretchOf(
        untold.flatMap(({ events }) => events),
        after,
        head,
      );
    }
    const page = this.#log.after(after).next();
    const begun = this.#log.together(after).filter(({ seq }) => seq <= after);
    return stretchOf([...begun, ...(page.done ? [] : page.value)], after, head);
  }

  /** Everybody has been told through a `seq`. */
  forget(through: number): void {
    while (this.#recent[0] && lastOf(this.#recent[0]) <= through) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#units -= this.#recent.shift()?.units ?? 0;
  }
}

function firstOf({ events }: Kept): number {
  return events[0]?.seq ?? 0;
}

function lastOf({ events }: Kept): number {
  return events.at(-1)?.seq ?? 0;
}

function stretchOf(all: LogEvent[], after: number, head: number): Stretch {
  const events = all.filter(({ seq }) => seq > after);
  const before = all.filter(({ seq }) => seq <= after);
  return { after, events, through: events.at(-1)?.seq ?? head, before };
}
