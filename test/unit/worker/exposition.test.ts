import { describe, expect, it } from "vitest";
import { increment, METRIC_NAMES, METRICS, type Observation } from "../../../src/platform/metrics";
import { counted, NOTHING_COUNTED } from "../../../src/platform/tally";
import { exposition, gauge } from "../../../src/worker/metrics/exposition";
import { parseExposition, samplesIn } from "../../support/exposition";

const lag = (value: number): Observation => ({
  metric: "taskroom_outbox_lag_seconds",
  labels: { destination: "d1" },
  value,
});

describe("the text that Prometheus reads", () => {
  it("has every metric with its help and type, also before anything was counted", () => {
    const families = parseExposition(exposition(NOTHING_COUNTED));
    expect([...families.keys()]).toEqual(METRIC_NAMES);
    for (const [name, { type, help, samples }] of families) {
      expect({ name, type, help }).toEqual({ name, ...typeAndHelp(name) });
      expect(new Set(samples.values())).toEqual(new Set([0]));
    }
  });

  it("has a bounded number of lines, whatever is counted", () => {
    expect(exposition(NOTHING_COUNTED).split("\n").length).toBeLessThan(500);
  });

  it("shows counters and cumulative buckets", () => {
    const observed = [
      increment("taskroom_refusals_total", { via: "socket", code: "forbidden" }),
      ...[0.005, 0.01, 0.02, 7, 5000].map(lag),
    ];
    const samples = samplesIn(exposition(observed.reduce(counted, NOTHING_COUNTED)));
    expect(samples['taskroom_refusals_total{via="socket",code="forbidden"}']).toBe(1);
    const bucket = (le: string) =>
      samples[`taskroom_outbox_lag_seconds_bucket{destination="d1",le="${le}"}`];
    expect(["0.01", "0.05", "5", "15", "1800", "+Inf"].map(bucket)).toEqual([2, 3, 3, 4, 4, 5]);
    expect(samples['taskroom_outbox_lag_seconds_count{destination="d1"}']).toBe(5);
    expect(samples['taskroom_outbox_lag_seconds_sum{destination="d1"}']).toBeCloseTo(5007.035);
    expect(samples['taskroom_outbox_lag_seconds_count{destination="users"}']).toBe(0);
  });

  it("shows a gauge", () => {
    expect(gauge("a_b", "Some.", 2)).toBe("# HELP a_b Some.\n# TYPE a_b gauge\na_b 2\n");
  });
});

function typeAndHelp(name: string) {
  const found = Object.entries(METRICS).find(([key]) => key === name)?.[1];
  return { type: found?.type, help: found?.help };
}

describe("the parser of these tests refuses what Prometheus would", () => {
  const head = "# HELP a A.\n# TYPE a counter\n";
  const histogram = "# HELP h H.\n# TYPE h histogram\n";
  it.each([
    ["no last line end", `${head}a 1`],
    ["a sample without a family", "a 1\n"],
    ["a sample of another family", `${head}b 1\n`],
    ["a sample twice", `${head}a 1\na 2\n`],
    ["a value that is no number", `${head}a NaNa\n`],
    ["labels without quotes", `${head}a{b=c} 1\n`],
    ["a type before its help", "# TYPE a counter\na 1\n"],
    ["an empty line", `${head}\na 1\n`],
    [
      "buckets that fall",
      `${histogram}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`,
    ],
    ["no infinite bucket", `${histogram}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`],
    ["a count that is another", `${histogram}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`],
  ])("%s", (_name, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
