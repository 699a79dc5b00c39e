import type { Doors } from "../doors";
import type { Destination, Wait } from "../store/cursors";
import type { RoomStore } from "../store/room-store";

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
/** By how much of itself a wait may be longer, so that rooms that failed together don't come together. */
const JITTER = 0.25;

type Parts = { destination: Destination; doors: Doors; store: RoomStore };

/**
 * How long a destination that failed is left alone: 1, 2, 4, … 60 s and up to a quarter more. It is
 * stored, so that an instance that was restarted waits on where the last one was.
 */
export class RetryWait {
  readonly #parts: Parts;
  /** `null` where nothing is waited for; `undefined` before it was read. */
  #wait: Wait | null | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isSet(): boolean {
    return this.#current !== undefined;
  }

  /** When it is over; milliseconds since 1970. */
  get until(): number | undefined {
    return this.#current?.retryAt;
  }

  isOver(now: number): boolean {
    const until = this.#current?.retryAt ?? now;
    // One that is further ahead than any can be: the clock has gone back since.
    return until <= now || until > now + LONGEST_MS * (1 + JITTER);
  }

  /** One more failure, at a `seq` of the destination's. */
  lengthen(cursor: number): void {
    const { destination, doors, store } = this.#parts;
    const failures = (this.#current?.failures ?? 0) + 1;
    const full = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 10), LONGEST_MS);
    const retryAt = doors.now() + Math.round(full * (1 + doors.random() * JITTER));
    this.#wait = { failures, retryAt };
    store.cursors.putWait(destination, cursor, this.#wait);
  }

  /** The destination has taken something. */
  end(cursor: number): void {
    if (!this.isSet) return;
    this.#wait = null;
    this.#parts.store.cursors.putWait(this.#parts.destination, cursor);
  }

  get #current(): Wait | undefined {
    if (this.#wait === undefined) {
      this.#wait = this.#parts.store.cursors.wait(this.#parts.destination) ?? null;
    }
    return this.#wait ?? undefined;
  }
}
