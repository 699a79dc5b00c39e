import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { keepTemporaryInMemory } from "../../../scripts/memory-folder";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("a TMPDIR that is set stands", () => {
  vi.stubEnv("TMPDIR", "/somewhere/else");
  keepTemporaryInMemory();
  expect(tmpdir()).toBe("/somewhere/else");
});

it("without one, what is temporary goes to a place that can be written to", () => {
  vi.stubEnv("TMPDIR", undefined);
  keepTemporaryInMemory();
  expect(() => accessSync(tmpdir(), constants.W_OK)).not.toThrow();
});
