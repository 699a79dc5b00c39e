/** One family of Prometheus' text format, its samples by name and labels as they stand. */
export type Family = { type: string; help: string; samples: Map<string, number> };

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"/.source;
const SAMPLE = new RegExp(
  `^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{${LABEL}(?:,${LABEL})*\\})? ([0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?)$`,
);

/**
 * Reads the format 0.0.4 strictly: HELP, TYPE, then the family's own samples, each once; a histogram
 * has ascending bounds, counts that never fall, and a last bucket that holds everything.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, Family>();
  let help: [string, string] | undefined;
  let current: [string, Family] | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const helped = HELP.exec(line);
    const typed = TYPE.exec(line);
    if (helped) help = [helped[1] ?? "", helped[2] ?? ""];
    else if (typed) {
      const name = typed[1] ?? "";
      if (help?.[0] !== name || families.has(name)) throw new Error(`out of place: ${line}`);
      current = [name, { type: typed[2] ?? "", help: help[1], samples: new Map() }];
      families.set(...current);
    } else take(line, current);
  }
  for (const [name, family] of families) {
    if (family.samples.size === 0) throw new Error(`${name} has no samples`);
    if (family.type === "histogram") checkHistogram(name, family.samples);
  }
  return families;
}

function take(line: string, current: [string, Family] | undefined): void {
  const read = SAMPLE.exec(line);
  if (!read || !current) throw new Error(`not a sample: ${line}`);
  const [, name = "", labels = "", value = ""] = read;
  const [family, { type, samples }] = current;
  const own = type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => family + end) : [];
  if (!(type === "histogram" ? own : [family]).includes(name)) throw new Error(`astray: ${line}`);
  if (samples.has(name + labels)) throw new Error(`twice: ${line}`);
  samples.set(name + labels, Number(value));
}

function checkHistogram(name: string, samples: Map<string, number>): void {
  const series = new Map<string, { bounds: number[]; counts: number[] }>();
  for (const [key, value] of samples) {
    if (!key.startsWith(`${name}_bucket{`)) continue;
    const bound = /le="([^"]*)"}$/.exec(key)?.[1] ?? "";
    const rest = key.slice(`${name}_bucket`.length).replace(/,?le="[^"]*"}$/, "}");
    const { bounds, counts } = series.get(rest) ?? { bounds: [], counts: [] };
    const limit = bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound);
    if (!(limit > (bounds.at(-1) ?? -1)) || value < (counts.at(-1) ?? 0)) {
      throw new Error(`not ascending: ${key}`);
    }
    series.set(rest, { bounds: [...bounds, limit], counts: [...counts, value] });
  }
  if (series.size === 0) throw new Error(`${name} has no buckets`);
  for (const [labels, { bounds, counts }] of series) {
    const shown = labels === "{}" ? "" : labels;
    const count = samples.get(`${name}_count${shown}`);
    const isWhole = bounds.at(-1) === Number.POSITIVE_INFINITY && counts.at(-1) === count;
    if (!isWhole || !samples.has(`${name}_sum${shown}`)) throw new Error(`not whole: ${name}`);
  }
}

/** All samples of a text, by name and labels. */
export function samplesIn(text: string): Record<string, number> {
  return Object.fromEntries([...parseExposition(text).values()].flatMap((f) => [...f.samples]));
}
