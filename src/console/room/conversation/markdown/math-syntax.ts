import type { TokenizerAndRendererExtension, Tokens } from "marked";

/** Between `$$`s or `\[` and `\]`, without a blank line: at the beginning of a line it is a block of its own. */
const BLOCK =
  /^ {0,3}(?:\$\$((?:(?!\n[ \t]*\n)[^$])+)\$\$|\\\[((?:(?!\n[ \t]*\n)[\s\S])+?)\\\])[ \t]*(?:\n|$)/;
const DISPLAYED = /^(?:\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\])/;
/**
 * Between `\(` and `\)`, or between single `$`s that stand close to what is between them and before no
 * digit or letter, so that prices stay prices.
 */
const INLINE = /^(?:\\\(([\s\S]+?)\\\)|\$(?![\s$])((?:\\.|[^\\$\n])*?[^\s\\$])\$(?![\w$]))/;

/** A paragraph's end, or where a formula may begin in it. */
const IN_PARAGRAPH = /\n {0,3}(?:\$\$|\\\[)|\n[ \t]*\n/;

/** Formulas in the notations that models write. */
export const MATH: TokenizerAndRendererExtension[] = [
  {
    name: "math",
    level: "block",
    start: (src) => {
      const found = IN_PARAGRAPH.exec(src);
      return found && !/^\n[ \t]*\n/.test(found[0]) ? found.index + 1 : undefined;
    },
    tokenizer: (src) => formula(BLOCK.exec(src), true),
  },
  {
    name: "math",
    level: "inline",
    start: (src) => {
      const at = src.search(/\$|\\[([]/);
      return at < 0 ? undefined : at;
    },
    tokenizer: (src) => formula(DISPLAYED.exec(src), true) ?? formula(INLINE.exec(src), false),
  },
];

function formula(found: RegExpExecArray | null, isBlock: boolean): Tokens.Generic | undefined {
  if (!found) return undefined;
  const [raw, dollars, brackets] = found;
  const text = (dollars ?? brackets ?? "").trim();
  return text === "" ? undefined : { type: "math", raw, text, isBlock };
}
