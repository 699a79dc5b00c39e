import { accessSync, constants, statfsSync } from "node:fs";

const MEMORY = "/dev/shm";
/** Bytes; the tests as a whole put less than a fifth of it there at a time. */
const ENOUGH = 1_000_000_000;

/**
 * Has this process and its children keep what is temporary in memory, where there is enough of it:
 * the local runtime waits for the disk in the very thread that serves. A `TMPDIR` that is set stands.
 */
export function keepTemporaryInMemory(memory = MEMORY, enough = ENOUGH): void {
  if (process.env.TMPDIR === undefined && hasRoom(memory, enough)) process.env.TMPDIR = memory;
}

function hasRoom(folder: string, enough: number): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= enough;
  } catch {
    return false;
  }
}
