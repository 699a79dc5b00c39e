import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { increase, recordedBetween, type Snapshot } from "../../../src/platform/recorded";
import { NOTHING_COUNTED, sumOf, type Tally } from "../../../src/platform/tally";
import { timelineOf } from "../../../src/worker/board/timeline";

const KEY = "a{}";
const LEVEL = "open{}";
const count = (value: number): Tally => ({ counters: { [KEY]: value }, histograms: {} });
const heights = (...counts: number[]): Tally => ({
  counters: {},
  histograms: { [KEY]: { counts, sum: counts.length } },
});

describe("what was added between two readings", () => {
  it.each<[string, Tally, Tally, Tally]>([
    ["is the difference", count(3), count(5), count(2)],
    ["is nothing where nothing came", count(3), count(3), NOTHING_COUNTED],
    ["is all of a series that was not there", NOTHING_COUNTED, count(5), count(5)],
    ["is all that there is where counting began anew", count(9), count(2), count(2)],
    [
      "is the difference by buckets",
      heights(1, 2),
      heights(1, 4),
      { counters: {}, histograms: { [KEY]: { counts: [0, 2], sum: 0 } } },
    ],
    ["is all where the buckets are others", heights(1, 2), heights(1, 2, 1), heights(1, 2, 1)],
    ["is all where a bucket has less", heights(5, 2), heights(1, 4), heights(1, 4)],
  ])("%s", (_, from, to, added) => {
    expect(increase(from, to)).toEqual(added);
  });
});

/** A shard as its snapshots are made: before the first thing of a part is added. */
function play(steps: { part: number; add: number; level: number }[]) {
  const snapshots: Snapshot[] = [];
  let known = { tally: NOTHING_COUNTED, levels: {} };
  for (const { part, add, level } of steps) {
    if (snapshots.at(-1)?.start !== part) snapshots.push({ start: part, ...known });
    known = { tally: sumOf([known.tally, count(add)]), levels: { [LEVEL]: level } };
  }
  return { snapshots, known };
}

const PARTS = [0, 1, 2, 3, 4, 5];
const step = fc.record({
  part: fc.constantFrom(...PARTS),
  add: fc.nat(9),
  level: fc.nat(9),
});

describe("[BD1] what snapshots say", () => {
  it("of each part is what was added in it, and what there was at its end, whichever are idle", () => {
    fc.assert(
      fc.property(fc.array(step), (given) => {
        const steps = given.toSorted((a, b) => a.part - b.part);
        const { snapshots, known } = play(steps);
        const { parts, whole } = timelineOf([recordedBetween(snapshots, known)], PARTS);
        const inPart = (part: number) => steps.filter((one) => one.part === part);
        const added = (some: typeof steps) => some.reduce((sum, { add }) => sum + add, 0);
        expect(parts.map((part) => part.added.counters[KEY] ?? 0)).toEqual(
          PARTS.map((part) => added(inPart(part))),
        );
        expect(whole.counters[KEY] ?? 0).toBe(added(steps));
        expect(parts.map((part) => part.levels[LEVEL])).toEqual(
          PARTS.map((part) => steps.findLast((one) => one.part <= part)?.level),
        );
      }),
    );
  });

  it("of a window that has begun since is the part of it that is in the window", () => {
    const { snapshots, known } = play([
      { part: 1, add: 7, level: 3 },
      { part: 4, add: 2, level: 5 },
    ]);
    const recorded = recordedBetween(snapshots.slice(1), known);
    const { parts } = timelineOf([recorded], [3, 4, 5]);
    expect(parts.map(({ added }) => added.counters[KEY] ?? 0)).toEqual([0, 2, 0]);
    expect(parts.map(({ levels }) => levels[LEVEL])).toEqual([3, 5, 5]);
  });

  it("of several shards is added up", () => {
    const { snapshots, known } = play([{ part: 2, add: 7, level: 3 }]);
    const one = recordedBetween(snapshots, known);
    const idle = recordedBetween([], { tally: count(100), levels: { [LEVEL]: 1 } });
    const { parts } = timelineOf([one, one, idle], [1, 2]);
    expect(parts.map(({ added }) => added.counters[KEY] ?? 0)).toEqual([0, 14]);
    expect(parts.map(({ levels }) => levels[LEVEL])).toEqual([1, 7]);
  });
});
