import * as z from "zod";
import { type Levels, levels } from "./levels";
import { picked, type Tally, tally } from "./tally";

/** Everything that a shard has counted, and what there is now. */
export const reading = tally.extend({
  /** Absent in what the last release's shard says. */
  levels: levels.default({}),
});
export type Reading = z.infer<typeof reading>;

/** What was counted in one part of a window, and what there was at its end. */
const part = z.object({ start: z.int(), added: tally, levels });

/** Only parts in which something was told; in between nothing changed. Times in milliseconds since 1970. */
export const recorded = z.object({
  /** What there was before the first of them. */
  before: levels,
  parts: z.array(part),
});
export type Recorded = z.infer<typeof recorded>;

/** What a shard knew as a part began. */
export type Snapshot = { start: number; tally: Tally; levels: Levels };

/**
 * The parts that snapshots and what is known `now` lie between. One is made before the first thing
 * is added in a part, so that all that was added between two of them was added in the part of the first.
 */
export function recordedBetween(snapshots: readonly Snapshot[], now: Omit<Snapshot, "start">) {
  const ends = [...snapshots.slice(1), now];
  return {
    before: (snapshots[0] ?? now).levels,
    parts: snapshots.map(({ start, tally: then }, i) => {
      const end = ends[i] ?? now;
      return { start, added: increase(then, end.tally), levels: end.levels };
    }),
  } satisfies Recorded;
}

/** A count that is smaller than it was began anew in between, as Prometheus has it. */
export function increase(from: Tally, to: Tally): Tally {
  const counters = mapped(to.counters, (value, key) => {
    const before = from.counters[key] ?? 0;
    return value < before ? value : value - before;
  });
  const histograms = mapped(to.histograms, (value, key) => {
    const before = from.histograms[key];
    const isAnew =
      before?.counts.length !== value.counts.length ||
      value.counts.some((count, i) => count < (before.counts[i] ?? 0));
    if (isAnew) return value;
    return {
      counts: value.counts.map((count, i) => count - (before.counts[i] ?? 0)),
      sum: value.sum - before.sum,
    };
  });
  return {
    counters: picked(counters, (_, value) => value > 0),
    histograms: picked(histograms, (_, { counts }) => counts.some((count) => count > 0)),
  };
}

function mapped<T>(all: Record<string, T>, change: (value: T, key: string) => T) {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, change(value, key)]));
}
