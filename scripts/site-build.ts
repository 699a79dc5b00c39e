import { createHash } from "node:crypto";
import {
  appendFileSync,
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

/** What the site is made of; of the packages it is enough to know which are locked. */
const SOURCES = [
  ...["src/console", "src/client", "src/engine", "public"],
  ...["src/api-docs", "src/operations", "src/protocol", "src/resources", "src/platform"],
];
const FILES = ["scripts/site-build.ts", "vite.config.ts", "package-lock.json"];
const DIST = join(ROOT, "dist");
const STAMP = join(DIST, "site.sha256");

/** Where the site is, the console and the API's descriptions: the assets of wrangler.toml. */
export const SITE = join(DIST, "site");

/** Builds the site unless what is built is of these very sources. Says whether it had to. */
export async function ensureSite(): Promise<boolean> {
  const wanted = hashOfSources();
  if (wanted === stampOf(SITE)) return false;
  mkdirSync(DIST, { recursive: true });
  // Built aside and moved, so that nobody who builds or serves at the same time sees half of it.
  const scratch = mkdtempSync(join(DIST, ".site-"));
  const next = join(scratch, "next");
  await buildConsole(next);
  await writeDocs(next);
  move(SITE, join(scratch, "old"), "ENOENT");
  // Whoever was faster has built the same.
  move(next, SITE, "ENOTEMPTY");
  writeFileSync(STAMP, wanted);
  rmSync(scratch, { recursive: true, force: true });
  return true;
}

async function buildConsole(folder: string): Promise<void> {
  const { build } = await import("vite");
  await build({
    configFile: join(ROOT, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: folder },
  });
}

/** Puts the API's descriptions beside the console, and their headers under those of `public/`. */
async function writeDocs(folder: string): Promise<void> {
  const { docsFiles, headerRules } = await import("../src/api-docs/files");
  const files = await docsFiles();
  for (const { file, text } of files) writeFileSync(join(folder, file), text);
  appendFileSync(join(folder, "_headers"), `\n${headerRules(files)}`);
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

/** Which sources a built site is of; nothing where it is missing. */
function stampOf(folder: string): string | undefined {
  try {
    return readdirSync(folder).includes("docs.html") ? readFileSync(STAMP, "utf8") : undefined;
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
