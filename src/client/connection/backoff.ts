import type { Timing } from "../options";

/**
 * Milliseconds to wait after the `attempt`-th handshake in a row came to nothing: anything up to a
 * bound that doubles, so that clients cut off together do not come back together.
 */
export function backoffMs(attempt: number, timing: Timing, random: () => number): number {
  const bound = timing.backoffMs * 2 ** Math.max(0, attempt - 1);
  return Math.round(random() * Math.min(timing.maxBackoffMs, bound));
}
