import * as z from "zod";

export type SseEvent = { id: string | undefined; event: string; data: Record<string, unknown> };

const json = z.record(z.string(), z.unknown());

/** Reads an event stream block by block; what is not a field of an event is passed over. */
export class SseReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";
  #open = true;

  constructor(response: Response) {
    const { body } = response;
    if (!body || response.status !== 200) throw new Error(`no stream: ${response.status}`);
    const decoder = new TextDecoderStream();
    this.#reader = body
      .pipeThrough(decoder as ReadableWritablePair<string, Uint8Array>)
      .getReader();
  }

  /** Events from here on, up to and with the first that fits. */
  async until(fits: (event: SseEvent) => boolean): Promise<SseEvent[]> {
    const seen: SseEvent[] = [];
    for (;;) {
      const event = await this.#next();
      if (!event) throw new Error("the stream ended");
      seen.push(event);
      if (fits(event)) return seen;
    }
  }

  async ended(): Promise<void> {
    while (await this.#next());
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }

  async #next(): Promise<SseEvent | undefined> {
    for (;;) {
      const cut = this.#text.indexOf("\n\n");
      if (cut >= 0) {
        const block = this.#text.slice(0, cut);
        this.#text = this.#text.slice(cut + 2);
        const event = eventOf(block);
        if (event) return event;
      } else if (!this.#open) return undefined;
      else await this.#more();
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#reader.read();
    if (done) this.#open = false;
    else this.#text += value;
  }
}

function eventOf(block: string): SseEvent | undefined {
  const fields = new Map(
    block.split("\n").map((line) => {
      const cut = line.indexOf(":");
      return [line.slice(0, cut), line.slice(cut + 1).trimStart()] as const;
    }),
  );
  const event = fields.get("event");
  const data = fields.get("data");
  if (event === undefined || data === undefined) return undefined;
  return { id: fields.get("id"), event, data: json.parse(JSON.parse(data)) };
}
