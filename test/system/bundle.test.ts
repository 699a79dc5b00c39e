import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, inject, it } from "vitest";
import type {} from "../support/shared-servers";

/** Bytes, compressed, that a worker may have on Cloudflare's free plan. */
const PLATFORM_LIMIT_BYTES = 3 * 1024 * 1024;

/** What only the test build has: its routes, its control and its counters. */
const TEST_ONLY = ["/test/fault", "/test/clock", "clockAheadMs", /rowsWritten ?\+=/, "freezeAt"];

const { bundles } = inject("shared");
const production = readFileSync(bundles.production, "utf8");

it("the production bundle holds nothing of the test build", () => {
  const found = TEST_ONLY.filter((text) => production.match(text));
  expect(found).toEqual([]);
});

it("the words looked for are those of the test build", () => {
  const test = readFileSync(bundles.testBuild, "utf8");
  const missing = TEST_ONLY.filter((text) => !test.match(text));
  expect(missing).toEqual([]);
});

it("the production bundle fits into the platform's smallest plan", () => {
  expect(gzipSync(production).byteLength).toBeLessThan(PLATFORM_LIMIT_BYTES);
});
