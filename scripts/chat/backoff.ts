const FIRST_MS = 250;
const MOST_MS = 10_000;

/**
 * Milliseconds to wait before the `failures`-th reconnection in a row (from 1): doubling, and
 * spread over half of its length, so that clients cut off together do not come back together.
 * `random` is from 0 to 1.
 */
export function reconnectDelayMs(failures: number, random: number): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
