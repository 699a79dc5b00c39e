import { Overlong } from "../../refusal/model-fault";
import { ANSWER_BYTES, EVENT_BYTES } from "../event-reader";

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Counts the bytes of an answer, and of the event at hand, so that none is without end. */
export class ByteBound {
  #bytes = 0;
  #eventBytes = 0;
  #last = 0;

  /** Throws `Overlong`. */
  count(bytes: Uint8Array): void {
    const behind = this.#behindBlankLine(bytes);
    this.#bytes += bytes.byteLength;
    this.#eventBytes = behind < 0 ? this.#eventBytes + bytes.byteLength : behind;
    if (this.#eventBytes > EVENT_BYTES || this.#bytes > ANSWER_BYTES) throw new Overlong();
  }

  /** How many bytes follow the last blank line; -1 where there is none. Most reads end in one. */
  #behindBlankLine(bytes: Uint8Array): number {
    let found = -1;
    for (let at = bytes.length - 1; at >= 0 && found < 0; at--) {
      if (isBlank(at === 0 ? this.#last : bytes[at - 1], bytes[at])) found = bytes.length - at - 1;
    }
    this.#last = bytes.at(-1) ?? this.#last;
    return found;
  }
}

/** Two line ends, whatever their form, unless they are one: CR and LF. */
function isBlank(first: number | undefined, second: number | undefined): boolean {
  if (second === LINE_FEED) return first === LINE_FEED;
  return second === RETURN && (first === LINE_FEED || first === RETURN);
}

export type Watching = {
  /** Called before bytes are asked for. */
  wait(): void;
  /** Called for every read; throws where the answer has become too long. */
  read(bytes: Uint8Array): void;
  /** Nothing more will be read. */
  end(): void;
  /** The error to give in the place of the connection's own. */
  cause(error: unknown): unknown;
};

/** A body whose reads are watched. Only what is asked for is read. */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  watching: Watching,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const fail = (error: unknown) => {
    watching.end();
    void reader.cancel().catch(() => {});
    return watching.cause(error);
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          watching.wait();
          const { done, value } = await reader.read();
          if (value) watching.read(value);
          if (value) controller.enqueue(value);
          if (!done) return;
          watching.end();
          controller.close();
        } catch (error) {
          controller.error(fail(error));
        }
      },
      cancel(reason) {
        watching.end();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
