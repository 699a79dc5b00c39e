import { useCallback, useEffect, useState } from "preact/hooks";
import type { Page, TaskroomError } from "../../client";
import { EXPIRED, useAccount } from "./account";
import { asTaskroomError } from "./use-action";

export type Pages<Item> = {
  /** Nothing until the first page is there. */
  items: Item[] | undefined;
  error: TaskroomError | undefined;
  /** Whether something is on its way: what is shown may be of the key before. */
  isLoading: boolean;
  hasMore: boolean;
  more: () => void;
  /** From the first page on, without emptying what is shown. */
  reload: () => void;
  /** What an event tells, ahead of the next load. */
  change: (next: (items: Item[]) => Item[]) => void;
};

type Wanted = { key: string; cursor?: string };
type Loaded<Item> = { key: string; items: Item[]; nextCursor: string | null };

/** A list, page by page; anew when `key` changes. What is not wanted any more is given up by its signal. */
export function usePages<Item>(
  key: string,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
): Pages<Item> {
  const { signOut } = useAccount();
  const [loaded, setLoaded] = useState<Loaded<Item>>();
  const [error, setError] = useState<TaskroomError>();
  const [isLoading, setIsLoading] = useState(true);
  const [wanted, setWanted] = useState<Wanted>({ key });

  // `key` stands for what `load` closes over.
  useEffect(() => {
    const given = new AbortController();
    // What followed in one list follows in no other.
    const after = wanted.key === key ? wanted.cursor : undefined;
    const take = (page: Page<Item>) => {
      if (given.signal.aborted) return;
      setIsLoading(false);
      setLoaded((old) => ({ key, ...(after && old ? joined(old, page) : page) }));
    };
    setIsLoading(true);
    setError(undefined);
    load(after, given.signal).then(take, (failure) => {
      if (given.signal.aborted) return;
      const known = asTaskroomError(failure);
      setIsLoading(false);
      if (known.code === "unauthorized") signOut(EXPIRED);
      else setError(known);
    });
    return () => given.abort();
  }, [key, wanted]);

  const cursor = (loaded?.key === key && loaded.nextCursor) || undefined;
  const more = useCallback(() => cursor && setWanted({ key, cursor }), [key, cursor]);
  const reload = useCallback(() => setWanted({ key }), [key]);
  const change = useCallback((next: (items: Item[]) => Item[]) => {
    setLoaded((old) => old && { ...old, items: next(old.items) });
  }, []);
  const hasMore = cursor !== undefined;
  return { items: loaded?.items, error, isLoading, hasMore, more, reload, change };
}

function joined<Item>(old: Loaded<Item>, page: Page<Item>): Page<Item> {
  return { items: [...old.items, ...page.items], nextCursor: page.nextCursor };
}
