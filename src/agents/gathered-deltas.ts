/** Milliseconds between events of deltas on the average, as between frames of the room. */
const WINDOW_MS = 8;
/** UTF-16 units at which gathered events are passed on early. */
const WINDOW_UNITS = 64 * 1024;
/** UTF-16 units of one event: no chunk of an answer is longer, and one must not fill memory. */
const EVENT_UNITS = 8 * 1024 * 1024;

/** An event of a provider's stream does not end. */
export class OverlongEvent extends Error {
  constructor() {
    super("an event of the stream is too long");
  }
}

/**
 * A stream of OpenAI's chat completions with fewer, larger deltas. Every event costs the layers
 * above a dozen stream hops, far more than all sockets of a room cost per frame; so the first delta
 * passes at once, and while more come, those of a window become one event. Everything else passes
 * as it is and without delay, together with what came before it.
 */
export function gatheredDeltas(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const gatherer = new Gatherer(body.getReader());
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => gatherer.pull(controller),
      cancel: (reason) => gatherer.cancel(reason),
    },
    // Only what is asked for: what waits here instead goes on gathering.
    { highWaterMark: 0 },
  );
}

class Gatherer {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  readonly #events = new Events();
  #reading: Promise<void> | undefined;
  #rest = "";
  #end: { error?: unknown } | undefined;
  /** From when on the next delta may pass; milliseconds since 1970, 0 where none passed before. */
  #due = 0;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (this.#events.isEmpty && !this.#end) await this.#read();
    const left = this.#due - Date.now();
    if (left > 0 && this.#mayWait) await this.#readFor(left);
    if (!this.#events.isEmpty) this.#passOn(controller);
    else if (this.#end && "error" in this.#end) controller.error(this.#end.error);
    else controller.close();
  }

  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason);
  }

  get #mayWait(): boolean {
    return !this.#end && this.#events.mayWait;
  }

  #passOn(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#events.mayWait) this.#passDelta(Date.now());
    controller.enqueue(this.#encoder.encode(this.#events.take()));
  }

  /** A delta that came later than it might lets the next come as much earlier. */
  #passDelta(now: number): void {
    const late = this.#due === 0 ? 0 : Math.min(now - this.#due, WINDOW_MS);
    this.#due = now + WINDOW_MS - Math.max(late, 0);
  }

  async #readFor(ms: number): Promise<void> {
    let open = true;
    const { promise: window, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      open = false;
      resolve();
    }, ms);
    while (open && this.#mayWait) await Promise.race([this.#read(), window]);
    clearTimeout(timer);
  }

  /** One read at a time, which may outlive a window. Never rejects: what came before is passed on first. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce()
      .catch((error: unknown) => {
        this.#end = { error };
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { done, value } = await this.#reader.read();
    this.#take(this.#decoder.decode(value, { stream: !done }));
    if (!done) return;
    this.#events.addRaw(this.#rest);
    this.#end = {};
  }

  #take(text: string): void {
    const all = this.#rest + text;
    // Lines may end in other ways (WHATWG HTML, section 9.2.6); such a stream passes as it is.
    const isRaw = all.includes("\r");
    const end = isRaw ? all.length : all.lastIndexOf("\n\n") + 2;
    this.#rest = end < 2 ? all : all.slice(end);
    if (this.#rest.length > EVENT_UNITS) throw new OverlongEvent();
    if (isRaw) this.#events.addRaw(all);
    else if (end >= 2) this.#events.add(all.slice(0, end));
  }
}

/** Up to the value of the one delta that is merged; the keys of a chunk have no fixed order, so most do. */
const BEFORE_TEXT = /^data: ?\{.*?"delta":\{(?:"role":"assistant",)?"(?:reasoning_)?content":"/;

type Run = { before: string; after: string; text: string };

/** Whole events, neighbours merged that differ in nothing but the text of their delta. */
class Events {
  #text = "";
  #run: Run | undefined;
  #mayWait = true;

  get isEmpty(): boolean {
    return this.#text === "" && this.#run === undefined;
  }

  /** Whether there are only deltas, and not too many. */
  get mayWait(): boolean {
    const units = this.#text.length + (this.#run?.text.length ?? 0);
    return this.#mayWait && units < WINDOW_UNITS;
  }

  add(events: string): void {
    for (const event of events.split("\n\n")) if (event !== "") this.#addOne(event);
  }

  /** Text that need not be whole events. */
  addRaw(text: string): void {
    if (text === "") return;
    this.#endRun();
    this.#text += text;
    this.#mayWait = false;
  }

  take(): string {
    this.#endRun();
    const text = this.#text;
    this.#text = "";
    this.#mayWait = true;
    return text;
  }

  #addOne(event: string): void {
    const delta = deltaOf(event);
    const { before, after } = this.#run ?? {};
    if (this.#run && delta && delta.before === before && delta.after === after) {
      this.#run.text += delta.text;
      return;
    }
    if (delta) {
      this.#endRun();
      this.#run = delta;
    } else this.addRaw(`${event}\n\n`);
  }

  #endRun(): void {
    if (this.#run) this.#text += `${this.#run.before}${this.#run.text}${this.#run.after}\n\n`;
    this.#run = undefined;
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
