import { Lexer, Marked, type MarkedToken, type Token, Tokenizer, type Tokens } from "marked";
import { MATH } from "./math-syntax";

/** Quotes and lists within one another; what is deeper is shown as words, since nobody could read it either. */
const MOST_LEVELS = 12;
/** Emphasis, links and the like within one another. */
const MOST_INLINE_LEVELS = 12;
/**
 * UTF-16 units of one paragraph or cell in which emphasis, links and the like are looked for: the search
 * takes a time that grows with the square of it.
 */
const MOST_INLINE = 20_000;
/** UTF-16 units of a heading that is underlined: in a list it is looked for at every line. */
const MOST_HEADING = 2000;

const marked = new Marked({ gfm: true, breaks: true, extensions: MATH });

class BoundedTokenizer extends Tokenizer {
  #levels = 0;

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#within(() => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    return this.#within(() => super.list(src));
  }

  override lheading(src: string): Tokens.Heading | undefined {
    if (src.length <= MOST_HEADING) return super.lheading(src);
    return super.lheading(src.slice(0, src.lastIndexOf("\n", MOST_HEADING) + 1));
  }

  #within<T>(read: () => T): T | undefined {
    if (this.#levels >= MOST_LEVELS) return undefined;
    this.#levels++;
    try {
      return read();
    } finally {
      this.#levels--;
    }
  }
}

class BoundedLexer extends Lexer {
  #levels = 0;

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (src.length > MOST_INLINE || this.#levels >= MOST_INLINE_LEVELS) {
      tokens.push({ type: "text", raw: src, text: src, escaped: false });
      return tokens;
    }
    this.#levels++;
    try {
      return super.inlineTokens(src, tokens);
    } finally {
      this.#levels--;
    }
  }
}

/** A formula, as this console knows it beside what Markdown has. */
export type MathToken = { type: "math"; raw: string; text: string; isBlock: boolean };
export type KnownToken = MarkedToken | MathToken;

/** A text's blocks, one after the other; every one knows what it is made of. */
export function tokensOf(text: string): KnownToken[] {
  const lexer = new BoundedLexer({ ...marked.defaults, tokenizer: new BoundedTokenizer() });
  return known(lexer.lex(text));
}

/** Without what this console has no way to show. */
export function known(tokens: readonly Token[] = []): KnownToken[] {
  return tokens.filter(isKnown);
}

const TYPES = new Set([
  ...["space", "code", "heading", "hr", "blockquote", "list", "html", "def", "table", "paragraph"],
  ...["text", "escape", "link", "image", "strong", "em", "codespan", "br", "del", "checkbox"],
  "math",
]);

function isKnown(token: Token): token is KnownToken {
  return TYPES.has(token.type);
}
