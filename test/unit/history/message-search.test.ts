import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreOf } from "../../../src/durable-objects/user-room/search/ranking";
import { snippetOf } from "../../../src/durable-objects/user-room/search/snippet";
import { atomsOf, hitsIn, matchFor } from "../../../src/history/message-query";
import { termsOf, wordsOf } from "../../../src/history/message-words";

function finds(query: string, text: string): boolean {
  return hitsIn(wordsOf(text), atomsOf(query)) !== undefined;
}

/** The places of a text that a query finds, as they stand there. */
function marked(query: string, text: string): string[] {
  const words = wordsOf(text);
  const hits = hitsIn(words, atomsOf(query)) ?? [];
  const { text: piece, hits: places } = snippetOf(text, words, hits);
  return places.map(({ start, end }) => piece.slice(start, end));
}

describe("[SE2] a query finds", () => {
  it.each([
    ["another case", "HELLO", "Oh, hello."],
    ["capitals of other scripts", "ПРИВЕТ Σίσυφος", "привет, ΣΊΣΥΦΟΣ"],
    ["with and without accents", "cafe naïve", "Le CAFÉ, so naive"],
    ["another composition", "re\u0301sume\u0301", "her résumé"],
    ["the letter that is two", "STRASSE", "Die Straße"],
    ["another width", "ＡＢＣ１２３ ｶﾅ", "abc123 カナ"],
    ["the beginning of its last word", "big ele", "An elephant is big"],
    ["all words, in any order", "fox quick", "the quick brown fox"],
    ["what stands between other signs", 'foo_bar "v1.2"', "const foo_bar = v1.2;"],
    ["a part of Chinese", "北京", "我住在北京市。"],
    ["one character of Japanese", "猫", "吾輩は猫である"],
    ["a part of Korean", "한국", "저는 한국어를 배워요"],
    ["a part of Thai", "ภาษา", "ฉันพูดภาษาไทย"],
    ["Chinese beside Latin", "GPT模型", "这是GPT模型的说明"],
    ["a picture", "🎉", "done 🎉 at last"],
    ["a word that is longer than words are", "x".repeat(500), `${"X".repeat(500)}!`],
  ])("%s", (_, query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ["a word that is missing", "quick cat", "the quick brown fox"],
    ["the end of a word", "phant", "an elephant"],
    ["the beginning of a word that is not the last", "ele big", "An elephant is big"],
    ["the beginning of a word that was ended", "ele ", "An elephant"],
    ["one letter of a word", "e", "An elephant"],
    ["characters that are apart", "北市", "我住在北京市"],
    ["kana that differ", "か", "が"],
  ])("not %s", (_, query, text) => {
    expect(finds(query, text)).toBe(false);
  });
});

describe("[SE3] what is asked for", () => {
  it.each([
    ['"a" OR b*', ["a", "or", "b"]],
    ["NEAR(x y, 2) AND NOT z", ["near", "x", "y", "2", "and", "not", "z"]],
    ["terms:hello ^start", ["terms", "hello", "start"]],
    ["'; DROP TABLE texts; --", ["drop", "table", "texts"]],
  ])("%s is words and no operators", (query, words) => {
    expect(atomsOf(query).flatMap(({ forms }) => forms)).toEqual(words);
    expect(matchFor(atomsOf(query))).toMatch(/^("[\p{L}\p{N}\p{M}]+"\*?( |$))+$/u);
  });

  it("is looked up in bounds, and compared with all of it", () => {
    const many = Array.from({ length: 1000 }, (_, i) => `w${i}`).join(" ");
    expect(matchFor(atomsOf(many))?.split(" ")).toHaveLength(32);
    expect(finds(many, many)).toBe(true);
    expect(finds(many, many.replace("w900", ""))).toBe(false);
  });

  it("may be nothing that can be found", () => {
    expect(matchFor(atomsOf("?! … --"))).toBeUndefined();
  });
});

describe("[SE2] for every text", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 60 });

  it("words stand where they say, in their order", () => {
    fc.assert(
      fc.property(text, (given) => {
        let from = 0;
        for (const { start, end } of wordsOf(given)) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeGreaterThan(start);
          from = end;
        }
        expect(from).toBeLessThanOrEqual(given.length);
      }),
    );
  });

  it("what finds it is among its terms", () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (given, one, other) => {
        const words = wordsOf(given);
        if (words.length === 0) return;
        const [from = 0, to = 0] = [one % words.length, other % words.length].sort((a, b) => a - b);
        const query = `${given.slice(words[from]?.start, words[to]?.end)} `;
        const atoms = atomsOf(query);
        expect(hitsIn(words, atoms)).toBeDefined();
        const terms = new Set(termsOf(words).split(" "));
        const asked = matchFor(atoms)?.matchAll(/"([^"]+)"(\*?)/gu) ?? [];
        for (const [, term = "", star] of asked) {
          const isThere = terms.has(term) || [...terms].some((own) => star && own.startsWith(term));
          expect(isThere).toBe(true);
        }
      }),
    );
  });

  it("a snippet is a piece of it, with whole characters, and hits within", () => {
    const long = fc.array(fc.constantFrom("fox", "🎉", "é ", "北京", "and ", "\n"), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(long, (pieces) => {
        const given = pieces.join("");
        const words = wordsOf(given);
        const hits = hitsIn(words, atomsOf("fox 北京"));
        if (!hits) return;
        const snippet = snippetOf(given, words, hits);
        expect(given.slice(snippet.start, snippet.start + snippet.text.length)).toBe(snippet.text);
        expect(snippet.text.isWellFormed()).toBe(true);
        expect(snippet.hits.length).toBeGreaterThan(0);
        for (const { start, end } of snippet.hits) {
          expect(["fox", "北京"]).toContain(snippet.text.slice(start, end));
          expect(end).toBeLessThanOrEqual(snippet.text.length);
        }
      }),
    );
  });
});

describe("[SE4] a snippet", () => {
  it("shows what was found as it is written there", () => {
    expect(marked("cafe str", "Ein CAFÉ in der Straße.")).toEqual(["CAFÉ", "Straße"]);
    expect(marked("北京", "我在北京。北京！")).toEqual(["北京", "北京"]);
  });

  it("is of where most of what was asked for stands together", () => {
    const text = `alpha ${"filler ".repeat(200)} alpha beta ${"filler ".repeat(200)} beta`;
    expect(marked("alpha beta ", text)).toEqual(["alpha", "beta"]);
  });
});

describe("[SE4] the better text", () => {
  const score = (query: string, text: string, ageMs = 0) => {
    const [words, atoms] = [wordsOf(text), atomsOf(query)];
    return scoreOf(atoms, { words, hits: hitsIn(words, atoms) ?? [], ageMs });
  };
  const filler = "and so on ".repeat(200);
  const DAY_MS = 86_400_000;

  it.each([
    ["says it more often", "fox", "fox and fox", "fox and hen", 0],
    ["says little else", "fox", "a fox", `a fox ${filler}`, 0],
    ["has the words in a row", "red fox ", "a red fox there", "a fox so red there", 0],
    ["has the whole word", "fox", "a fox", "a foxglove", 0],
    ["is the newer of two that are the same", "fox", "a fox", "a fox", 100 * DAY_MS],
  ])("%s", (_, query, better, worse, ageMs) => {
    expect(score(query, better)).toBeGreaterThan(score(query, worse, ageMs));
  });
});
