import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Block,
  blocksOf,
  type Group,
} from "../../../src/console/room/conversation/markdown/blocks";
import { GrowingText } from "../../../src/console/room/conversation/markdown/growing-text";
import { type KnownToken, tokensOf } from "../../../src/console/room/conversation/markdown/lexer";

/** What a reader sees of blocks, in however many tokens they come. */
function seen(blocks: readonly Block[]): unknown[] {
  return blocks.map(({ tokens: [first, ...more] }) => {
    const all = [first, ...more];
    switch (first.type) {
      case "table": {
        const rows = all.flatMap((token) => (token.type === "table" ? token.rows : []));
        return [first.type, ...[first.header, ...rows].map((row) => row.map(({ text }) => text))];
      }
      case "list": {
        const items = all.flatMap((token) => (token.type === "list" ? token.items : []));
        const isLoose = all.some((token) => token.type === "list" && token.loose);
        return [first.type, first.start, isLoose, ...items.map(({ text }) => text)];
      }
      case "code": {
        const texts = all.map((token) => (token.type === "code" ? token.text : ""));
        const lines = texts.map((text) => text.replace(/\n$/, ""));
        return [first.type, lines.filter((_, i) => texts[i] !== "").join("\n")];
      }
      default:
        return [first.type, first.raw.trimEnd()];
    }
  });
}

function whole(text: string): unknown[] {
  const shown = tokensOf(text).filter(({ type }) => type !== "space" && type !== "def");
  return seen(blocksOf(shown));
}

function blocksIn(groups: readonly Group[]): Block[] {
  return groups.flatMap(({ blocks }) => blocks);
}

const LINE = fc.constantFrom(
  ...["# Title", "word", "", "", "- item", "1. one", "  - inner", "  more", "```", "~~~", "code"],
  ...[
    "> quote",
    "| a | b |\n|---|---|",
    "| 1 | 2 |",
    "<b>html</b>",
    "    indented",
    "---",
    "\ttab",
  ],
  ...["$$", "x = y", "* star", "- [ ] to do", "`````", " ", "a | b"],
);
const FILLER = fc.constantFrom(
  ..."| 1 | 2 |;- item;code;1. one;word;> quote;\n"
    .split(";")
    .map((line) => `${line}\n`.repeat(300)),
);
const PIECE = fc.oneof(
  { weight: 20, arbitrary: LINE.map((line) => `${line}\n`) },
  { weight: 1, arbitrary: FILLER },
);

describe("a text that is being written", () => {
  it("is shown as it is when it is read as a whole, in whatever pieces it came", () => {
    const pieces = fc.array(PIECE, { maxLength: 30 }).map((all) => all.join(""));
    const cuts = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(pieces, cuts, (text, steps) => {
        const growing = new GrowingText();
        let end = 0;
        for (let i = 0; end < text.length; i++) {
          end = Math.min(text.length, end + 1 + (steps[i % steps.length] ?? 0));
          const { groups, unread } = growing.show(text.slice(0, end));
          if (unread !== "") continue;
          const shown = blocksIn(groups);
          expect(seen(shown)).toEqual(whole(text.slice(0, end)));
          expect(new Set(shown.map(({ key }) => key)).size).toBe(shown.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is begun anew where an attempt wrote something else", () => {
    const growing = new GrowingText();
    growing.show(`${"- item\n".repeat(1000)}`);
    const next = `${"1. one\n".repeat(1000)}`;
    expect(seen(blocksIn(growing.show(next).groups))).toEqual(whole(next));
  });
});

const KINDS: Record<string, (n: number) => string> = {
  "a table": (n) => `| a | b |\n|---|---|\n${"| 1 | **2** |\n".repeat(n)}`,
  code: (n) => `\`\`\`js\n${"const a = 1;\n".repeat(n)}`,
  "a list": (n) => "- an item\n".repeat(n),
  paragraphs: (n) => "some words\n\n".repeat(n),
  headings: (n) => "# A title\nwords\n".repeat(n),
};
const UNCUT: Record<string, (n: number) => string> = {
  "one line": (n) => "word ".repeat(n),
  "a quote": (n) => "> a line\n".repeat(n),
  "an item": (n) => `- a\n${"  more\n".repeat(n)}`,
  "quotes in quotes": (n) => Array.from({ length: n / 10 }, (_, i) => ">".repeat(i)).join("\n"),
};
const CHUNK = 25;

/** UTF-16 units that were read for each addition. */
function work(text: string): number[] {
  let read = 0;
  const growing = new GrowingText((part) => {
    read += part.length;
    return tokensOf(part);
  });
  const each: number[] = [];
  for (let end = CHUNK; end < text.length + CHUNK; end += CHUNK) {
    read = 0;
    growing.show(text.slice(0, end));
    each.push(read);
  }
  return each;
}

it("a block that an addition leaves as it is stays the same, so that it is not drawn again", () => {
  const growing = new GrowingText();
  const before = blocksIn(growing.show(`${"A line.\n\n".repeat(400)}And`).groups);
  const after = blocksIn(growing.show(`${"A line.\n\n".repeat(400)}And more`).groups);
  expect(after.filter((block, i) => block !== before[i])).toHaveLength(1);
});

describe("what an addition makes be read again", () => {
  it.each(Object.entries(KINDS))("does not grow with the text: %s", (_, text) => {
    const most = Math.max(...work(text(400)));
    expect(Math.max(...work(text(3000)))).toBeLessThanOrEqual(most * 1.1);
  });

  it.each(Object.entries(UNCUT))("is in all proportional to the text: %s", (_, text) => {
    const [short, long] = [text(800), text(3200)];
    const sum = (of: string) => work(of).reduce((all, one) => all + one, 0) / of.length;
    expect(sum(long)).toBeLessThanOrEqual(sum(short) * 1.2);
  });
});

it("what nests without end is read, and shown no deeper than people can follow", () => {
  const depth = (tokens: readonly KnownToken[]): number =>
    Math.max(
      0,
      ...tokens.map((token) => {
        if (token.type === "blockquote") return 1 + depth(token.tokens as KnownToken[]);
        if (token.type === "list")
          return 1 + Math.max(...token.items.map((item) => depth(item.tokens as KnownToken[])));
        return 0;
      }),
    );
  for (const text of [
    "> ".repeat(2000),
    "- ".repeat(2000),
    "> - ".repeat(1000),
    ">".repeat(9000),
  ]) {
    const tokens = tokensOf(`${text}end`);
    expect(depth(tokens)).toBeGreaterThan(5);
    expect(depth(tokens)).toBeLessThan(20);
    expect(JSON.stringify(tokens)).toContain("end");
  }
});
