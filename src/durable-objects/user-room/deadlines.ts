import { deadlineOf, type KeptSession } from "../../engine/session/session";
import { alarmTime } from "../alarm-time";
import type { Tables } from "./tables";

/** The least time from one alarm to the next, so that what stays due does not spin. */
export const PAUSE_MS = 1000;

/**
 * The object's one alarm, never later than the earliest deadline. Deadlines are derived from the
 * rows; an alarm that turns out early finds nothing to do and moves on, which costs less than
 * moving it at each change.
 */
export class Deadlines {
  readonly #storage: DurableObjectStorage;
  readonly #idleMs: number;
  readonly #now: () => number;
  #last: Promise<void> = Promise.resolve();

  constructor(storage: DurableObjectStorage, idleMs: number, now: () => number) {
    this.#storage = storage;
    this.#idleMs = idleMs;
    this.#now = now;
  }

  async add(session: KeptSession): Promise<void> {
    await this.atLatest(deadlineOf(session, this.#idleMs));
  }

  /** At the end of an alarm, whatever became of it. */
  async rearm(tables: Tables, now: number): Promise<void> {
    const deadlines = tables.sessions.readable().map((kept) => deadlineOf(kept, this.#idleMs));
    const earliest = Math.min(...deadlines);
    if (deadlines.length > 0) await this.atLatest(earliest > now ? earliest : now + PAUSE_MS);
  }

  /**
   * Never in the past, and never further ahead than the platform takes. One after the other: two
   * that read the alarm at once could set it to the later time.
   */
  atLatest(time: number): Promise<void> {
    const set = async () => {
      const at = alarmTime(Math.max(time, this.#now()));
      const current = await this.#storage.getAlarm();
      if (current === null || at < current) await this.#storage.setAlarm(at);
    };
    this.#last = this.#last.then(set, set);
    return this.#last;
  }
}
