import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MetricsFeed } from "../../src/durable-objects/metrics-feed";
import type { Levels } from "../../src/platform/levels";
import { increment } from "../../src/platform/metrics";
import type { Tally } from "../../src/platform/tally";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const KEY = 'taskroom_turns_total{status="COMPLETED"}';
const DROPPED = "taskroom_metrics_dropped_total{}";
const completed = increment("taskroom_turns_total", { status: "COMPLETED" });

function feedTo(send: (tally: Tally) => Promise<void>) {
  const told: Tally["counters"][] = [];
  const held: Promise<void>[] = [];
  const feed = new MetricsFeed({
    send: (tally) => {
      told.push(tally.counters);
      return send(tally);
    },
    levels: () => ({}),
    hold: (work) => held.push(work),
  });
  return { feed, told, held };
}

it("what is observed at about the same time is one call", async () => {
  const { feed, told } = feedTo(async () => {});
  feed.note([completed]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([]);
  feed.tell([completed]);
  feed.tell([completed]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([{ [KEY]: 3 }]);
});

it("[W1] a delay is worth a call of its own from a second on; a shorter one goes with the next", async () => {
  const { feed, told } = feedTo(async () => {});
  const late = (value: number) =>
    feed.delay({ metric: "taskroom_alarm_lateness_seconds", labels: { room: "task" }, value });
  late(0);
  late(0.999);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([]);
  late(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toHaveLength(1);
});

it("while a batch is on its way further observations gather, and one batch follows", async () => {
  const answers: (() => void)[] = [];
  const { feed, told, held } = feedTo(() => new Promise((resolve) => answers.push(resolve)));
  feed.tell([completed]);
  await vi.advanceTimersByTimeAsync(1000);
  for (let n = 0; n < 5; n++) feed.tell([completed]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([{ [KEY]: 1 }]);
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([{ [KEY]: 1 }, { [KEY]: 5 }]);
  answers[1]?.();
  await Promise.all(held);
  expect(held).toHaveLength(1);
});

it.each([
  ["fails", () => Promise.reject(new Error("down"))],
  ["never answers", () => new Promise<void>(() => {})],
])("[W1] a batch whose shard %s is not told again; its loss is counted", async (_name, send) => {
  const { feed, told, held } = feedTo(send);
  feed.tell([completed]);
  await vi.advanceTimersByTimeAsync(10_000);
  await Promise.all(held);
  feed.tell([completed]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([{ [KEY]: 1 }, { [KEY]: 1, [DROPPED]: 1 }]);
});

it("[BD2] tells what there is now with every batch, and by itself only where that has changed", async () => {
  const told: Levels[] = [];
  let open: Levels = {};
  let isDown = false;
  const feed = new MetricsFeed({
    send: async (_, levels) => {
      if (isDown) throw new Error("down");
      told.push(levels);
    },
    levels: () => open,
    hold: () => {},
  });
  const look = async () => {
    feed.tellLevels();
    await vi.advanceTimersByTimeAsync(10_000);
  };
  await look();
  expect(told).toEqual([]);
  open = { a: 1 };
  await look();
  await look();
  expect(told).toEqual([{ a: 1 }]);
  // What was not taken is told again: it says how it is, not what has changed.
  isDown = true;
  open = {};
  await look();
  isDown = false;
  await look();
  expect(told).toEqual([{ a: 1 }, {}]);
});
