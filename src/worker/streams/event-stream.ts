/** Milliseconds of silence after which a comment shows a stream to be alive. */
const ALIVE_MS = 15_000;
const ALIVE = ": alive\n\n";

type Options = {
  leave: () => void;
  headers?: Record<string, string>;
  /** Shorter where it matters how soon it shows that a reader has gone: it shows when it is written to. */
  aliveMs?: number;
};

/**
 * Server-sent events (HTML, section 9.2) as they come, each text one or more whole events. `leave` is
 * called where the reader goes away before the end; a failure in mid-stream cuts the connection, so that
 * no reader takes a part for the whole.
 */
export function eventStream(
  texts: AsyncGenerator<string, void>,
  { leave, headers = {}, aliveMs = ALIVE_MS }: Options,
): Response {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<string, void>> | undefined;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      next ??= texts.next();
      const said = await orSilence(next, aliveMs);
      if (said === undefined) {
        controller.enqueue(encoder.encode(ALIVE));
        return;
      }
      next = undefined;
      if (said.done) controller.close();
      else controller.enqueue(encoder.encode(said.value));
    },
    cancel: leave,
  });
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", ...headers },
  });
}

/** What is said, or nothing after a time of silence. */
async function orSilence<T>(said: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([said, promise]);
  } finally {
    clearTimeout(timer);
  }
}
