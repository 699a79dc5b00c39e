import { searchForm } from "./search-form";

/**
 * A word of a text, in the form in which it is looked up, and where it stands there (UTF-16 units).
 * `isDense`: one character of a script that writes without spaces.
 */
export type Word = { form: string; start: number; end: number; isDense: boolean };

/** Words are letters, digits and their marks; a picture is a word of its own. */
const RUNS = /[\p{L}\p{N}\p{M}\p{Extended_Pictographic}]+/gu;
const DENSE =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{Extended_Pictographic}]/u;
/** Of the words of a run: each dense character, and what lies between such. */
const PIECES = new RegExp(`${DENSE.source}|(?:(?!${DENSE.source}).)+`, "gu");
/** Accents of Latin, Greek and Cyrillic letters, and what only chooses how a picture looks. */
const ACCENTS = /[\u0300-\u036f\ufe00-\ufe0f]/g;
/** What a folded form may bring along that no word has. */
const OTHERS = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/gu;
/** UTF-16 units of a word that are looked up: what is longer is no word of a language. */
const WORD_UNITS = 64;

/** The words of a text, in their order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: run, index } of text.matchAll(RUNS)) {
    for (const { 0: piece, index: at } of run.matchAll(PIECES)) {
      const form = wordForm(piece);
      const start = index + at;
      const isDense = DENSE.test(piece);
      if (form !== "") words.push({ form, start, end: start + piece.length, isDense });
    }
  }
  return words;
}

/** One form for all spellings of a word that differ in case, width, composition or accents. */
function wordForm(word: string): string {
  const bare = word.normalize("NFKD").replaceAll(ACCENTS, "");
  // By way of capitals, so that "ß" is "ss" and each sigma the same.
  const form = searchForm(bare.toUpperCase()).replaceAll("ς", "σ");
  return form.replaceAll(ACCENTS, "").replaceAll(OTHERS, "").slice(0, WORD_UNITS).toWellFormed();
}

/** Whether dense characters follow each other, as those of one word do. */
export function isJoined(one: Word | undefined, next: Word | undefined): boolean {
  return one?.isDense === true && next?.isDense === true && one.end === next.start;
}

/** What a text is found by: its words, and of dense scripts each two neighbours. */
export function termsOf(words: readonly Word[]): string {
  const terms = new Set<string>();
  words.forEach((word, i) => {
    terms.add(word.form);
    const next = words[i + 1];
    if (next && isJoined(word, next)) terms.add(word.form + next.form);
  });
  return [...terms].join(" ");
}
