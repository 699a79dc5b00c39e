import { isJoined, type Word, wordsOf } from "./message-words";

/** Words of one query that are looked up; whether the others are there, the text that is found says. */
const LOOKED_UP = 32;
/** A shorter beginning of a word begins too many. */
const SHORTEST_PREFIX = 2;

/** One of the things that a text must have: a word, the beginning of one, or dense characters in a row. */
export type Atom = { forms: string[]; isPrefix: boolean };

/** What a query asks for: all of these, in any order. What was asked twice is one. */
export function atomsOf(query: string): Atom[] {
  const words = wordsOf(query);
  const groups: Word[][] = [];
  words.forEach((word, i) => {
    const last = groups.at(-1);
    if (last && isJoined(words[i - 1], word)) last.push(word);
    else groups.push([word]);
  });
  const atoms = groups.map((group): Atom => {
    const [word] = group;
    // The last word may still be written.
    const isLast = group === groups.at(-1) && word?.end === query.length;
    const isLong = word !== undefined && [...word.form].length >= SHORTEST_PREFIX;
    const isPrefix = isLast && isLong && !word.isDense;
    return { forms: group.map(({ form }) => form), isPrefix };
  });
  const known = new Map(atoms.map((atom) => [`${atom.isPrefix} ${atom.forms.join("")}`, atom]));
  return [...known.values()];
}

/**
 * An FTS5 query for the texts that can have all of these; undefined where there are none. Terms are
 * letters and digits in quotes, so no text of a caller's is ever read as FTS5's own syntax.
 */
export function matchFor(atoms: readonly Atom[]): string | undefined {
  const terms = atoms.flatMap(({ forms, isPrefix }) =>
    forms.length === 1
      ? forms.map((form) => `"${form}"${isPrefix ? "*" : ""}`)
      : forms.slice(1).map((form, i) => `"${forms[i]}${form}"`),
  );
  return terms.length === 0 ? undefined : [...new Set(terms)].slice(0, LOOKED_UP).join(" ");
}

/** Where a text has something that was asked for: words `first` up to and with `last`. */
export type Hit = { atom: number; first: number; last: number; isWhole: boolean };

/** All hits, in their order; nothing where the text lacks one of the atoms. */
export function hitsIn(words: readonly Word[], atoms: readonly Atom[]): Hit[] | undefined {
  const starts = new Map<string, number[]>();
  atoms.forEach(({ forms: [first = ""], isPrefix }, i) => {
    if (!isPrefix) starts.set(first, [...(starts.get(first) ?? []), i]);
  });
  const prefixes = atoms.flatMap(({ forms: [first = ""], isPrefix }, i) =>
    isPrefix ? [{ first, i }] : [],
  );
  const hits = words.flatMap(({ form }, at) => [
    ...(starts.get(form) ?? []).flatMap((atom) => {
      const { forms } = atoms[atom] ?? { forms: [] };
      return isRow(words, at, forms)
        ? [{ atom, first: at, last: at + forms.length - 1, isWhole: true }]
        : [];
    }),
    ...prefixes.flatMap(({ first, i }) =>
      form.startsWith(first) ? [{ atom: i, first: at, last: at, isWhole: form === first }] : [],
    ),
  ]);
  const found = new Set(hits.map(({ atom }) => atom));
  return found.size === atoms.length ? hits : undefined;
}

function isRow(words: readonly Word[], at: number, forms: readonly string[]): boolean {
  return forms.every((form, i) => {
    const word = words[at + i];
    return word?.form === form && (i === 0 || isJoined(words[at + i - 1], word));
  });
}
