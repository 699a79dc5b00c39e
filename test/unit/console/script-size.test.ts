import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { ensureSite, SITE } from "../../../scripts/site-build";

const MOST_BYTES = 180 * 1024;
/** What names a script that comes with the one in which it is said; `import("…")` waits until it is needed. */
const STATIC = /\b(?:import|from)\s*["']\.\/([\w-]+\.js)["']/g;
const IN_PAGE = /(?:src|href)="\/assets\/([\w-]+\.js)"/g;

beforeAll(async () => {
  await ensureSite();
});

/** The scripts that the page loads before anything is done in it. */
function firstLoad(): Set<string> {
  const reached = new Set<string>();
  const visit = (file: string, naming: RegExp): void => {
    for (const [, name = ""] of read(file).matchAll(naming)) {
      if (reached.has(name)) continue;
      reached.add(name);
      visit(`assets/${name}`, STATIC);
    }
  };
  visit("index.html", IN_PAGE);
  return reached;
}

it("the script that the console loads at first is under 180 KiB, compressed", () => {
  const scripts = [...firstLoad()];
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(read(`assets/${name}`)).byteLength, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

it("what colours code, typesets formulas, draws charts and searches is loaded when it is needed", () => {
  const first = firstLoad();
  const all = readdirSync(join(SITE, "assets")).filter((name) => name.endsWith(".js"));
  const later = all.filter((name) => !first.has(name)).map((name) => read(`assets/${name}`));
  for (const words of ["hljs-", "KaTeX parse error", "u-over", "Words to find"]) {
    expect(later.some((text) => text.includes(words))).toBe(true);
    expect([...first].some((name) => read(`assets/${name}`).includes(words))).toBe(false);
  }
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
