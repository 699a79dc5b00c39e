// `npm test`: every check, each to its end; the last line is the sum of all.
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findChromium } from "./chromium";
import { ensureInstalled, hasLockedPackages } from "./install.mjs";
import { ROOT } from "./local-identity";
import { summarize } from "./test-summary";

type Said = { title: string; ok: boolean; said: string };

const options = process.argv.slice(2);

// Other people's clients, which nobody needs but the tests of the faces.
const missing = ensureInstalled(join(ROOT, "test/clients"), hasLockedPackages);
if (missing) {
  console.error(missing);
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), "taskroom-test-"));
const report = join(scratch, "report.json");

const chromium = findChromium();
const tests = start(
  "vitest",
  [
    "run",
    ...(chromium ? [] : ["--project", "!browser"]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...options,
  ],
  ["inherit", "inherit", "inherit"],
);
const ending = ended(tests);
const checking = Promise.all([
  typeCheck("type check", "tsconfig.json"),
  typeCheck("type check of the console", "tsconfig.console.json"),
  typeCheck("type check of the tests and scripts", "tsconfig.test.json"),
  typeCheck("type check of the browser tests", "tsconfig.browser.json"),
  typeCheck("type check of other people's clients", "test/clients"),
  runBeside("lint and format check", "biome", ["check", "--error-on-warnings", "."]),
]);
const testsSucceeded = await ending;
const checks = await checking;
for (const { title, said } of checks) console.log(`\n=== ${title}\n${said}`.trimEnd());

const summary = summarize({
  report: readReport(),
  testsSucceeded,
  failedChecks: checks.filter(({ ok }) => !ok).map(({ title }) => title),
  hasBrowser: chromium !== undefined,
});
rmSync(scratch, { recursive: true, force: true });
for (const note of summary.notes) console.log(`\n!!! ${note}`);
console.log(`\n${summary.passed} passed, ${summary.failed} failed`);
process.exitCode = summary.failed > 0 ? 1 : 0;

/** They run side by side, so each has one checker: several would check some types twice. */
function typeCheck(title: string, project: string): Promise<Said> {
  const pretty = process.stdout.isTTY === true;
  return runBeside(title, "tsc", ["--checkers", "1", "--pretty", String(pretty), "-p", project]);
}

/** A check beside the tests: what it says is kept for the end. */
function runBeside(title: string, tool: string, args: string[]): Promise<Said> {
  const child = start(tool, args, ["inherit", "pipe", "pipe"]);
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
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
    child.on("close", (status) => resolve({ title, ok: status === 0, said: said.trim() }));
  });
}

function ended(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.on("error", ({ message }) => console.error(message));
    child.on("close", (status) => resolve(status === 0));
  });
}

function start(tool: string, args: string[], stdio: StdioOptions): ChildProcess {
  const bin = join(ROOT, "node_modules", ".bin");
  // The tools look for `node` themselves, and must find the locked one.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  return spawn(join(bin, tool), args, { cwd: ROOT, env, stdio });
}

function readReport(): unknown {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return undefined;
  }
}
