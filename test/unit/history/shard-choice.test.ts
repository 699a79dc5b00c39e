import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseShard, type Fill, isFull } from "../../../src/history/shards/choice";

const CAPACITY = 1000;

function fill(name: string, bytes: number, answers = true): Fill {
  return { name, bytes, answers };
}

describe("[Y2] a new task's database", () => {
  it.each<[string, Fill[], string, boolean]>([
    ["the one with the most room", [fill("A", 700), fill("B", 100), fill("C", 800)], "B", false],
    ["none that is past 90 %", [fill("A", 900), fill("B", 899)], "B", false],
    ["none that does not answer", [fill("A", 100, false), fill("B", 800)], "B", false],
    [
      "one that is not full before one that answers",
      [fill("A", 950), fill("B", 10, false)],
      "B",
      false,
    ],
    [
      "the least full where all are full",
      [fill("A", 990), fill("B", 950), fill("C", 960)],
      "B",
      true,
    ],
    ["of those that are full one that answers", [fill("A", 990), fill("B", 950, false)], "A", true],
    ["the only one there is", [fill("A", 2000)], "A", true],
  ])("is %s", (_which, fills, name, allFull) => {
    expect(chooseShard(fills, CAPACITY, 0.5)).toEqual({ name, allFull });
  });

  it("takes turns among those that are the same", () => {
    const same = [fill("A", 5), fill("B", 5), fill("C", 6)];
    const chosen = [0, 0.49, 0.5, 0.99].map((random) => chooseShard(same, CAPACITY, random)?.name);
    expect(chosen).toEqual(["A", "A", "B", "B"]);
  });

  it("is always one of them, and none that is worse than another", () => {
    const fills = fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1 }),
        bytes: fc.nat(2 * CAPACITY),
        answers: fc.boolean(),
      }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 8 },
    );
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const worth = ({ bytes, answers }: Fill) =>
      (isFull(bytes, CAPACITY) ? 0 : 2) + (answers ? 1 : 0);
    fc.assert(
      fc.property(fills, random, (all, dice) => {
        const chosen = all.find(({ name }) => name === chooseShard(all, CAPACITY, dice)?.name);
        if (!chosen) throw new Error("none was chosen");
        const better = all.filter(
          (other) =>
            worth(other) > worth(chosen) ||
            (worth(other) === worth(chosen) && other.bytes < chosen.bytes),
        );
        expect(better).toEqual([]);
      }),
    );
  });
});

it("no database is no choice", () => {
  expect(chooseShard([], CAPACITY, 0)).toBeUndefined();
});
