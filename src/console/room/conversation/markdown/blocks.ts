import type { KnownToken } from "./lexer";

/**
 * A block as it is shown. Of a long one that is still being written there are several tokens of one kind:
 * a table's rows, a list's items and a code's lines go on from one to the next.
 */
export type Block = {
  key: number;
  tokens: readonly [KnownToken, ...KnownToken[]];
  /** More of it may come. */
  isOpen: boolean;
};

/** Blocks that are drawn, or left as they are, together. */
export type Group = { key: number; blocks: readonly Block[] };

export const GROUP = 32;

export function groupsOf(blocks: readonly Block[]): Group[] {
  const groups: Group[] = [];
  for (let from = 0; from < blocks.length; from += GROUP) {
    const some = blocks.slice(from, from + GROUP);
    groups.push({ key: some[0]?.key ?? from, blocks: some });
  }
  return groups;
}

/** Blocks of a text that is whole. */
export function blocksOf(tokens: readonly KnownToken[]): Block[] {
  return tokens.map((token, key) => ({ key, tokens: [token], isOpen: false }));
}
