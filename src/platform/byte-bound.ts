/** Bytes of one event of a foreign stream: no chunk of an answer, no file in it is longer. */
export const FOREIGN_EVENT_BYTES = 8 * 1024 * 1024;
/** Bytes of a foreign refusal's body: what a machine can read of it comes first, or never. */
export const FOREIGN_REFUSAL_BYTES = 64 * 1024;

const LF = 10;
const CR = 13;
const DATA = [...new TextEncoder().encode("data")];

export type Bounds = { eventBytes: number; streamBytes: number };

/**
 * Counts the bytes of a foreign stream before anybody gathers them. An event counts until the blank
 * line after one with data (WHATWG HTML, section 9.2.6; lines end in LF, CR or both), so comments, empty
 * events and what is no event stream at all count as one event that goes on.
 */
export class ByteBound {
  readonly #bounds: Bounds;
  #streamBytes = 0;
  /** Since the last event with data ended. */
  #eventBytes = 0;
  #hasData = false;
  /** How much of the line's beginning was seen, and whether it was `data` so far. */
  #seen = 0;
  #isData = true;
  /** The last line ended in CR at a chunk's end: an LF that follows is of the same end. */
  #endsInCr = false;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Counts what was read; false where it is too much. */
  holds(chunk: Uint8Array): boolean {
    this.#streamBytes += chunk.length;
    let from = this.#endsInCr && chunk[0] === LF ? 1 : 0;
    if (chunk.length > 0) this.#endsInCr = false;
    let counted = 0;
    let lf = chunk.indexOf(LF, from);
    let cr = chunk.indexOf(CR, from);
    while (lf >= 0 || cr >= 0) {
      const end = lf < 0 || (cr >= 0 && cr < lf) ? cr : lf;
      this.#read(chunk, from, end);
      from = end + 1;
      if (end === cr) {
        if (chunk[from] === LF) from++;
        else this.#endsInCr = from === chunk.length;
        cr = chunk.indexOf(CR, from);
      }
      if (lf >= 0 && lf < from) lf = chunk.indexOf(LF, from);
      if (!this.#endsEvent()) continue;
      if (this.#eventBytes + from - counted > this.#bounds.eventBytes) return false;
      this.#eventBytes = 0;
      counted = from;
    }
    this.#read(chunk, from, chunk.length);
    this.#eventBytes += chunk.length - counted;
    return (
      this.#eventBytes <= this.#bounds.eventBytes && this.#streamBytes <= this.#bounds.streamBytes
    );
  }

  /** More of the line, of which only the beginning matters. */
  #read(chunk: Uint8Array, from: number, end: number): void {
    for (let at = from; at < end && this.#seen < DATA.length; at++) {
      if (chunk[at] !== DATA[this.#seen++]) this.#isData = false;
    }
  }

  /** The line is over; whether it was the blank one after data. */
  #endsEvent(): boolean {
    const isBlank = this.#seen === 0;
    const hasEnded = isBlank && this.#hasData;
    if (isBlank) this.#hasData = false;
    else if (this.#isData && this.#seen === DATA.length) this.#hasData = true;
    this.#seen = 0;
    this.#isData = true;
    return hasEnded;
  }
}

/** The same bytes while there are not too many; then `error`, and the sender is cut off. */
export function boundedBody(
  body: ReadableStream<Uint8Array>,
  bound: ByteBound,
  error: () => Error,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else if (bound.holds(value)) controller.enqueue(value);
        else {
          void reader.cancel().catch(() => {});
          throw error();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Only what is asked for is read: a slow reader holds the sender up, not our memory.
    { highWaterMark: 0 },
  );
}
