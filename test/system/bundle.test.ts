import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, inject, it } from "vitest";
import * as z from "zod";
import type {} from "../support/shared-servers";

/** Bytes, compressed, that a worker may have on Cloudflare's free plan. */
const PLATFORM_LIMIT_BYTES = 3 * 1024 * 1024;

/** What only the test build has, minified too: its routes, its control, its counters and its words. */
const TEST_ONLY = ["/test/", "clockAheadMs", /rowsWritten ?\+=/, "The runtime stands still"];

const { bundles } = inject("shared");
const production = readFileSync(bundles.production, "utf8");
const sourceMap = z.object({
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string().nullable()),
});
const { sources, sourcesContent } = sourceMap.parse(
  JSON.parse(readFileSync(`${bundles.production}.map`, "utf8")),
);

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

it("the production bundle is minified, with a map that leads back to every source", () => {
  const lines = production.split("\n").length;
  expect(production.length / lines).toBeGreaterThan(200);
  const room = sources.findIndex((name) => name.endsWith("src/durable-objects/task-room/desk.ts"));
  const source = readFileSync("src/durable-objects/task-room/desk.ts", "utf8");
  expect(sourcesContent[room]).toBe(source);
});

it.each([
  ["the API's descriptions, which are files", /src\/api-docs\//],
  ["messages in languages that nobody hears", /zod\/v4\/locales\/(?!en\.js)/],
])("the production bundle does not carry %s", (_what, pattern) => {
  expect(sources.filter((name) => pattern.test(name))).toEqual([]);
});
