// `npm test`: every check, each to its end; the last line is the sum of all.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findChromium } from "./chromium";
import { ROOT } from "./local-identity";
import { summarize } from "./test-summary";

const filters = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "taskroom-test-"));
const report = join(scratch, "report.json");

const statics = [
  run("type check", "tsc", ["-p", "."]),
  run("type check of the console", "tsc", ["-p", "tsconfig.console.json"]),
  run("type check of the tests and scripts", "tsc", ["-p", "tsconfig.test.json"]),
  run("type check of the browser tests", "tsc", ["-p", "tsconfig.browser.json"]),
  run("lint and format check", "biome", ["check", "--error-on-warnings", "."]),
];
const chromium = findChromium();
const tests = run("tests", "vitest", [
  "run",
  // Part of the tests cannot cover all of the code.
  ...(filters.length === 0 ? ["--coverage"] : []),
  ...(chromium ? [] : ["--project", "!browser"]),
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...filters,
]);

const summary = summarize({
  report: readReport(),
  testsSucceeded: tests.ok,
  failedChecks: statics.filter(({ ok }) => !ok).map(({ title }) => title),
  hasBrowser: chromium !== undefined,
});
rmSync(scratch, { recursive: true, force: true });
for (const note of summary.notes) console.log(`\n!!! ${note}`);
console.log(`\n${summary.passed} passed, ${summary.failed} failed`);
process.exitCode = summary.failed > 0 ? 1 : 0;

function run(title: string, tool: string, args: string[]): { title: string; ok: boolean } {
  console.log(`\n=== ${title}`);
  const bin = join(ROOT, "node_modules", ".bin");
  // The tools look for `node` themselves, and must find the locked one.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const { status, error } = spawnSync(join(bin, tool), args, { cwd: ROOT, env, stdio: "inherit" });
  if (error) console.error(error.message);
  return { title, ok: status === 0 };
}

function readReport(): unknown {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return undefined;
  }
}
