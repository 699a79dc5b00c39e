import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepTemporaryInMemory } from "../../../scripts/memory-folder";

const folder = import.meta.dirname;

beforeEach(() => {
  vi.stubEnv("TMPDIR", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it("what is temporary goes into memory where there is enough of it", () => {
  keepTemporaryInMemory(folder, 1);
  expect(tmpdir()).toBe(folder);
});

it.each([
  ["too little of it", folder, Number.MAX_SAFE_INTEGER],
  ["none", `${folder}/nowhere`, 1],
])("stays where it was where there is %s", (_, memory, enough) => {
  keepTemporaryInMemory(memory, enough);
  expect(process.env.TMPDIR).toBeUndefined();
});

it("a TMPDIR that is set stands", () => {
  vi.stubEnv("TMPDIR", "/somewhere/else");
  keepTemporaryInMemory(folder, 1);
  expect(tmpdir()).toBe("/somewhere/else");
});
