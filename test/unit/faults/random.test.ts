import { describe, expect, it } from "vitest";
import { FAMILIES } from "../../faults/families/index";
import { Random } from "../../faults/random";
import { failuresOf } from "../../faults/report";
import { nameOf, playsOf, spread } from "../../faults/run";

describe("a seed chooses everything", () => {
  it("the same one the same, another another", () => {
    const draw = (seed: string) => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => random.between(0, 1000));
    };
    expect(draw("1/model")).toEqual(draw("1/model"));
    expect(draw("1/model")).not.toEqual(draw("2/model"));
  });

  it("numbers are within their bounds and reach both", () => {
    const random = new Random("bounds");
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  });

  it("which scenarios are played, too", () => {
    const pick = (seed: string) => spread(playsOf(FAMILIES, undefined), 40, new Random(seed));
    expect(pick("1").map(nameOf)).toEqual(pick("1").map(nameOf));
    expect(pick("1").map(nameOf)).not.toEqual(pick("2").map(nameOf));
  });
});

describe("the long form", () => {
  const plays = playsOf(FAMILIES, undefined);

  it("has at least 500 scenarios", () => {
    expect(plays.reduce((sum, { fault }) => sum + fault.rooms, 0)).toBeGreaterThanOrEqual(500);
  });

  it("gives every play a name of its own, by which it is found again", () => {
    const names = plays.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(playsOf(FAMILIES, "model/stall#2").map(nameOf)).toEqual(["model/stall#2"]);
  });
});

it("a failure names the command that repeats it", () => {
  const [play] = playsOf(FAMILIES, "model/stall#2");
  if (!play) throw new Error("there is no such play");
  const results = [{ ...play, findings: [["a message is lost"]], tookMs: 1 }];
  expect(failuresOf({ seed: 7, results })).toEqual([
    expect.stringContaining('npm run faults -- --seed 7 --only "model/stall#2"'),
  ]);
});
