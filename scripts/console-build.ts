import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ROOT } from "./local-identity";

/** What the built console depends on; of the packages it is enough to know which are locked. */
const SOURCES = ["src/console", "src/client", "src/engine", "src/protocol", "public"];
const FILES = ["vite.config.ts", "package-lock.json"];
const DIST = join(ROOT, "dist");
const STAMP = join(DIST, "console.sha256");

/** Where the built console is: the assets of wrangler.toml. */
export const CONSOLE = join(DIST, "console");

/** Builds the console unless what is built is of these very sources. Says whether it had to. */
export async function ensureConsole(): Promise<boolean> {
  const wanted = hashOfSources();
  if (wanted === stampOf(CONSOLE)) return false;
  const { build } = await import("vite");
  mkdirSync(DIST, { recursive: true });
  // Built aside and moved, so that nobody who builds or serves at the same time sees half of it.
  const scratch = mkdtempSync(join(DIST, ".console-"));
  const next = join(scratch, "next");
  await build({
    configFile: join(ROOT, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: next },
  });
  move(CONSOLE, join(scratch, "old"), "ENOENT");
  // Whoever was faster has built the same.
  move(next, CONSOLE, "ENOTEMPTY");
  writeFileSync(STAMP, wanted);
  rmSync(scratch, { recursive: true, force: true });
  return true;
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  const files = [...SOURCES.flatMap(filesIn), ...FILES];
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

/** Which sources a built console is of; nothing where it is missing. */
function stampOf(folder: string): string | undefined {
  try {
    return readdirSync(folder).includes("index.html") ? readFileSync(STAMP, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

function move(from: string, to: string, harmless: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === harmless)) throw error;
  }
}
