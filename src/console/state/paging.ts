import type { Page } from "../../client";

/** A list as far as it was read. */
export type Loaded<Item> = { key: string; items: Item[]; nextCursor: string | null };
/** Of which list, and where to read on; without a cursor from the first page on. */
export type Wanted = { key: string; cursor?: string };
/** What an event tells of a list. Twice must be the same as once: a page may know it already. */
export type Change<Item> = (items: Item[]) => Item[];

/** Where to read on, unless the list begins anew: a page follows only the one that named it. */
export function cursorOf<Item>(
  { key, cursor }: Wanted,
  loaded: Loaded<Item> | undefined,
  shown: string,
): string | undefined {
  const isNext = key === shown && loaded?.key === key && loaded.nextCursor === cursor;
  return isNext ? cursor : undefined;
}

/** From the first page on, until there are as many as were shown: nobody loses their place. */
export async function readAnew<Item>(
  load: (cursor: string | undefined) => Promise<Page<Item>>,
  shown: number,
): Promise<Page<Item>> {
  let page = await load(undefined);
  const items = [...page.items];
  while (page.nextCursor !== null && items.length < shown) {
    page = await load(page.nextCursor);
    items.push(...page.items);
  }
  return { items, nextCursor: page.nextCursor };
}

/** A page's place in its list, with what was `told` while it was on its way: it may have been read before. */
export function taken<Item>(
  old: Loaded<Item> | undefined,
  { key, cursor }: Wanted,
  { items, nextCursor }: Page<Item>,
  told: readonly Change<Item>[],
): Loaded<Item> {
  const before = cursor === undefined || old?.key !== key ? [] : old.items;
  const all = told.reduce((some, change) => change(some), [...before, ...items]);
  return { key, items: all, nextCursor };
}
