import { LIMITS } from "../../protocol/limits";
import { UNIT_BYTES } from "./utf8-size";

/** Bytes unsent to one socket at which it is closed whatever the reason: its memory is bounded. */
export const MOST_UNSENT_BYTES = 4 * LIMITS.unsentBytes;
/** Milliseconds for which a socket may take nothing at all. */
const STALL_MS = 30_000;
/** Bytes a millisecond, and so KB a second, at which a large frame may be taken besides. */
const SLOWEST_PACE = 32;

/** What a socket has not taken yet of what it was sent. */
export class Unsent {
  readonly #ws: Pick<WebSocket, "bufferedAmount">;
  /** At most so many bytes are unsent: what was last seen and all sent since; unknown after a wake. */
  #most = Number.POSITIVE_INFINITY;
  /** At most so large is the largest frame among them. */
  #largest = Number.POSITIVE_INFINITY;

  constructor(ws: Pick<WebSocket, "bufferedAmount">) {
    this.#ws = ws;
  }

  /** Bytes; asks the socket, which costs as much as sending does. */
  look(): number {
    this.#most = this.#ws.bufferedAmount;
    this.#largest = Math.min(this.#largest, this.#most);
    return this.#most;
  }

  /** Whether more than so many bytes are unsent; asks only where the answer may be yes. */
  isOver(bytes: number): boolean {
    return this.#most > bytes && this.look() > bytes;
  }

  /** Counts a frame that is being sent. */
  add(frame: string): void {
    const bytes = frame.length * UNIT_BYTES;
    this.#most += bytes;
    this.#largest = Math.max(this.#largest, bytes);
  }

  /**
   * Milliseconds for which nothing may be taken before the socket is given up. A frame counts as
   * unsent until all of it was taken, so a large one may take longer.
   */
  get patienceMs(): number {
    return STALL_MS + Math.min(this.#largest, MOST_UNSENT_BYTES) / SLOWEST_PACE;
  }
}
