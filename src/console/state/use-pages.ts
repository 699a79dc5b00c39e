import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Page, TaskroomError } from "../../client";
import { EXPIRED, useAccount } from "./account";
import { type Change, cursorOf, type Loaded, readAnew, taken, type Wanted } from "./paging";
import { asTaskroomError } from "./use-action";

export type Pages<Item> = {
  /** Nothing until the first page is there. */
  items: Item[] | undefined;
  error: TaskroomError | undefined;
  /** Whether something is on its way: what is shown may be of the key before. */
  isLoading: boolean;
  hasMore: boolean;
  more: () => void;
  /** From the first page on, as many as are shown; once more, where something is on its way already. */
  reload: () => void;
  /** What an event tells, ahead of the next load. */
  change: (next: Change<Item>) => void;
};

type Load<Item> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;

/** A list, page by page; anew when `key` changes. What is not wanted any more is given up by its signal. */
export function usePages<Item>(key: string, load: Load<Item>): Pages<Item> {
  const { signOut } = useAccount();
  const [loaded, setLoaded] = useState<Loaded<Item>>();
  const [error, setError] = useState<TaskroomError>();
  const [isLoading, setIsLoading] = useState(true);
  const [wanted, setWanted] = useState<Wanted>({ key });
  /** While something is on its way: what was told meanwhile, and whether it is to be read once more. */
  const underWay = useRef<{ told: Change<Item>[]; isStale: boolean }>(undefined);

  // `key` stands for what `load` closes over.
  useEffect(() => {
    const given = new AbortController();
    const run = { told: [], isStale: false };
    underWay.current = run;
    const cursor = cursorOf(wanted, loaded, key);
    const shown = loaded?.key === key ? loaded.items.length : 0;
    const read = (at: string | undefined) => load(at, given.signal);
    const end = () => {
      underWay.current = undefined;
      setIsLoading(false);
      if (run.isStale) setWanted({ key });
    };
    setIsLoading(true);
    setError(undefined);
    (cursor === undefined ? readAnew(read, shown) : read(cursor)).then(
      (page) => {
        if (given.signal.aborted) return;
        const place = { key, ...(cursor !== undefined && { cursor }) };
        setLoaded((old) => taken(old, place, page, run.told));
        end();
      },
      (failure) => {
        if (given.signal.aborted) return;
        const known = asTaskroomError(failure);
        end();
        if (known.code === "unauthorized") signOut(EXPIRED);
        else setError(known);
      },
    );
    return () => given.abort();
  }, [key, wanted]);

  const cursor = (loaded?.key === key && loaded.nextCursor) || undefined;
  const more = useCallback(() => cursor && setWanted({ key, cursor }), [key, cursor]);
  const reload = useCallback(() => {
    if (underWay.current) underWay.current.isStale = true;
    else setWanted({ key });
  }, [key]);
  const change = useCallback((next: Change<Item>) => {
    underWay.current?.told.push(next);
    setLoaded((old) => {
      const items = old && next(old.items);
      return !items || items === old.items ? old : { ...old, items };
    });
  }, []);
  const hasMore = cursor !== undefined;
  return { items: loaded?.items, error, isLoading, hasMore, more, reload, change };
}
