import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { FAMILIES } from "../../faults/families/index";
import { reliabilityPage } from "../../faults/reliability-page";
import { playsOf } from "../../faults/run";

it("the page of a long run is as the formatter has it: what is in the repository, but for the figures", () => {
  const results = playsOf(FAMILIES, undefined).map((play) => ({
    ...play,
    findings: [],
    tookMs: 0,
  }));
  const made = reliabilityPage({ seed: 1, results, complaints: [], tookMs: 0 }, "");
  const kept = readFileSync("docs/reliability.md", "utf8");
  const withoutFigures = (page: string) =>
    page.split("\n").filter((line) => !/^Last long run|\d \|$/.test(line));
  expect(withoutFigures(made)).toEqual(withoutFigures(kept));
  const rows = made.split("\n").filter((line) => line.startsWith("|"));
  expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
  expect(rows.length).toBeGreaterThan(100);
});
