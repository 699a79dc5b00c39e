import type { RoomEvent } from "../../../protocol/events";
import { toTimestamp } from "../../../protocol/time";
import { MOST_MS, windowMs } from "./window";

/** Where deltas of a running attempt belong. */
export type Writing = { turnId: string; messageId: string; attempt: number };
type Field = "text" | "thinking";

type Sinks = {
  now(): number;
  /** Sockets that a frame goes to. */
  audience(): number;
  /** The length of what the room's state holds of this text, in UTF-16 units. */
  lengthOf(messageId: string, field: Field): number;
  /** Applies the events to the state and sends them, packed into one frame. */
  publish(events: RoomEvent[]): void;
};

type Pending = Writing & { field: Field; delta: string };

/** UTF-16 units at which a gathering frame goes out early. */
const WINDOW_UNITS = 16 * 1024;

/**
 * Coalesces what models write. The first delta goes out at once, so that the first token is not
 * delayed; while more come, one frame per window carries them all; the window widens with the audience. A frame that came later than it
 * might lets the next come as much earlier: a stream slower than the windows, however unevenly it
 * drips, never waits. A delta never ends in half of a surrogate pair: that half waits for the other.
 */
export class LiveText {
  readonly #sinks: Sinks;
  #pending: Pending[] = [];
  #units = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** From when on the next frame may go; milliseconds since 1970, 0 where none went before. */
  #due = 0;

  constructor(sinks: Sinks) {
    this.#sinks = sinks;
  }

  push(writing: Writing, field: Field, delta: string): void {
    const same = this.#pending.find(
      (item) => item.messageId === writing.messageId && item.field === field,
    );
    if (same) same.delta += delta;
    else this.#pending.push({ ...writing, field, delta });
    this.#units += delta.length;
    const left = this.#due - this.#sinks.now();
    // More than a window ahead is due too: the clock has gone back since.
    const isDue = left <= 0 || left > MOST_MS;
    if (isDue || this.#units > WINDOW_UNITS) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), left);
  }

  /** Sends what has gathered, before anything that must come after it. */
  flush(): void {
    this.#send();
    this.#due = 0;
  }

  /** Forgets what has gathered of a turn whose attempt is over. */
  drop(turnId: string): void {
    this.#pending = this.#pending.filter((item) => item.turnId !== turnId);
  }

  #send(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#pending.flatMap((item) => this.#eventOf(item));
    this.#pending = this.#pending.flatMap((item) => {
      const rest = item.delta.slice(wholePairs(item.delta));
      return rest === "" ? [] : [{ ...item, delta: rest }];
    });
    this.#units = 0;
    if (events.length === 0) return;
    this.#due = dueAfter(this.#due, this.#sinks.now(), windowMs(this.#sinks.audience()));
    this.#sinks.publish(events);
  }

  #eventOf({ field, delta, turnId, messageId, attempt }: Pending): RoomEvent[] {
    const whole = delta.slice(0, wholePairs(delta));
    if (whole === "") return [];
    const offset = this.#sinks.lengthOf(messageId, field);
    return [
      {
        type: field === "text" ? "chat:chunk" : "chat:thinking",
        ts: toTimestamp(this.#sinks.now()),
        data: { turnId, messageId, attempt, offset, delta: whole },
      },
    ];
  }
}

/** When the next frame may go after one that was due at `due` and went at `now`; milliseconds. */
function dueAfter(due: number, now: number, window: number): number {
  const late = due === 0 ? 0 : Math.min(now - due, window);
  return now + window - Math.max(late, 0);
}

/** The length of a text without a high surrogate at its end that still lacks its low one. */
function wholePairs(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}
