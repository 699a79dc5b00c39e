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

export function parseBlocks(text: string): Block[] {
  return marked.lexer(text).map((token) => ({ raw: token.raw, html: marked.parser([token]) }));
}

/**
 * How much of a text cannot change any more, whatever is appended: of its whole lines everything up
 * to a blank one that has a block behind it. A line that is not whole may yet join on to the block
 * before, and a line of dashes make a heading of it.
 */
export function settledLength(text: string): number {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1);
  const tokens = marked.lexer(lines);
  // A lexer that changed the text (tabs, line ends) has lost count of it.
  if (lengthOf(tokens) !== lines.length) return 0;
  const last = tokens.findLastIndex(({ type }) => type !== "space");
  const blank = tokens.findLastIndex(({ raw }, i) => i < last && /\n\n$/.test(raw));
  return lengthOf(tokens.slice(0, blank + 1));
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
