import { type SilentProvider, Watch, type WatchLimits } from "./watch";

/**
 * The parts of one model call, for as long as it is wanted and alive. Ends at once when `signal`
 * is aborted, whether or not the provider heeds it; throws `SilentProvider` past a limit; the call
 * is aborted whenever nobody reads on.
 */
export async function* modelParts<Part extends { type: string }>(
  call: (signal: AbortSignal) => AsyncIterable<Part>,
  limits: WatchLimits,
  signal: AbortSignal,
): AsyncGenerator<Part, void> {
  if (signal.aborted) return;
  const work = new AbortController();
  const abort = () => work.abort();
  signal.addEventListener("abort", abort, { once: true });
  let silence: SilentProvider | undefined;
  const watch = new Watch(limits, (expired) => {
    silence = expired;
    work.abort();
  });
  try {
    const parts = call(work.signal)[Symbol.asyncIterator]();
    while (true) {
      watch.wait();
      const next = await nextPart(parts, work.signal);
      if (signal.aborted) return;
      if (silence) throw silence;
      if (!next || next.done) return;
      // `start` is the SDK's own; everything after it comes from the provider.
      if (next.value.type !== "start") watch.heard();
      yield next.value;
    }
  } finally {
    watch.stop();
    signal.removeEventListener("abort", abort);
    work.abort();
  }
}

/** `undefined` as soon as `signal` is aborted. A race per part would leave a listener for each. */
function nextPart<Part>(parts: AsyncIterator<Part>, signal: AbortSignal) {
  return new Promise<IteratorResult<Part> | undefined>((resolve, reject) => {
    const abort = () => resolve(undefined);
    signal.addEventListener("abort", abort, { once: true });
    parts
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
