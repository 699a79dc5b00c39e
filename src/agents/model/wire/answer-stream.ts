import type { LanguageModelV4StreamPart, SharedV4Warning } from "@ai-sdk/provider";
import { ModelFault } from "../refusal/model-fault";
import type { ContentOptions } from "./answer-content";
import { AnswerReader } from "./answer-reader";
import { EventReader } from "./event-reader";

/** Milliseconds for which usage is waited for behind the finish reason. */
const USAGE_WAIT_MS = 500;

export type StreamOptions = ContentOptions & {
  signal: AbortSignal | undefined;
  warnings: SharedV4Warning[];
};

type Controller = ReadableStreamDefaultController<LanguageModelV4StreamPart>;

/**
 * The parts of an answer, read from its body as they are asked for. The last is `finish`, as soon as the answer
 * is whole, or `error` with a `ModelFault`; the connection is closed with it, whatever else it would bring.
 */
export function answerStream(
  body: ReadableStream<Uint8Array>,
  options: StreamOptions,
): ReadableStream<LanguageModelV4StreamPart> {
  const { warnings } = options;
  const source = new AnswerSource(body, options);
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      start(controller) {
        controller.enqueue({ type: "stream-start", warnings });
        source.abortWith(controller);
      },
      pull: (controller) => source.pull(controller),
      cancel: () => source.close(),
    },
    // Only what is asked for is read: a slow reader holds the provider up, not our memory.
    { highWaterMark: 0 },
  );
}

class AnswerSource {
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  readonly #reader: AnswerReader;
  readonly #events: EventReader;
  readonly #signal: AbortSignal | undefined;
  #abort: () => void = () => {};
  #isClosed = false;
  /** Resolves when usage has been waited for. */
  #patience: { over: Promise<undefined>; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(body: ReadableStream<Uint8Array>, { signal, ...options }: StreamOptions) {
    this.#body = body.getReader();
    this.#reader = new AnswerReader(options);
    this.#events = new EventReader(this.#reader);
    this.#signal = signal;
  }

  abortWith(controller: Controller): void {
    this.#abort = () => {
      if (this.#isClosed) return;
      this.close();
      const why: unknown = this.#signal?.reason;
      // Whoever gives up the call with a fault of ours hears with it what the answer has cost.
      if (why instanceof ModelFault) why.usage = this.#reader.usage;
      controller.error(why);
    };
    if (this.#signal?.aborted) this.#abort();
    this.#signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** Reads until there is a part to tell. */
  async pull(controller: Controller): Promise<void> {
    for (let told = 0; told === 0 && !this.#isClosed; ) {
      const bytes = await this.#read();
      if (this.#isClosed) return;
      const parts = this.#partsOf(bytes);
      told = parts.length;
      for (const part of parts) controller.enqueue(part);
      if (this.#isClosed) controller.close();
    }
  }

  /** Stops reading; the connection is closed if it has not ended. */
  close(): void {
    this.#isClosed = true;
    if (this.#patience) clearTimeout(this.#patience.timer);
    this.#signal?.removeEventListener("abort", this.#abort);
    // Rejects with what went wrong on the connection, which nobody waits for any more.
    void this.#body.cancel().catch(() => {});
  }

  /** Bytes, `undefined` at the end, or what went wrong. */
  async #read(): Promise<Uint8Array | Error | undefined> {
    try {
      const read = this.#body.read();
      const next = this.#patience ? await Promise.race([read, this.#patience.over]) : await read;
      return next?.value;
    } catch (error) {
      return error instanceof Error ? error : new Error("the connection broke", { cause: error });
    }
  }

  #partsOf(read: Uint8Array | Error | undefined): LanguageModelV4StreamPart[] {
    const error = read instanceof Uint8Array ? this.#take(read) : read;
    const parts = this.#reader.take();
    if (read instanceof Uint8Array && !error && !this.#reader.fault && !this.#reader.isOver) {
      this.#waitForUsage();
      return parts;
    }
    this.close();
    return [...parts, ...this.#last(error)];
  }

  /** Gives what makes it pointless to read on. */
  #take(bytes: Uint8Array): Error | undefined {
    try {
      this.#events.take(bytes);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error("not readable", { cause: error });
    }
  }

  #last(error: Error | undefined): LanguageModelV4StreamPart[] {
    // What stands behind an endless event is no last one.
    if (!this.#reader.isOver && !(error instanceof ModelFault)) this.#events.end();
    const parts = this.#reader.end(error);
    const told = this.#reader.fault;
    if (!told) return parts;
    const fault = error instanceof ModelFault ? error : told;
    fault.usage = this.#reader.usage;
    return [...parts, { type: "error", error: fault }];
  }

  #waitForUsage(): void {
    if (!this.#reader.waitsForUsage) {
      if (this.#patience) clearTimeout(this.#patience.timer);
      this.#patience = undefined;
    } else if (!this.#patience) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => resolve(undefined), USAGE_WAIT_MS);
      this.#patience = { over: promise, timer };
    }
  }
}
