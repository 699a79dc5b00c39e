import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseBlocks, settledLength } from "../../../src/console/room/conversation/markdown/parse";

const PIECES = [
  ...["# Title\n", "word ", "\n", "\n\n", "- item\n", "1. one\n", "```\n", "code\n", "> quote\n"],
  ...["| a | b |\n|---|---|\n", "| 1 | 2 |\n", "<b>html</b>", "    indented\n", "---\n", "\t", "*"],
];

const html = (text: string) =>
  parseBlocks(text)
    .map((block) => block.html)
    .join("");

it("HTML in a text is words, and a picture is a link", () => {
  expect(html("<img src=x onerror=alert(1)>")).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(html("a <b>bold</b> word")).toContain("&lt;b&gt;bold&lt;/b&gt;");
  expect(html('![a "pixel](https://x.example/p.png)')).toContain(
    '<a href="https://x.example/p.png">Picture: a &quot;pixel</a>',
  );
});

it("what is settled stays as it is, whatever is appended", () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((all) => all.join(""));
  fc.assert(
    fc.property(text, text, (before, more) => {
      const settled = settledLength(before);
      const apart = html(before.slice(0, settled)) + html((before + more).slice(settled));
      expect(apart).toBe(html(before + more));
    }),
    { numRuns: 1000 },
  );
});
