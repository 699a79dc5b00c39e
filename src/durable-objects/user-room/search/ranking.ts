import type { Atom, Hit } from "../../../history/message-query";
import type { Word } from "../../../history/message-words";

/** How much a further place of a word adds (k1), and how much a text's length takes away (b): as BM25 has them. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.5;
const USUAL_WORDS = 150;
/** What the beginning of a word counts for where the word was asked for. */
const PREFIX_SHARE = 0.6;
/** What it adds that a text has the words as they were asked for, one after the other. */
const IN_A_ROW = 0.5;
/** What it adds that a text is of today; half of it after so many days. */
const RECENT = 0.5;
const HALF_AFTER_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Digits of a score: the same text has the same score on every page. */
const DIGITS = 6;

/** `ageMs`: as of when the search began. */
export type Scored = { words: readonly Word[]; hits: readonly Hit[]; ageMs: number };

/**
 * How well a text is what was asked for. It follows from the text and the query alone, unlike scores that
 * count how rare a word is: pages of one search agree, whatever comes and goes between them.
 */
export function scoreOf(atoms: readonly Atom[], { words, hits, ageMs }: Scored): number {
  const length = 1 - LENGTH_SHARE + (LENGTH_SHARE * words.length) / USUAL_WORDS;
  const counts = atoms.map(() => 0);
  for (const { atom, isWhole } of hits) {
    counts[atom] = (counts[atom] ?? 0) + (isWhole ? 1 : PREFIX_SHARE);
  }
  const parts = counts.map((n) => (n * (SATURATION + 1)) / (n + SATURATION * length));
  const mean = parts.reduce((sum, part) => sum + part, 0) / Math.max(1, parts.length);
  const row = atoms.length > 1 && isInARow(atoms, hits) ? IN_A_ROW : 0;
  const days = Math.max(0, ageMs) / DAY_MS;
  const recent = (RECENT * HALF_AFTER_DAYS) / (HALF_AFTER_DAYS + days);
  return Number((mean + row + recent).toFixed(DIGITS));
}

function isInARow(atoms: readonly Atom[], hits: readonly Hit[]): boolean {
  const after = new Map(hits.map((hit) => [`${hit.atom} ${hit.first}`, hit.last + 1]));
  return hits.some(({ atom, first }) => {
    if (atom !== 0) return false;
    let at: number | undefined = first;
    for (let i = 0; i < atoms.length && at !== undefined; i++) at = after.get(`${i} ${at}`);
    return at !== undefined;
  });
}
