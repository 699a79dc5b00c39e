import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { LEVELS } from "../../src/platform/levels";
import { METRICS } from "../../src/platform/metrics";
import { NOTHING_COUNTED } from "../../src/platform/tally";
import { exposition, levelLines } from "../../src/worker/metrics/exposition";

const DOCS = join(import.meta.dirname, "../../docs");
const read = (file: string) => readFileSync(join(DOCS, file), "utf8");

const rulesFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smhd]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(["critical", "warning"]) }),
          annotations: z.strictObject({ summary: z.string() }),
        }),
      ),
    }),
  ),
});
const dashboard = z.looseObject({
  title: z.string(),
  panels: z.array(
    z.looseObject({
      id: z.int(),
      title: z.string(),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.looseObject({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
});

const { groups } = rulesFile.parse(parse(read("operations/alerts.yml")));
const alerts = groups.flatMap(({ rules }) => rules);
const { panels } = dashboard.parse(JSON.parse(read("operations/grafana-dashboard.json")));
const questions = [
  ...alerts.map(({ alert, expr }) => ({ of: alert, expr, legend: "" })),
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat: legend }) => ({ of: title, expr, legend })),
  ),
];

type Labels = Record<string, readonly string[] | "open">;

/** What `/metrics` has besides what is counted and the levels: gauges of the scrape itself. */
const OF_THE_SCRAPE: Record<string, Labels> = {
  taskroom_metrics_shards_missing: {},
  taskroom_history_bytes: { shard: "open" },
  taskroom_history_full_ratio: { shard: "open" },
  taskroom_history_up: { shard: "open" },
};

/** The labels of every name that samples have. */
const SAMPLES = new Map<string, Labels>([
  ...Object.entries(METRICS).flatMap(([name, { type, labels }]): [string, Labels][] =>
    type === "counter"
      ? [[name, labels]]
      : [
          [`${name}_bucket`, { ...labels, le: "open" }],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ],
  ),
  ...Object.entries(LEVELS).map(([name, { labels }]): [string, Labels] => [name, labels]),
  ...Object.entries(OF_THE_SCRAPE),
]);

/** Names of metrics in a text, with what they are asked for in braces. */
function asked(text: string) {
  return [...text.matchAll(/\b(taskroom_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = "", given = ""]) => ({
      name,
      matchers: [...given.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
        ([, label = "", sign = "", value = ""]) => ({ label, sign, value }),
      ),
    }),
  );
}

it("the names that the test knows are those that /metrics shows", () => {
  const text = exposition(NOTHING_COUNTED) + levelLines({});
  const samples = [...text.matchAll(/^(taskroom_\w+)/gm)].map(([name]) => name);
  const known = [...SAMPLES.keys()].filter((name) => !(name in OF_THE_SCRAPE));
  expect(new Set(samples)).toEqual(new Set(known));
});

describe("the alerts and the dashboard", () => {
  it.each(questions)("$of asks for what /metrics has: $expr", ({ expr, legend }) => {
    const metrics = asked(expr);
    for (const { name, matchers } of metrics) {
      const labels = SAMPLES.get(name);
      expect(labels, name).toBeDefined();
      for (const { label, sign, value } of matchers) {
        const values = labels?.[label];
        expect(values, `${name}{${label}}`).toBeDefined();
        if (values === "open" || !values) continue;
        const meant = sign.endsWith("~") ? value.split("|") : [value];
        for (const one of meant) expect(values, `${name}{${label}}`).toContain(one);
      }
    }
    const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
      list.split(",").map((label) => label.trim()),
    );
    for (const label of grouped) {
      expect(
        metrics.some(({ name }) => label in (SAMPLES.get(name) ?? {})),
        label,
      ).toBe(true);
    }
    for (const [, label = ""] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
      expect(grouped, `${label} is in the legend`).toContain(label);
    }
    expect([...expr].filter((char) => char === "(").length).toBe(
      [...expr].filter((char) => char === ")").length,
    );
  });

  it("between them look at everything that is counted", () => {
    const looked = new Set(
      questions.flatMap(({ expr }) => asked(expr).map(({ name }) => baseOf(name))),
    );
    expect(
      [...new Set([...SAMPLES.keys()].map(baseOf))].filter((name) => !looked.has(name)),
    ).toEqual(
      // How long a phase takes is a matter of its team.
      ["taskroom_phase_duration_seconds"],
    );
  });

  it("has panels that lie side by side, each with an id of its own", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it("every alert has its place in the guide, which has no other", () => {
    const headings = [...read("operations/README.md").matchAll(/^### (Taskroom\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(headings).toEqual(alerts.map(({ alert }) => alert));
  });
});

it("the guide to metrics names all that /metrics shows, with its labels, and nothing else", () => {
  const rows = [...read("metrics.md").matchAll(/^\| (`taskroom_[^|]*)\| ([^|]*)\|/gm)];
  const named = rows.flatMap(([, names = "", labels = ""]) => {
    const list = [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label);
    return fullNames(names).map((name) => [name, list] as const);
  });
  const shown = [...SAMPLES].map(
    ([name, labels]) =>
      [baseOf(name), Object.keys(labels).filter((label) => label !== "le")] as const,
  );
  expect(Object.fromEntries(named)).toEqual(Object.fromEntries(shown));
});

/** `a_opened_total` and `…_closed_total` are two names of one beginning. */
function fullNames(text: string): string[] {
  const [first = "", ...others] = [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  return [
    first,
    ...others.map((name) => name.replace("…", first.split("_").slice(0, 2).join("_"))),
  ];
}

function baseOf(name: string): string {
  const base = name.replace(/_(?:bucket|sum|count)$/, "");
  return base in METRICS ? base : name;
}
