import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { ensureSite, SITE } from "../../../scripts/site-build";

const MOST_BYTES = 150 * 1024;

beforeAll(async () => {
  await ensureSite();
});

it("all script that the console can load is under 150 KiB, compressed", () => {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, name = ""] of read(file).matchAll(
      /["'`(]\.?\/?(?:assets\/)?([\w-]+\.js)["'`)]/g,
    )) {
      visit(`assets/${name}`);
    }
  };
  visit("index.html");
  const scripts = [...reached].filter((file) => file.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(read(file)).byteLength, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

it("the page names its scripts and styles as files, and has none inline", () => {
  const page = read("index.html");
  for (const [whole] of page.matchAll(/<script\b[^>]*>[\s\S]*?<\/script>/g)) {
    expect(whole).toMatch(/^<script [^>]*src="\/assets\/[\w-]+\.js"[^>]*><\/script>$/);
  }
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
});

function read(file: string): string {
  return readFileSync(join(SITE, file), "utf8");
}
