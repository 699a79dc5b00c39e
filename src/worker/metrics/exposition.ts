import { LEVEL_NAMES, LEVELS, type Levels } from "../../platform/levels";
import { type Histogram, METRIC_NAMES, METRICS, seriesOf } from "../../platform/metrics";
import { keyOf, seriesIn } from "../../platform/series-key";
import type { Distribution, Tally } from "../../platform/tally";

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Prometheus' text format 0.0.4. Every series is shown from the beginning, at 0, so that its first
 * increase is seen as one.
 */
export function exposition(tally: Tally): string {
  return METRIC_NAMES.flatMap((name) => {
    const metric = METRICS[name];
    const lines = seriesOf(name).flatMap((series) => {
      const key = keyOf(name, series);
      return metric.type === "counter"
        ? [sample(name, series, tally.counters[key] ?? 0)]
        : histogramLines(name, series, metric, tally.histograms[key]);
    });
    return [...headOf(name, metric), ...lines];
  }).join("");
}

/** What there is now of everything that has a level, none of it left out. */
export function levelLines(levels: Levels): string {
  return LEVEL_NAMES.map((name) => {
    const { help, labels } = LEVELS[name];
    const samples = seriesIn(labels).map((series) => ({
      series,
      value: levels[keyOf(name, series)] ?? 0,
    }));
    return gauges(name, help, samples);
  }).join("");
}

/** One number that goes up and down. */
export function gauge(name: string, help: string, value: number): string {
  return gauges(name, help, [{ series: "", value }]);
}

/** Numbers that go up and down, each of a series. */
export function gauges(
  name: string,
  help: string,
  samples: { series: string; value: number }[],
): string {
  const lines = samples.map(({ series, value }) => sample(name, series, value));
  return [...headOf(name, { help, type: "gauge" }), ...lines].join("");
}

function histogramLines(
  name: string,
  series: string,
  { buckets }: Histogram,
  { counts, sum }: Distribution = { counts: [], sum: 0 },
): string[] {
  let below = 0;
  const lines = [...buckets.map(String), "+Inf"].map((bound, i) => {
    below += counts[i] ?? 0;
    return sample(`${name}_bucket`, `${series}${series && ","}le="${bound}"`, below);
  });
  return [...lines, sample(`${name}_sum`, series, sum), sample(`${name}_count`, series, below)];
}

function headOf(name: string, { help, type }: { help: string; type: string }): string[] {
  return [`# HELP ${name} ${help}\n`, `# TYPE ${name} ${type}\n`];
}

function sample(name: string, series: string, value: number): string {
  return `${name}${series && `{${series}}`} ${value}\n`;
}
