// `npm run record-release -- COMMIT`: what a release stores and says, as fixtures of test/compat.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./local-identity";
import { checkOut } from "./release-checkout";

const COMPAT = join(ROOT, "test", "compat");
const FIXTURES = join(COMPAT, "fixtures");
const RECORDED = /RECORDED ([a-z-]+) (\{.*\})$/gm;

const [commit] = process.argv.slice(2);
if (commit === undefined) {
  console.error("Usage: npm run record-release -- COMMIT");
  process.exitCode = 2;
} else record(commit);

function record(release: string): void {
  const checkout = checkOut(release);
  try {
    const test = join(checkout, "test", "workers", "recorder.test.ts");
    copyFileSync(join(COMPAT, "recorder.ts"), test);
    for (const [, name = "", json = ""] of play(checkout).matchAll(RECORDED)) {
      write(name, JSON.parse(json));
    }
    recordClient(checkout);
    write("migrations", hashesOf(join(checkout, "migrations")));
    write("release", { commit: commitOf(release) });
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

/** Its build of the client, which goes on to read what this version says. */
function recordClient(checkout: string): void {
  const outDir = join(checkout, "dist", "client");
  const args = ["scripts/run.mjs", "build-client", outDir];
  execFileSync(process.execPath, args, { cwd: checkout, stdio: ["ignore", "ignore", "inherit"] });
  copyFileSync(join(outDir, "index.js"), join(FIXTURES, "client.js"));
}

/** In full: what the fault family `deploy` takes from git. */
function commitOf(release: string): string {
  return execFileSync("git", ["rev-parse", `${release}^{commit}`], {
    cwd: ROOT,
    encoding: "utf8",
  }).trim();
}

/** Runs the recorder in the release; gives what it printed. */
function play(checkout: string): string {
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const args = ["run", "--project", "workers", "--silent=false", "test/workers/recorder.test.ts"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...args], {
    cwd: checkout,
    encoding: "utf8",
    maxBuffer: 1024 ** 3,
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}

/** SHA-256 of each migration, by its name. */
function hashesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
  return Object.fromEntries(files.sort().map((name) => [name, hash(name)]));
}

function write(name: string, content: object): void {
  const file = join(FIXTURES, `${name}.json`);
  mkdirSync(FIXTURES, { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  console.log(`Recorded ${file}`);
}
