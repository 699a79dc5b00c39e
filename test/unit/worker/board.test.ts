import { describe, expect, it } from "vitest";
import { databaseKey } from "../../../src/platform/levels";
import { increment, type Observation } from "../../../src/platform/metrics";
import { counted, NOTHING_COUNTED, type Tally } from "../../../src/platform/tally";
import { board, type PanelId, panelId } from "../../../src/protocol/operator/board";
import { boardOf } from "../../../src/worker/board/board";
import { quantile } from "../../../src/worker/board/quantile";

describe("a quantile of a histogram", () => {
  it.each<[string, number, number[], number | null]>([
    ["lies within its bucket as if all in it were evenly spread", 0.5, [0, 10, 0], 1.5],
    ["is in the first bucket from nothing on", 0.5, [4, 0, 0], 0.5],
    ["passes over empty buckets", 0.95, [0, 0, 0], null],
    ["is the greatest bound where it lies beyond all", 0.95, [1, 0, 9], 2],
    ["is where as many are below", 0.5, [5, 5, 0], 1],
  ])("%s", (_, q, counts, value) => {
    expect(quantile(q, { counts }, [1, 2])).toBe(value);
  });
});

const NOW = Date.parse("2026-11-21T10:20:30.000Z");
const MINUTE = 60_000;
const minute = (back: number) => NOW - (NOW % MINUTE) - back * MINUTE;
const tallyOf = (...observations: Observation[]): Tally =>
  observations.reduce(counted, NOTHING_COUNTED);

/** One shard that was told this two minutes ago, and has these levels since. */
function boardWith(added: Tally, levels = {}, known = {}) {
  const recorded = { before: {}, parts: [{ start: minute(2), added, levels }] };
  const made = boardOf({ answers: [recorded], missing: 7, window: "hour", now: NOW, known });
  const lines = (id: PanelId) => {
    const found = made.panels.find((panel) => panel.id === id)?.lines ?? [];
    return Object.fromEntries(
      found.map(({ name, values, whole }) => [name, { last: values.slice(-3), whole }]),
    );
  };
  return { made, lines };
}

describe("the board", () => {
  it("has every panel once, over times that end with now's, and says which shards it lacks", () => {
    const { made } = boardWith(NOTHING_COUNTED);
    expect(board.parse(made)).toEqual(made);
    expect(made.panels.map(({ id }) => id)).toEqual(panelId.options);
    expect(made.times).toHaveLength(60);
    expect(made.times.at(-1)).toBe("2026-11-21T10:20:00.000Z");
    expect(made.times[0]).toBe("2026-11-21T09:21:00.000Z");
    expect(made.shards).toEqual({ asked: 8, missing: 7 });
    for (const { lines } of made.panels) {
      for (const { values } of lines) expect(values).toHaveLength(60);
    }
  });

  it("has counts by what they are of, those of a long list only where there are some", () => {
    const { lines } = boardWith(
      tallyOf(
        increment("taskroom_turns_total", { status: "FAILED" }),
        increment("taskroom_turn_failures_total", { code: "model_timeout" }),
      ),
    );
    expect(lines("turns")).toEqual({
      COMPLETED: { last: [0, 0, 0], whole: 0 },
      FAILED: { last: [1, 0, 0], whole: 1 },
      INTERRUPTED: { last: [0, 0, 0], whole: 0 },
    });
    expect(lines("failures")).toEqual({ model_timeout: { last: [1, 0, 0], whole: 1 } });
    expect(lines("refusals")).toEqual({});
  });

  it("has quantiles, and nothing where nothing was measured", () => {
    const first = (value: number): Observation => ({
      metric: "taskroom_time_to_first_token_seconds",
      labels: {},
      value,
    });
    const { lines } = boardWith(tallyOf(first(0.3), first(0.4), first(0.5), first(7)));
    const { p50, p95 } = lines("firstToken");
    expect(p50).toEqual({ last: [0.416667, null, null], whole: 0.416667 });
    expect(p95?.whole).toBe(9);
    expect(lines("turnDuration").p50).toEqual({ last: [null, null, null], whole: null });
  });

  it("has levels as they stand, and how full each database is that is known", () => {
    const { lines } = boardWith(NOTHING_COUNTED, {
      'taskroom_turns_open{state="waiting"}': 3,
      "taskroom_sessions_connected{}": 2,
      [databaseKey("HISTORY_1")]: 0.25,
    });
    expect(lines("queue").waiting).toEqual({ last: [3, 3, 3], whole: 3 });
    expect(lines("connections").sessions?.whole).toBe(2);
    expect(lines("databases")).toEqual({ HISTORY_1: { last: [0.25, 0.25, 0.25], whole: 0.25 } });
  });

  it("has of databases what they say themselves, whatever was recorded", () => {
    const key = databaseKey("HISTORY_1");
    const { lines } = boardWith(NOTHING_COUNTED, { [key]: 0.25 }, { [key]: 0.5 });
    expect(lines("databases")).toEqual({ HISTORY_1: { last: [0.25, 0.25, 0.5], whole: 0.5 } });
  });

  it("has money by its currency, without the dust of sums", () => {
    const cost = (value: number): Observation => ({
      metric: "taskroom_cost_total",
      labels: { currency: "EUR" },
      value,
    });
    const { lines } = boardWith(tallyOf(cost(0.1), cost(0.2)));
    expect(lines("cost")).toEqual({ EUR: { last: [0.3, 0, 0], whole: 0.3 } });
  });
});
