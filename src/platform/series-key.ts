export type Labels = Readonly<Record<string, readonly string[]>>;

/** A series as tallies, shards and the board name it: `name{a="x",b="y"}`. */
export function keyOf(metric: string, series: string): string {
  return `${metric}{${series}}`;
}

/** Every combination of labels, as Prometheus writes them: `a="x",b="y"`. */
export function seriesIn(labels: Labels): string[] {
  return Object.entries(labels).reduce<string[]>(
    (series, [name, values]) =>
      series.flatMap((head) => values.map((value) => joined(head, name, value))),
    [""],
  );
}

/** One more label at the end of a series. */
export function joined(head: string, name: string, value: string): string {
  return `${head}${head && ","}${name}="${value}"`;
}
