import { SourceMap, type SourceMapPayload } from "node:module";
import { expect, it } from "vitest";
import { instrumentOnce } from "../../support/instrument-once";

const MAP = {
  version: 3,
  names: [],
  sources: ["a.ts"],
  sourcesContent: ["a source that nobody needs twice"],
  mappings: "AAAA",
};
const options = { coverageVariable: "counts", coverageGlobalScope: "globalThis" };

it("a module that comes again gets the same code, coverage and map, whatever came between", () => {
  const instrumenter = instrumentOnce(options);
  const first = instrumenter.instrumentSync("export const a = 1;", "/a.ts", MAP);
  const coverage = instrumenter.lastFileCoverage();
  const map = instrumenter.lastSourceMap();
  expect(first).toContain("counts");
  expect(instrumenter.instrumentSync("export const b = 1;", "/b.ts", MAP)).not.toBe(first);
  expect(instrumenter.lastFileCoverage()).toMatchObject({ path: "/b.ts" });
  expect(instrumenter.instrumentSync("export const a = 1;", "/a.ts", MAP)).toBe(first);
  expect(instrumenter.lastFileCoverage()).toBe(coverage);
  expect(instrumenter.lastSourceMap()).toBe(map);
});

it("asked twice in a row, it gives the map from what is instrumented to what came in", () => {
  const instrumenter = instrumentOnce(options);
  const code = "export const a = 1;\nexport const b = 2;";
  const made = instrumenter.instrumentSync(code, "/a.ts", MAP);
  expect(instrumenter.instrumentSync(code, "/a.ts", { ...MAP, mappings: "AAAA;AACA" })).toBe(made);
  const lines = made.split("\n");
  const line = lines.findIndex((text) => text.includes("const b"));
  const map = new SourceMap(instrumenter.lastSourceMap() as SourceMapPayload);
  const column = lines[line]?.indexOf("const b") ?? -1;
  expect(map.findEntry(line, column)).toMatchObject({ originalLine: 1 });
});

it.each([
  ["code", "export const a = 2;", "/a.ts", MAP],
  ["name", "export const a = 1;", "/b.ts", MAP],
  ["map", "export const a = 1;", "/a.ts", { ...MAP, mappings: "AACA" }],
])("another %s is another module", (_, code, filename, map) => {
  const instrumenter = instrumentOnce(options);
  instrumenter.instrumentSync("export const a = 1;", "/a.ts", MAP);
  const coverage = instrumenter.lastFileCoverage();
  instrumenter.instrumentSync("export const c = 1;", "/c.ts", MAP);
  instrumenter.instrumentSync(code, filename, map);
  expect(instrumenter.lastFileCoverage()).not.toBe(coverage);
});

it("what a module reports of itself has its map and not its source", () => {
  const instrumenter = instrumentOnce(options);
  const code = instrumenter.instrumentSync("export const a = 1;", "/a.ts", MAP);
  expect(code).toContain('mappings: "AAAA"');
  expect(code).not.toContain("nobody needs twice");
  expect(instrumenter.lastFileCoverage()).toMatchObject({ inputSourceMap: { mappings: "AAAA" } });
});
