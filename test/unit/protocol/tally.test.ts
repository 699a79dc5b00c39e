import { describe, expect, it } from "vitest";
import { increment, seriesOf } from "../../../src/platform/metrics";
import { counted, NOTHING_COUNTED, ofToday, sumOf } from "../../../src/platform/tally";
import { ERRORS } from "../../../src/protocol/errors";

const completed = increment("taskroom_turns_total", { status: "COMPLETED" });
const first = (value: number) =>
  ({ metric: "taskroom_time_to_first_token_seconds", labels: {}, value }) as const;

describe("counts", () => {
  it("of several objects are summed by series", () => {
    const one = [completed, first(0.01), first(100)].reduce(counted, NOTHING_COUNTED);
    const other = [completed, completed, first(0.05)].reduce(counted, NOTHING_COUNTED);
    expect(sumOf([one, NOTHING_COUNTED, other])).toEqual({
      counters: { 'taskroom_turns_total{status="COMPLETED"}': 3 },
      histograms: {
        "taskroom_time_to_first_token_seconds{}": {
          counts: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
          sum: 100.06,
        },
      },
    });
  });

  it("change nothing that was handed out before", () => {
    const before = counted(NOTHING_COUNTED, completed);
    counted(before, completed);
    sumOf([before, before]);
    expect(before.counters).toEqual({ 'taskroom_turns_total{status="COMPLETED"}': 1 });
    expect(NOTHING_COUNTED).toEqual({ counters: {}, histograms: {} });
  });

  it("of another version are let go where they no longer fit", () => {
    const kept = counted(NOTHING_COUNTED, completed);
    const old = {
      counters: { ...kept.counters, "taskroom_gone_total{}": 4, "taskroom_turns_total{}": 1 },
      histograms: { "taskroom_time_to_first_token_seconds{}": { counts: [1, 2], sum: 3 } },
    };
    expect(ofToday(old)).toEqual(kept);
  });

  it("have every combination of their labels", () => {
    expect(seriesOf("taskroom_metrics_dropped_total")).toEqual([""]);
    expect(seriesOf("taskroom_refusals_total")).toContain('via="ai-sdk",code="not_found"');
    expect(seriesOf("taskroom_refusals_total")).toHaveLength(8 * Object.keys(ERRORS).length);
  });
});
