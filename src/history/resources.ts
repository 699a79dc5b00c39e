import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { type ResourceId, type ResourceKind, SYSTEM_NAMESPACE } from "../resources/resource";
import type { StoredResource } from "../resources/secrets";
import { openDatabase } from "./database";
import { readResource } from "./resource-rows";
import { resourceRefs, resources } from "./schema";

export async function findResource(
  db: D1Database,
  { kind, namespace, name }: ResourceId,
): Promise<StoredResource | undefined> {
  const row = await openDatabase(db)
    .select()
    .from(resources)
    .where(
      and(eq(resources.namespace, namespace), eq(resources.kind, kind), eq(resources.name, name)),
    )
    .get();
  return row && readResource(row);
}

/** Where a list goes on: after the resource of this time, namespace and name. */
export type ListPosition = { createdAt: string; namespace: string; name: string };

/** Up to `limit` resources of a namespace after a position, the newest first. */
export async function newestResources(
  db: D1Database,
  { kind, namespace }: { kind: ResourceKind; namespace: string },
  { after, limit }: { after: ListPosition | undefined; limit: number },
): Promise<StoredResource[]> {
  const rows = await openDatabase(db)
    .select()
    .from(resources)
    .where(
      and(
        eq(resources.namespace, namespace),
        eq(resources.kind, kind),
        after && isAfter(after, namespace),
      ),
    )
    .orderBy(desc(resources.createdAt), desc(resources.name))
    .limit(limit);
  return rows.map(readResource);
}

/** After every name that there can be. */
const LAST_NAME = "~";

// The list is in the order of (time, namespace, name), backwards; here the namespace is one.
function isAfter({ createdAt, namespace, name }: ListPosition, here: string): SQL {
  const before = here < namespace ? LAST_NAME : "";
  const bound = here === namespace ? name : before;
  return sql`(${resources.createdAt}, ${resources.name}) < (${createdAt}, ${bound})`;
}

/** Which of these names have a row in `system`, which then stands for what ships under the name. */
export async function overriddenNames(
  db: D1Database,
  kind: ResourceKind,
  names: string[],
): Promise<string[]> {
  const rows = await openDatabase(db)
    .select({ name: resources.name })
    .from(resources)
    .where(
      and(
        eq(resources.namespace, SYSTEM_NAMESPACE),
        eq(resources.kind, kind),
        inArray(resources.name, names),
      ),
    );
  return rows.map(({ name }) => name);
}

/** Everything stored that these lead to, themselves included, as it is at one moment. */
export async function reachableResources(
  db: D1Database,
  from: ResourceId[],
): Promise<StoredResource[]> {
  const rows = await openDatabase(db)
    .select()
    .from(resources)
    .where(
      sql`(${resources.namespace}, ${resources.kind}, ${resources.name}) IN (
        WITH RECURSIVE used(namespace, kind, name) AS (
          SELECT value ->> '$.namespace', value ->> '$.kind', value ->> '$.name'
          FROM json_each(${JSON.stringify(from)})
          UNION
          SELECT to_namespace, to_kind, to_name FROM used JOIN ${resourceRefs}
          ON from_namespace = used.namespace AND from_kind = used.kind AND from_name = used.name
        ) SELECT namespace, kind, name FROM used)`,
    );
  return rows.map(readResource);
}
