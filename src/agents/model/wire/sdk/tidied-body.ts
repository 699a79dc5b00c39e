import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { Unreadable } from "../../refusal/model-fault";
import { type EventListener, EventReader } from "../event-reader";
import { type Fields, isFields } from "../json";

/**
 * Puts the events of one answer into the form in which a reader of the SDK's takes them: that reader drops an
 * answer for any event that its schemas do not know, and waits for the connection's end.
 */
export type Tidy = {
  /** What an event says in events of that form; `name` is empty where it has none. */
  take(event: Fields, name: string): Fields[];
  /** `[DONE]` has come. */
  done(): void;
  /** The answer has said how it ended: whatever follows, or fails to follow, it is an answer. */
  readonly isWhole: boolean;
  /** Nothing is left to wait for. */
  readonly isOver: boolean;
  /** What the answer has cost, as far as it was told. */
  readonly usage: LanguageModelV4Usage | undefined;
  /** What is still to be said of a whole answer. */
  end(): Fields[];
};

/** Milliseconds for which the rest of a whole answer is waited for. */
const REST_WAIT_MS = 500;

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** A body whose events are tidied; it ends with the answer. */
export function tidiedBody(
  body: ReadableStream<Uint8Array>,
  tidy: Tidy,
): ReadableStream<Uint8Array> {
  const source = new TidySource(body, tidy);
  return new ReadableStream<Uint8Array>(
    { pull: (controller) => source.pull(controller), cancel: () => source.close() },
    // Only what is asked for is read: a slow reader holds the provider up, not our memory.
    { highWaterMark: 0 },
  );
}

/** Sends one request whose answer is tidied. */
export function tidiedFetch(carry: typeof fetch, tidy: Tidy): typeof fetch {
  return async (input, init) => {
    const response = await carry(input, init);
    const headers = { "content-type": "text/event-stream" };
    return response.body ? new Response(tidiedBody(response.body, tidy), { headers }) : response;
  };
}

class TidySource implements EventListener {
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  readonly #tidy: Tidy;
  readonly #events = new EventReader(this);
  readonly #encoder = new TextEncoder();
  #waiting: Fields[] = [];
  #isForeign = false;
  #isAnswer = false;
  #fault: unknown;
  #patience: { over: Promise<undefined>; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(body: ReadableStream<Uint8Array>, tidy: Tidy) {
    this.#body = body.getReader();
    this.#tidy = tidy;
  }

  /** Reads until there is something to tell. */
  async pull(controller: Controller): Promise<void> {
    for (;;) {
      const goesOn = await this.#readOn();
      if (!goesOn && this.#tidy.isWhole) this.#put(this.#tidy.end());
      const told = this.#waiting.splice(0);
      for (const event of told) {
        controller.enqueue(this.#encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      }
      if (!goesOn) {
        this.close();
        if (this.#fault === undefined || this.#tidy.isWhole) controller.close();
        else controller.error(this.#fault);
        return;
      }
      if (told.length > 0) return;
    }
  }

  close(): void {
    if (this.#patience) clearTimeout(this.#patience.timer);
    // Rejects with what went wrong on the connection, which nobody waits for any more.
    void this.#body.cancel().catch(() => {});
  }

  json(value: unknown, name: string | undefined): void {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!isFields(one) || this.#tidy.isOver) continue;
      this.#isAnswer = true;
      this.#put(this.#tidy.take(one, name ?? ""));
    }
  }

  text(text: string, name: string): void {
    if (name === "error") this.json({ type: "error", error: { message: text } }, name);
    else this.#isForeign = true;
  }

  done(): void {
    this.#tidy.done();
  }

  broken(): void {
    this.#fault ??= new Unreadable();
  }

  #put(events: readonly Fields[]): void {
    this.#waiting.push(...events);
  }

  /** Reads once; whether there may be more. */
  async #readOn(): Promise<boolean> {
    try {
      const read = this.#body.read();
      const next = this.#patience ? await Promise.race([read, this.#patience.over]) : await read;
      if (next?.value) this.#events.take(next.value);
      else this.#end(next === undefined);
      if (this.#tidy.isWhole) this.#waitForRest();
      return next?.value !== undefined && this.#fault === undefined && !this.#tidy.isOver;
    } catch (error) {
      this.#fault ??= error;
      return false;
    }
  }

  #end(isImpatient: boolean): void {
    if (isImpatient) return;
    this.#events.end();
    // Somebody's web page.
    if (this.#isForeign && !this.#isAnswer) this.#fault ??= new Unreadable();
  }

  #waitForRest(): void {
    if (this.#patience) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), REST_WAIT_MS);
    this.#patience = { over: promise, timer };
  }
}
