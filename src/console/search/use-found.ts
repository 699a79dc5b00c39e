import { useState } from "preact/hooks";
import type { Taskroom } from "../../client";
import { useAccount } from "../state/account";
import { type Pages, usePages } from "../state/use-pages";

export type FoundItem = Awaited<ReturnType<Taskroom["search"]>>["items"][number];

/** What has these words, the best first. */
export function useFound(words: string): { pages: Pages<FoundItem>; isIncomplete: boolean } {
  const { client } = useAccount();
  const [isIncomplete, setIsIncomplete] = useState(false);
  const pages = usePages<FoundItem>(words, async (cursor) => {
    const page = await client.search(words, cursor ? { cursor } : {});
    setIsIncomplete(page.incomplete === true);
    return page;
  });
  return { pages, isIncomplete };
}
