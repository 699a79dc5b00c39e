import { useEffect, useState } from "preact/hooks";
import type { Taskroom } from "../../client";
import { useAccount } from "../state/account";
import { type Pages, usePages } from "../state/use-pages";

/** Before a search is made again that had not all to look through. */
const AGAIN_MS = 2000;

type FoundPage = Awaited<ReturnType<Taskroom["search"]>>;
export type FoundItem = FoundPage["items"][number];

type Found = { pages: Pages<FoundItem>; isIncomplete: boolean };

/** What has these words, the best first; while tasks are still being read, the first page again and again. */
export function useFound(words: string): Found {
  const { client } = useAccount();
  const [isIncomplete, setIsIncomplete] = useState(false);
  const [isFirst, setIsFirst] = useState(true);
  const pages = usePages<FoundItem>(words, async (cursor, signal) => {
    const page = await client.search(words, { signal, ...(cursor && { cursor }) });
    setIsIncomplete(page.incomplete === true);
    setIsFirst(cursor === undefined);
    return page;
  });
  const { isLoading, error, reload } = pages;
  const isWaiting = isIncomplete && isFirst && !isLoading && !error;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(reload, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isWaiting, reload]);
  return { pages, isIncomplete };
}
