import { ByteBound, FOREIGN_EVENT_BYTES } from "../../platform/byte-bound";
import { type Words, wordsOf } from "./plain-chunk";

/** Bytes of a whole answer: the longest that is kept, in events of one character each. */
const ANSWER_BYTES = 128 * 1024 * 1024;

/** Milliseconds for which the words gather of a stream that is quicker than one event a millisecond. */
const GATHER_MS = 2;

/** A provider's stream, or an event of it, does not end. */
export class EndlessAnswer extends Error {
  constructor() {
    super("the stream or an event of it is too long");
  }
}

/** Takes the words of an answer as they come. */
export type Say = (words: Words) => void;

/**
 * A stream of OpenAI's chat completions for the AI SDK, without the words if somebody else takes them:
 * every event costs the SDK's layers a dozen stream hops, more than all sockets of a room cost per frame.
 * So what is plainly a delta is said at once, as long as there is nothing else; the first event that is
 * more than that goes to the SDK, and so does everything after it, in its order. Deltas that were read
 * together become one, and so do those of a moment where they come very quickly.
 */
export function plainDeltas(
  body: ReadableStream<Uint8Array>,
  say: Say | undefined,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const events = new Events(say);
  const bound = new ByteBound({ eventBytes: FOREIGN_EVENT_BYTES, streamBytes: ANSWER_BYTES });
  const broken = (error: unknown): never => {
    events.end();
    throw error;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let text = "";
        while (text === "") {
          const { done, value } = await reader.read().catch(broken);
          if (value && !bound.holds(value)) {
            void reader.cancel().catch(() => {});
            broken(new EndlessAnswer());
          }
          text = events.take(decoder.decode(value, { stream: !done }), done);
          if (text !== "") controller.enqueue(encoder.encode(text));
          if (!done) continue;
          controller.close();
          return;
        }
      },
      cancel: (reason) => {
        events.drop();
        return reader.cancel(reason);
      },
    },
    // Only what is asked for is read: a slow reader holds the provider up, not our memory.
    { highWaterMark: 0 },
  );
}

/** Up to the value of the one delta that is merged; the keys of a chunk have no fixed order, so most do. */
const BEFORE_TEXT = /^data: ?\{.*?"delta":\{(?:"role":"assistant",)?"(?:reasoning_)?content":"/;

type Run = { before: string; after: string; text: string };

/** Whole events, neighbours merged that differ in nothing but the text of their delta. */
class Events {
  readonly #say: Say | undefined;
  /** Whether there were only words so far, and somebody takes them. */
  #plain: boolean;
  /** What no blank line has ended yet. Only appended to, as it is read through when it ends. */
  #rest = "";
  #endsLine = false;
  #run: Run | undefined;
  #passed = "";
  /** What stood around the words that were said last, and when: milliseconds since 1970. */
  #said: { before: string; after: string; at: number } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: Say | undefined) {
    this.#say = say;
    this.#plain = say !== undefined;
  }

  /** What is to be passed on now that this has been read. */
  take(read: string, isEnd: boolean): string {
    this.#split(read);
    if (isEnd) {
      this.#endRun();
      this.#passed += this.#rest;
      this.#rest = "";
    }
    const passed = this.#passed;
    this.#passed = "";
    return passed;
  }

  /** Says what has been heard: nothing more comes. */
  end(): void {
    this.#endRun();
  }

  /** Nobody hears any more. */
  drop(): void {
    this.#stopTimer();
    this.#run = undefined;
  }

  #split(read: string): void {
    // Lines may end in other ways (WHATWG HTML, section 9.2.6); such a stream passes as it is.
    if (read.includes("\r")) {
      this.#endRun();
      this.#plain = false;
      this.#passed += this.#rest + read;
      this.#rest = "";
      this.#endsLine = false;
      return;
    }
    const blank = read.lastIndexOf("\n\n");
    const cut = blank >= 0 ? blank + 2 : Number(this.#endsLine && read.startsWith("\n"));
    const whole = cut > 0 ? this.#rest + read.slice(0, cut) : "";
    this.#rest = cut > 0 ? read.slice(cut) : this.#rest + read;
    this.#endsLine = read === "" ? this.#endsLine : read.length > cut && read.endsWith("\n");
    if (cut === 0) return;
    for (const event of whole.split("\n\n")) if (event !== "") this.#add(event);
    if (this.#gathers()) this.#timer ??= setTimeout(() => this.#endRun(), GATHER_MS);
    else this.#endRun();
  }

  /** Whether the open run is surely words, and came in the very millisecond of those before it or soon after. */
  #gathers(): boolean {
    if (!this.#run || !this.#said || !this.#plain) return false;
    const { before, after, at } = this.#said;
    const isSame = this.#run.before === before && this.#run.after === after;
    return isSame && (this.#timer !== undefined || Date.now() === at);
  }

  #add(event: string): void {
    const delta = deltaOf(event);
    const { before, after } = this.#run ?? {};
    if (this.#run && delta && delta.before === before && delta.after === after) {
      this.#run.text += delta.text;
      return;
    }
    this.#endRun();
    if (delta) this.#run = delta;
    else this.#pass(event);
  }

  #endRun(): void {
    this.#stopTimer();
    if (!this.#run) return;
    const { before, text, after } = this.#run;
    this.#run = undefined;
    this.#pass(`${before}${text}${after}`);
    this.#said = { before, after, at: Date.now() };
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #pass(event: string): void {
    const words = this.#plain ? wordsOf(event) : undefined;
    // The SDK gets what says nothing too: it may name the model.
    if (!words?.length) this.#passed += `${event}\n\n`;
    if (words) for (const one of words) this.#say?.(one);
    else this.#plain = false;
  }
}

/** An event's text as it stands in the JSON, escapes and all, and what stands around it. */
function deltaOf(event: string): Run | undefined {
  const before = BEFORE_TEXT.exec(event)?.[0];
  if (before === undefined) return undefined;
  const end = endOfString(event, before.length);
  const after = event.slice(end);
  // An empty delta, as the one that names the role, is no word that others could be gathered to.
  if (end <= before.length || after.includes("\n")) return undefined;
  return { before, text: event.slice(before.length, end), after };
}

/** The index of the quote that ends a JSON string whose first character is at `from`; -1 where none does. */
function endOfString(json: string, from: number): number {
  for (let at = from; ; at++) {
    at = json.indexOf('"', at);
    if (at < 0) return -1;
    let backslashes = 0;
    while (at - backslashes > from && json[at - backslashes - 1] === "\\") backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}
