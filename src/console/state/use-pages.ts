import { useCallback, useEffect, useState } from "preact/hooks";
import type { Page, TaskroomError } from "../../client";
import { EXPIRED, useAccount } from "./account";
import { asTaskroomError } from "./use-action";

export type Pages<Item> = {
  /** Nothing until the first page is there. */
  items: Item[] | undefined;
  error: TaskroomError | undefined;
  hasMore: boolean;
  more: () => void;
  /** From the first page on, without emptying what is shown. */
  reload: () => void;
  /** What an event tells, ahead of the next load. */
  change: (next: (items: Item[]) => Item[]) => void;
};

type Loaded<Item> = { items: Item[]; nextCursor: string | null };

/** A list, page by page; anew when `key` changes. */
export function usePages<Item>(
  key: string,
  load: (cursor: string | undefined) => Promise<Page<Item>>,
): Pages<Item> {
  const { signOut } = useAccount();
  const [loaded, setLoaded] = useState<Loaded<Item>>();
  const [error, setError] = useState<TaskroomError>();
  const [wanted, setWanted] = useState<{ cursor?: string }>({});

  // `key` stands for what `load` closes over.
  useEffect(() => {
    let current = true;
    const take = (page: Page<Item>) => {
      if (!current) return;
      setError(undefined);
      setLoaded((old) => (wanted.cursor && old ? joined(old, page) : page));
    };
    load(wanted.cursor).then(take, (failure) => {
      const known = asTaskroomError(failure);
      if (known.code === "unauthorized") signOut(EXPIRED);
      else if (current) setError(known);
    });
    return () => {
      current = false;
    };
  }, [key, wanted]);

  const cursor = loaded?.nextCursor ?? undefined;
  const more = useCallback(() => cursor && setWanted({ cursor }), [cursor]);
  const reload = useCallback(() => setWanted({}), []);
  const change = useCallback((next: (items: Item[]) => Item[]) => {
    setLoaded((old) => old && { ...old, items: next(old.items) });
  }, []);
  return { items: loaded?.items, error, hasMore: cursor !== undefined, more, reload, change };
}

function joined<Item>(old: Loaded<Item>, page: Page<Item>): Loaded<Item> {
  return { items: [...old.items, ...page.items], nextCursor: page.nextCursor };
}
