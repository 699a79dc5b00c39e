/** A piece of work took longer than it may. */
export class OutOfTime extends Error {}

/** Does `work`, whose signal is aborted with `signal` and after `ms`; then throws `OutOfTime`. */
export async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  try {
    return await work(signal ? AbortSignal.any([signal, limit.signal]) : limit.signal);
  } catch (error) {
    throw limit.signal.aborted ? new OutOfTime(`took longer than ${ms} ms`) : error;
  } finally {
    clearTimeout(timer);
  }
}
