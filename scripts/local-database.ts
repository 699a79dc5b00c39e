import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ROOT } from "./local-identity";
import { runQuietly } from "./wrangler";
import { databaseOptions, readWranglerOptions } from "./wrangler-options";

const MARK = "migrated";
const MIGRATIONS_DIR = /\bmigrations_dir["']?\s*[=:]\s*["']([^"']+)["']/g;

/** Runs to its end; its output is told where it fails. */
type Run = (args: string[]) => Promise<{ status: number; output: string }>;

/**
 * Applies the migrations to the local databases of a server with these options; gives what went wrong.
 * To load wrangler takes seconds, so a mark beside the databases says what they have already.
 */
export async function migrateLocally(
  args: string[],
  run: Run = runMigrations,
): Promise<string | undefined> {
  const folder = databasesOf(args);
  if (isMigrated(folder, args)) return undefined;
  console.log("Applying the migrations of the local databases…");
  const { status, output } = await run(databaseOptions(args));
  if (status !== 0) return output;
  const databases = databasesIn(folder);
  if (databases.length > 0) writeFileSync(join(folder, MARK), markOf(databases, args));
  return undefined;
}

/** In a process of its own: what its runtime says is told only where it fails. */
const runMigrations: Run = (args) =>
  runQuietly([join(ROOT, "scripts", "run.mjs"), "migrate-locally", ...args]);

/** Says which database is meant by these options and which migrations it is to have. */
export function schemaOf(args: string[]): string {
  const config = configOf(args);
  const text = readIfThere(config) ?? "";
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ env: readWranglerOptions(args).env, text }));
  const named = [...text.matchAll(MIGRATIONS_DIR)].map(([, name = ""]) => name);
  for (const name of new Set(["migrations", ...named])) {
    const folder = resolve(dirname(config), name);
    for (const file of filesIn(folder, ".sql")) {
      hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
    }
  }
  return hash.digest("hex");
}

function isMigrated(folder: string, args: string[]): boolean {
  const mark = readIfThere(join(folder, MARK));
  return mark !== undefined && mark === markOf(databasesIn(folder), args);
}

/** A database that was deleted, or came since, makes it another mark. */
function markOf(databases: string[], args: string[]): string {
  return [schemaOf(args), ...databases].join("\n");
}

function databasesIn(folder: string): string[] {
  return filesIn(folder, ".sqlite");
}

/** Where wrangler keeps the local databases; whoever deletes that folder deletes the mark as well. */
function databasesOf(args: string[]): string {
  return join(stateOf(args), "d1");
}

/** Where wrangler keeps everything local. */
export function stateOf(args: string[]): string {
  const { persistTo } = readWranglerOptions(args);
  const state = persistTo ?? join(dirname(configOf(args)), ".wrangler", "state");
  return join(resolve(ROOT, state), "v3");
}

export function configOf(args: string[]): string {
  return resolve(ROOT, readWranglerOptions(args).config ?? "wrangler.toml");
}

function filesIn(folder: string, ending: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return files.filter((file) => file.endsWith(ending)).sort();
  } catch {
    return [];
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
