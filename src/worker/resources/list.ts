import * as z from "zod";
import { type ListPosition, newestResources, overriddenNames } from "../../history/resources";
import { fitting } from "../../protocol/bytes";
import { decodeCursor, encodeCursor } from "../../protocol/cursor";
import { refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import { namespace, resourceName } from "../../protocol/refs";
import type { ListResources } from "../../protocol/rest/list-resources";
import type { Page } from "../../protocol/rest/page";
import { timestamp } from "../../protocol/time";
import {
  type ResourceKind,
  type ResourceMetadata,
  type ShownResource,
  SYSTEM_NAMESPACE,
} from "../../resources/resource";
import type { StoredResource } from "../../resources/secrets";
import { systemResources } from "../../resources/system-resources";
import { RefusedRequest } from "../problem";
import { shownShipped } from "./shown";
import type { Store } from "./write";

const position = z.strictObject({ createdAt: timestamp, namespace, name: resourceName });

/** Shown when it is on the page, since showing opens what is sealed. `bytes`: of what is stored. */
type Entry = {
  metadata: ResourceMetadata;
  bytes: number;
  show(): Promise<ShownResource> | ShownResource;
};

/**
 * Resources of some namespaces, newest first: what is stored, and what ships unless a stored one
 * stands for it. Each namespace is one range of an index, so a page costs the same however many there are. It is
 * bounded in bytes, and may then have fewer than asked for.
 */
export async function list(
  store: Store,
  { kind, namespaces }: { kind: ResourceKind; namespaces: string[] },
  query: ListResources,
  show: (stored: StoredResource) => Promise<ShownResource>,
): Promise<Page<ShownResource>> {
  const after = positionOf(query.cursor);
  const limit = query.limit + 1;
  const [shipped, ...stored] = await Promise.all([
    namespaces.includes(SYSTEM_NAMESPACE) ? shippedOf(store, kind) : [],
    ...namespaces.map((namespace) =>
      newestResources(store.db, { kind, namespace }, { after, limit }),
    ),
  ]);
  const entries: Entry[] = [
    ...shipped.filter(({ metadata }) => !after || compare(after, metadata) < 0),
    ...stored.flat().map(({ resource, bytes }) => ({
      metadata: resource.metadata,
      bytes,
      show: () => show(resource),
    })),
  ].sort((a, b) => compare(a.metadata, b.metadata));
  const asked = entries.slice(0, query.limit);
  const sizes = asked.map(({ bytes }) => bytes);
  const page = asked.slice(0, fitting(sizes, LIMITS.pageBytes));
  const last = page.at(-1)?.metadata;
  return {
    items: await Promise.all(page.map((entry) => entry.show())),
    nextCursor: entries.length > page.length && last ? cursorOf(last) : null,
  };
}

async function shippedOf({ db, settings }: Store, kind: ResourceKind): Promise<Entry[]> {
  const all = systemResources(settings).filter((item) => item.kind === kind);
  const names = all.map(({ metadata }) => metadata.name);
  const overridden = new Set(await overriddenNames(db, kind, names));
  return all
    .filter(({ metadata }) => !overridden.has(metadata.name))
    .map((item) => ({ metadata: item.metadata, bytes: 0, show: () => shownShipped(item) }));
}

/** Newest first, then by namespace and name, backwards, so that no two are equal. */
function compare(a: ListPosition, b: ListPosition): number {
  const [x, y] = [a, b].map(({ createdAt, namespace, name }) => [createdAt, namespace, name]);
  for (const [i, part] of (x ?? []).entries()) {
    const other = y?.[i] ?? "";
    if (part !== other) return part > other ? -1 : 1;
  }
  return 0;
}

function cursorOf({ createdAt, namespace, name }: ListPosition): string {
  return encodeCursor({ createdAt, namespace, name });
}

function positionOf(cursor: string | undefined): ListPosition | undefined {
  if (cursor === undefined) return undefined;
  const found = decodeCursor(position, cursor);
  if (found) return found;
  const issues = [{ path: "cursor", message: "not a cursor of this list" }];
  throw new RefusedRequest(refuse("invalid_request", "The cursor is not valid", { issues }));
}
