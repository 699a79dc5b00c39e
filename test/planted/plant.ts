import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/command";
import type { Edit, Mistake } from "./mistakes";

/** The source with the mistake in it; throws where there is nothing to be mistaken any more. */
export function edited(source: string, { file, search, replace }: Edit): string {
  const [before, after, ...more] = source.split(search);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} must hold this once, to be replaced: ${search}`);
  }
  return before + replace + after;
}

/** A copy of the service with a mistake in it; gives its directory. */
export function plant({ edits }: Mistake): string {
  const copy = mkdtempSync(join(tmpdir(), "taskroom-planted-"));
  for (const part of ["src", "migrations", "test/worker"]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  // What the console is built into, by whichever server starts first.
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  for (const part of ["node_modules", "dist", "package.json", "tsconfig.json"]) {
    symlinkSync(join(ROOT, part), join(copy, part));
  }
  for (const edit of edits) {
    const file = join(copy, edit.file);
    writeFileSync(file, edited(readFileSync(file, "utf8"), edit));
  }
  return copy;
}
