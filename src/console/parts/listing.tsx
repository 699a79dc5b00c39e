import type { ComponentChildren } from "preact";
import type { Pages } from "../state/use-pages";
import { Button } from "./button";
import { Problem } from "./problem";

type Props<Item> = {
  pages: Pages<Item>;
  /** Said when there is nothing. */
  empty: string;
  children: (items: Item[]) => ComponentChildren;
};

/** A list with its four faces: loading, failed, empty, there. */
export function Listing<Item>({ pages, empty, children }: Props<Item>) {
  const { items, error, hasMore, more, reload } = pages;
  return (
    <>
      <Problem error={error} onRetry={reload} />
      {!items && !error && <p class="quiet">Loading…</p>}
      {items?.length === 0 && <p class="quiet">{empty}</p>}
      {items && items.length > 0 && children(items)}
      {hasMore && (
        <div class="row">
          <Button onClick={more}>Show more</Button>
        </div>
      )}
    </>
  );
}
