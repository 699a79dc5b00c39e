// `npm test`: every check, each to its end; the last line is the sum of all.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findChromium } from "./chromium";
import { ROOT } from "./local-identity";
import { summarize } from "./test-summary";

type Check = { title: string; ok: boolean };

const filters = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "taskroom-test-"));
const report = join(scratch, "report.json");

const statics = await Promise.all([
  typeCheck("type check", "tsconfig.json"),
  typeCheck("type check of the console", "tsconfig.console.json"),
  typeCheck("type check of the tests and scripts", "tsconfig.test.json"),
  typeCheck("type check of the browser tests", "tsconfig.browser.json"),
  run("lint and format check", "biome", ["check", "--error-on-warnings", "."]),
]);
const chromium = findChromium();
const tests = await run(
  "tests",
  "vitest",
  [
    "run",
    // Part of the tests cannot cover all of the code.
    ...(filters.length === 0 ? ["--coverage"] : []),
    ...(chromium ? [] : ["--project", "!browser"]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...filters,
  ],
  "inherit",
);

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

/** They run side by side, so each has one checker: several would check some types twice. */
function typeCheck(title: string, project: string): Promise<Check> {
  const pretty = process.stdout.isTTY === true;
  return run(title, "tsc", ["--checkers", "1", "--pretty", String(pretty), "-p", project]);
}

/** What it says is shown as it comes with `inherit`, else at its end, all of it together. */
function run(
  title: string,
  tool: string,
  args: string[],
  stdio: "inherit" | "pipe" = "pipe",
): Promise<Check> {
  const heading = `\n=== ${title}`;
  if (stdio === "inherit") console.log(heading);
  const bin = join(ROOT, "node_modules", ".bin");
  // The tools look for `node` themselves, and must find the locked one.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const child = spawn(join(bin, tool), args, { cwd: ROOT, env, stdio: ["inherit", stdio, stdio] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  child.on("error", ({ message }) => {
    said += message;
  });
  return new Promise((resolve) => {
    child.on("close", (status) => {
      if (stdio === "pipe") console.log([heading, said.trim()].filter(Boolean).join("\n"));
      resolve({ title, ok: status === 0 });
    });
  });
}

function readReport(): unknown {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return undefined;
  }
}
