import { LIMITS } from "../../../protocol/limits";
import { OutOfTime } from "../../within";

/**
 * Does `work`, whose signal is aborted with `signal`, and once `ms` have gone by since it began or last
 * called `restart`, or ten minutes in all; then throws `OutOfTime`.
 */
export async function onClock<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal, restart: () => void) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const expire = () => limit.abort();
  const inAll = setTimeout(expire, LIMITS.toolCallMs);
  let timer = setTimeout(expire, ms);
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(expire, ms);
  };
  try {
    return await work(AbortSignal.any([signal, limit.signal]), restart);
  } catch (error) {
    throw limit.signal.aborted && !signal.aborted
      ? new OutOfTime(`took longer than ${ms} ms`)
      : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(inAll);
  }
}
