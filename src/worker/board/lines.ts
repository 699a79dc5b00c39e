import { LEVELS, type LevelName, type Levels } from "../../platform/levels";
import { type Histogram, METRICS, type MetricName } from "../../platform/metrics";
import { keyOf } from "../../platform/series-key";
import type { Distribution, Tally } from "../../platform/tally";
import type { BoardLine } from "../../protocol/operator/board";
import { quantile } from "./quantile";
import type { Timeline } from "./timeline";

/** Makes lines of a panel out of a window. */
export type Lines = (timeline: Timeline) => BoardLine[];

type HistogramName = {
  [M in MetricName]: (typeof METRICS)[M] extends Histogram ? M : never;
}[MetricName];

/** Several one after the other. */
export function together(...all: Lines[]): Lines {
  return (timeline) => all.flatMap((lines) => lines(timeline));
}

/** A line for each value of a counter's one label; `some`: those alone that counted something. */
export function counts(metric: MetricName, { some = false, nameless = "all" } = {}): Lines {
  return (timeline) => {
    const lines = namedSeries(METRICS[metric].labels, nameless).map(({ name, series }) =>
      countLine(timeline, name, keyOf(metric, series)),
    );
    return some ? lines.filter(({ whole }) => (whole ?? 0) > 0) : lines;
  };
}

function countLine({ parts, whole }: Timeline, name: string, key: string): BoardLine {
  const of = ({ counters }: Tally) => rounded(counters[key] ?? 0);
  return { name, values: parts.map(({ added }) => of(added)), whole: of(whole) };
}

/** The quantiles of one series of a histogram. */
export function quantiles(metric: HistogramName, series = ""): Lines {
  return (timeline) => [
    quantileLine(timeline, { name: "p50", q: 0.5, metric, series }),
    quantileLine(timeline, { name: "p95", q: 0.95, metric, series }),
  ];
}

/** What 95 of 100 stay below, a line for each value of a histogram's one label. */
export function ninetyFifths(metric: HistogramName): Lines {
  return (timeline) =>
    namedSeries(METRICS[metric].labels, "all").map(({ name, series }) =>
      quantileLine(timeline, { name, q: 0.95, metric, series }),
    );
}

type Of = { name: string; q: number; metric: HistogramName; series: string };

function quantileLine({ parts, whole }: Timeline, { name, q, metric, series }: Of): BoardLine {
  const { buckets } = METRICS[metric];
  const key = keyOf(metric, series);
  const of = ({ histograms }: Tally) => {
    const known: Distribution | undefined = histograms[key];
    const value = known && quantile(q, known, buckets);
    return value === undefined || value === null ? null : rounded(value);
  };
  return { name, values: parts.map(({ added }) => of(added)), whole: of(whole) };
}

/** A line for each value of a level's one label. */
export function levelsNow(level: LevelName, { nameless = "all" } = {}): Lines {
  return (timeline) =>
    namedSeries(LEVELS[level].labels, nameless).map(({ name, series }) =>
      levelLine(timeline, name, (levels) => levels[keyOf(level, series)] ?? 0),
    );
}

export function levelLine(
  { parts }: Timeline,
  name: string,
  of: (levels: Levels) => number | null,
): BoardLine {
  const values = parts.map(({ levels }) => of(levels));
  return { name, values, whole: values.at(-1) ?? null };
}

/** By the value of the one label; `nameless` where there is none. */
function namedSeries(labels: Readonly<Record<string, readonly string[]>>, nameless: string) {
  const [label] = Object.entries(labels);
  if (!label) return [{ name: nameless, series: "" }];
  const [name, values] = label;
  return values.map((value) => ({ name: value, series: `${name}="${value}"` }));
}

/** Sums of fractions have an end of no meaning. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
