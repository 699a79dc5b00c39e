import type { Distribution } from "../../platform/tally";

/**
 * Within which value a share `q` of the observations lies, as Prometheus' `histogram_quantile` has it:
 * evenly spread within a bucket; the greatest bound where it lies beyond all. `null` without observations.
 */
export function quantile(
  q: number,
  { counts }: Pick<Distribution, "counts">,
  bounds: readonly number[],
): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [i, upper] of bounds.entries()) {
    const count = counts[i] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = bounds[i - 1] ?? 0;
      return lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1) ?? null;
}
