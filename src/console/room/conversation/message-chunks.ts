import type { Message } from "../../../client";

/** Messages that are laid out, or left out of sight, together. */
export type Chunk = { key: string; messages: readonly Message[] };

const CHUNK = 25;

/**
 * Older messages are cut from their end, since more come before them, and newer ones from their
 * beginning, since more come after: so no chunk but the outermost two ever changes.
 */
export function chunksOf(older: readonly Message[], newest: readonly Message[]): Chunk[] {
  const before: Chunk[] = [];
  for (let end = older.length, n = 0; end > 0; end -= CHUNK, n++) {
    before.unshift({ key: `older ${n}`, messages: older.slice(Math.max(0, end - CHUNK), end) });
  }
  const after: Chunk[] = [];
  for (let start = 0; start < newest.length; start += CHUNK) {
    after.push({ key: `newest ${start}`, messages: newest.slice(start, start + CHUNK) });
  }
  return [...before, ...after];
}
