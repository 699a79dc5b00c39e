import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { migrateLocally, schemaOf } from "../../scripts/local-database";
import { ROOT } from "./command";

const CACHE = join(ROOT, "node_modules", ".cache", "taskroom");

/**
 * Puts a database with all migrations where a server is to find it. They take seconds, so they are
 * applied once, and copied for every server: all configurations mean the same database.
 */
export function copyMigratedState(folder: string): void {
  cpSync(join(CACHE, schemaOf([])), folder, { recursive: true });
}

/** Makes the state that servers begin with. */
export async function ensureMigratedState(): Promise<void> {
  const state = join(CACHE, schemaOf([]));
  if (existsSync(state)) return;
  mkdirSync(CACHE, { recursive: true });
  // Made aside and moved, so that nobody copies half of it.
  const scratch = mkdtempSync(join(CACHE, ".state-"));
  const next = join(scratch, "next");
  const failure = await migrateLocally(["--persist-to", next]);
  if (failure !== undefined) throw new Error(failure);
  try {
    renameSync(next, state);
  } catch (error) {
    // Whoever was faster has made the same.
    if (!existsSync(state)) throw error;
  }
  rmSync(scratch, { recursive: true, force: true });
}
