import { type Block, GROUP, type Group, groupsOf } from "./blocks";
import { cutOf, goesOn } from "./continuation";
import { type KnownToken, tokensOf } from "./lexer";

/** UTF-16 units that are read again with each addition, whatever they are. */
const WINDOW = 2000;
/** A block beyond that which can't be cut is read again when it has grown by one part in so many. */
const GROWTH = 8;

/** `unread` is a block's end that is shown as it came. */
export type Shown = { groups: readonly Group[]; unread: string };

type Tokens = [KnownToken, ...KnownToken[]];

/**
 * A text that is being written. What no addition can change is never read again: blocks that are complete,
 * and of a long table, list or code all but its end. So the work on a whole text is proportional to its
 * length, in however many pieces it comes. What only its end explains, such as where a link leads that is
 * named there, is right once the text is whole and read anew.
 */
export class GrowingText {
  readonly #read: (text: string) => KnownToken[];
  #text = "";
  /** How long the part is that no addition changes, and what it is made of. */
  #settled = 0;
  #groups: readonly Group[] = [];
  /** Settled blocks that fill no group yet. */
  #loose: readonly Block[] = [];
  /** The tokens of a block that is settled but for its end, and what its end is read behind. */
  #begun: KnownToken[] = [];
  #head = "";
  #open: readonly Block[] = [];
  /** How far the text was read. */
  #until = 0;

  /** `read` is given so that a test can count what is read. */
  constructor(read: (text: string) => KnownToken[] = tokensOf) {
    this.#read = read;
  }

  show(text: string): Shown {
    if (!text.startsWith(this.#text.slice(0, this.#until))) this.#restart();
    this.#text = text;
    const [length, read] = [text.length - this.#settled, this.#until - this.#settled];
    if (length <= WINDOW || length >= read * (1 + 1 / GROWTH)) this.#readTail();
    const last = groupsOf([...this.#loose, ...this.#open]);
    return { groups: [...this.#groups, ...last], unread: text.slice(this.#until) };
  }

  #restart(): void {
    this.#settled = 0;
    this.#groups = [];
    this.#loose = [];
    this.#begun = [];
    this.#head = "";
    this.#open = [];
    this.#until = 0;
  }

  #readTail(): void {
    if (this.#tail().length > WINDOW) this.#settleBlocks();
    if (this.#tail().length > WINDOW) this.#settlePart();
    const old = this.#open;
    const blocks = this.#blocksOf(this.#read(this.#head + this.#tail()));
    this.#open = blocks.map((block, i) =>
      kept(old[i], { ...block, isOpen: i === blocks.length - 1 }),
    );
    this.#until = this.#text.length;
  }

  #tail(): string {
    return this.#text.slice(this.#settled);
  }

  /** What is not settled, without a last line that is not whole, behind the head. */
  #wholeLines(): string {
    return this.#head + this.#text.slice(this.#settled, this.#text.lastIndexOf("\n") + 1);
  }

  /**
   * Of whole lines, everything up to a block's end that has another block behind it cannot change. A line
   * that is not whole may yet join on to the block before, and a line of dashes make a heading of it.
   */
  #settleBlocks(): void {
    const lines = this.#wholeLines();
    const tokens = this.#read(lines);
    // A lexer that changed the text (tabs, line ends) has lost count of it.
    if (lengthOf(tokens) !== lines.length) return;
    const last = tokens.findLastIndex(({ type }) => type !== "space");
    const end = tokens.findLastIndex((token, i) => i < last && isEnd(token));
    if (end < 0) return;
    const settled = tokens.slice(0, end + 1);
    const groups = groupsOf([...this.#loose, ...this.#blocksOf(settled)]);
    const full = groups.filter(({ blocks }) => blocks.length === GROUP);
    this.#groups = [...this.#groups, ...full];
    this.#loose = groups.slice(full.length).flatMap(({ blocks }) => blocks);
    this.#settled += lengthOf(settled) - this.#head.length;
    this.#begun = [];
    this.#head = "";
  }

  /** Of a long block that goes on, what can't change any more. */
  #settlePart(): void {
    const lines = this.#wholeLines();
    const [block, ...more] = this.#read(lines);
    const cut = block && more.length === 0 ? cutOf(block, lines, this.#head) : undefined;
    if (!cut) return;
    const [part] = this.#read(lines.slice(0, this.#head.length + cut.length));
    if (part) this.#begun = [...this.#begun, part];
    this.#head = cut.head;
    this.#settled += cut.length;
  }

  /** What was read, as blocks behind those that are settled. */
  #blocksOf(tokens: KnownToken[]): Block[] {
    const [first, ...others] = tokens;
    const isOne = goesOn(this.#begun[0], first);
    const begun = isOne && first ? [...this.#begun, first] : this.#begun;
    const all = [begun, ...(isOne ? others : tokens).map((token) => [token])];
    const before = this.#groups.length * GROUP + this.#loose.length;
    return all.filter(isShown).map((some, i) => ({ key: before + i, tokens: some, isOpen: false }));
  }
}

function isShown(tokens: KnownToken[]): tokens is Tokens {
  return tokens[0] !== undefined && tokens[0].type !== "space" && tokens[0].type !== "def";
}

/** What no line after it joins on to: a blank line, a title, a rule, code that was closed. */
function isEnd({ type, raw }: KnownToken): boolean {
  if (raw.endsWith("\n\n") || type === "hr") return true;
  return (
    (type === "heading" && /^ {0,3}#/.test(raw)) || (type === "code" && /^ {0,3}[`~]/.test(raw))
  );
}

/** The block as it was, where it is the same: then it need not be drawn again. */
function kept(old: Block | undefined, block: Block): Block {
  if (old?.key !== block.key || old.isOpen !== block.isOpen) return block;
  if (old.tokens.length !== block.tokens.length) return block;
  const isSame = block.tokens.every((token, i) => {
    const before = old.tokens[i];
    return before === token || (before?.type === token.type && before.raw === token.raw);
  });
  return isSame ? old : block;
}

function lengthOf(tokens: readonly KnownToken[]): number {
  return tokens.reduce((sum, { raw }) => sum + raw.length, 0);
}
