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
    const nextPart = untilAborted(call(work.signal), work.signal);
    while (true) {
      watch.wait();
      const next = await nextPart();
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

/** Gives parts one by one, `undefined` as soon as `signal` is aborted. One listener serves them all. */
function untilAborted<Part>(parts: AsyncIterable<Part>, signal: AbortSignal) {
  const iterator = parts[Symbol.asyncIterator]();
  let abort: () => void = () => undefined;
  signal.addEventListener("abort", () => abort(), { once: true });
  return () =>
    new Promise<IteratorResult<Part> | undefined>((resolve, reject) => {
      abort = () => resolve(undefined);
      if (signal.aborted) abort();
      iterator.next().then(resolve, reject);
    });
}
