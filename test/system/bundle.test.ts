import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runWranglerQuietly } from "../../scripts/wrangler";

const scratch = mkdtempSync(join(tmpdir(), "taskroom-bundle-"));
/** Bytes, compressed, that a worker may have on Cloudflare's free plan. */
const PLATFORM_LIMIT_BYTES = 3 * 1024 * 1024;

/** What only the test build has: its routes, its control and its counters. */
const TEST_ONLY = ["/test/fault", "/test/clock", "clockAheadMs", "rowsWritten +=", "freezeAt"];

let production: string;

beforeAll(() => {
  production = bundle("production", "wrangler.toml");
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function bundle(name: string, config: string): string {
  const out = join(scratch, name);
  const built = runWranglerQuietly(["deploy", "--dry-run", "--outdir", out, "--config", config]);
  if (built.status !== 0) throw new Error(built.output);
  const file = readdirSync(out).find((entry) => entry.endsWith(".js"));
  if (!file) throw new Error(`no bundle in ${out}`);
  return readFileSync(join(out, file), "utf8");
}

it("the production bundle holds nothing of the test build", () => {
  const found = TEST_ONLY.filter((text) => production.includes(text));
  expect(found).toEqual([]);
});

it("the words looked for are those of the test build", () => {
  const test = bundle("test", "test/worker/wrangler.toml");
  const missing = TEST_ONLY.filter((text) => !test.includes(text));
  expect(missing).toEqual([]);
});

it("the production bundle fits into the platform's smallest plan", () => {
  expect(gzipSync(production).byteLength).toBeLessThan(PLATFORM_LIMIT_BYTES);
});
