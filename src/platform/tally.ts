import * as z from "zod";
import { METRIC_NAMES, METRICS, type Observation, seriesFor, seriesOf } from "./metrics";
import { keyOf } from "./series-key";

/** A histogram's observations by bucket, each counted in its own only; the last is the infinite one. */
export const distribution = z.object({
  counts: z.array(z.int().min(0)),
  sum: z.number(),
});
export type Distribution = z.infer<typeof distribution>;

/** Counts by series, `name{labels}`. What was never observed is not in it. */
export const tally = z.object({
  counters: z.record(z.string(), z.number().min(0)),
  histograms: z.record(z.string(), distribution),
});
export type Tally = z.infer<typeof tally>;

export const NOTHING_COUNTED: Tally = { counters: {}, histograms: {} };

/** The counts with one observation more. */
export function counted({ counters, histograms }: Tally, observation: Observation): Tally {
  const { metric, value } = observation;
  const key = keyOf(metric, seriesFor(observation));
  const defined = METRICS[metric];
  if (defined.type === "counter") {
    return { counters: { ...counters, [key]: (counters[key] ?? 0) + value }, histograms };
  }
  const bucket = defined.buckets.findIndex((bound) => value <= bound);
  const counts = [...defined.buckets, Number.POSITIVE_INFINITY].map((_, i) =>
    Number(i === (bucket < 0 ? defined.buckets.length : bucket)),
  );
  const more = plus(histograms[key], { counts, sum: value });
  return { counters, histograms: { ...histograms, [key]: more } };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce(add, NOTHING_COUNTED);
}

let known: Map<string, number> | undefined;

/** Of every series: how many buckets it has, 0 for a counter. */
function sizes(): Map<string, number> {
  return new Map(
    METRIC_NAMES.flatMap((name) => {
      const defined = METRICS[name];
      const size = defined.type === "histogram" ? defined.buckets.length + 1 : 0;
      return seriesOf(name).map((series) => [keyOf(name, series), size] as const);
    }),
  );
}

/** Only what is counted today: a stored tally may be of another version. */
export function ofToday({ counters, histograms }: Tally): Tally {
  known ??= sizes();
  const sizeOf = known;
  return {
    counters: picked(counters, (key) => sizeOf.get(key) === 0),
    histograms: picked(histograms, (key, { counts }) => sizeOf.get(key) === counts.length),
  };
}

export function picked<T>(
  all: Record<string, T>,
  keep: (key: string, value: T) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => keep(key, value)));
}

function add(a: Tally, b: Tally): Tally {
  const counters = { ...a.counters };
  for (const [key, value] of Object.entries(b.counters))
    counters[key] = (counters[key] ?? 0) + value;
  const histograms = { ...a.histograms };
  for (const [key, value] of Object.entries(b.histograms))
    histograms[key] = plus(histograms[key], value);
  return { counters, histograms };
}

/** With other buckets than before, counting begins anew. */
function plus(a: Distribution | undefined, b: Distribution): Distribution {
  if (a?.counts.length !== b.counts.length) return b;
  return {
    counts: b.counts.map((count, i) => count + (a.counts[i] ?? 0)),
    sum: a.sum + b.sum,
  };
}
