import { Marked, type Token } from "marked";

/** Words in a language that knows no HTML, and asks no other server for pictures. */
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => escaped(text),
    image: ({ href, text }) =>
      `<a href="${escaped(href)}">Picture: ${escaped(text.trim() || href)}</a>`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

/** A piece of text that stands by itself, such as a paragraph or a list. */
export type Block = { raw: string; html: string };

/**
 * The blocks of a text, and how much of the text cannot change any more, whatever is appended:
 * everything before its last block.
 */
export function parseBlocks(text: string): { blocks: Block[]; settled: number } {
  const tokens = marked.lexer(text);
  const last = tokens.findLastIndex(({ type }) => type !== "space");
  const settled = lengthOf(tokens.slice(0, Math.max(0, last)));
  return {
    blocks: tokens.map((token) => ({ raw: token.raw, html: marked.parser([token]) })),
    // A lexer that changed the text (tabs, line ends) has lost count of it.
    settled: lengthOf(tokens) === text.length ? settled : 0,
  };
}

function lengthOf(tokens: Token[]): number {
  return tokens.reduce((sum, { raw }) => sum + raw.length, 0);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
