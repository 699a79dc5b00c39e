import { useMemo } from "preact/hooks";
import type { Collection } from "../../client";
import { useAccount } from "../state/account";
import { usePages } from "../state/use-pages";
import { type AnyResource, resourceApi } from "./resource-api";

/** A resource to choose: how it is referred to, and what it is called. */
export type ResourceName = { ref: string; shown: string };

/** What of a kind can be referred to; `isAll` once there is no more of it. */
export function useResourceNames(collection: Collection): {
  names: readonly ResourceName[];
  isAll: boolean;
} {
  const { client } = useAccount();
  const { items, hasMore } = usePages<AnyResource>(`names of ${collection}`, () =>
    resourceApi(client, collection).list(undefined, MOST),
  );
  const names = useMemo(() => (items ?? []).map(nameOf), [items]);
  return { names, isAll: items !== undefined && !hasMore };
}

const MOST = 200;

function nameOf({ metadata: { namespace, name, displayName } }: AnyResource): ResourceName {
  const ref = `${namespace}/${name}`;
  return { ref, shown: displayName === undefined ? ref : `${displayName} (${ref})` };
}
