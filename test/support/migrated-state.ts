import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { migrateLocally, schemaOf } from "../../scripts/local-database";
import { ROOT } from "./command";

const CACHE = join(ROOT, "node_modules", ".cache", "taskroom");

/**
 * Puts a database with all migrations where a server with these options is to find it. They take
 * seconds, so they are applied once, and copied for every server.
 */
export function copyMigratedState(folder: string, options: string[]): void {
  cpSync(ensureMigratedState(options), folder, { recursive: true });
}

/** Where the state is that servers with these options begin with. */
export function ensureMigratedState(options: string[]): string {
  const state = join(CACHE, schemaOf(options));
  if (existsSync(state)) return state;
  mkdirSync(CACHE, { recursive: true });
  // Made aside and moved, so that nobody copies half of it.
  const scratch = mkdtempSync(join(CACHE, ".state-"));
  const next = join(scratch, "next");
  const failure = migrateLocally([...options, "--persist-to", next]);
  if (failure !== undefined) throw new Error(failure);
  try {
    renameSync(next, state);
  } catch (error) {
    // Whoever was faster has made the same.
    if (!existsSync(state)) throw error;
  }
  rmSync(scratch, { recursive: true, force: true });
  return state;
}
