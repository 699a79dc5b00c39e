import {
  and,
  desc,
  eq,
  getTableColumns,
  type InferSelectModel,
  inArray,
  type SQL,
  sql,
} from "drizzle-orm";
import { fitting } from "../protocol/bytes";
import { LIMITS } from "../protocol/limits";
import { type ResourceId, type ResourceKind, SYSTEM_NAMESPACE } from "../resources/resource";
import type { StoredResource } from "../resources/secrets";
import { jsonSet, openDatabase } from "./database";
import { readResource } from "./resource-rows";
import { resourceRefs, resources } from "./schema";

type Row = InferSelectModel<typeof resources>;

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

/** A resource with the bytes that it has in the database. */
export type SizedResource = { resource: StoredResource; bytes: number };

/** Bytes up to which a resource comes with the list's first statement: even a page of all such is bounded. */
const INLINE_BYTES = Math.floor(LIMITS.pageBytes / (LIMITS.pageItems + 1));
const { spec, secrets, refs, ...short } = getTableColumns(resources);
const BYTES = sql<number>`octet_length(${spec}) + octet_length(${secrets}) + octet_length(${refs})
  + coalesce(octet_length(${resources.labels}), 0)`;
const inline = (column: typeof spec | typeof secrets | typeof refs) =>
  sql`iif(${BYTES} <= ${sql.raw(`${INLINE_BYTES}`)}, ${column}, NULL)`.mapWith(column);
const columns = {
  ...short,
  spec: inline(spec).as("spec"),
  secrets: inline(secrets).as("secrets"),
  refs: inline(refs).as("refs"),
  bytes: BYTES.as("bytes"),
};

/**
 * Up to `limit` resources of a namespace after a position, the newest first; fewer where they are over a
 * page's bytes, but one that is over them, where there is any.
 */
export async function newestResources(
  db: D1Database,
  { kind, namespace }: { kind: ResourceKind; namespace: string },
  { after, limit }: { after: ListPosition | undefined; limit: number },
): Promise<SizedResource[]> {
  const rows = await openDatabase(db)
    .select(columns)
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
  const sizes = rows.map(({ bytes }) => bytes);
  const wanted = rows.slice(0, fitting(sizes, LIMITS.pageBytes) + 1);
  const long = wanted.filter(({ bytes }) => bytes > INLINE_BYTES).map(({ name }) => name);
  const whole = long.length > 0 ? await namedResources(db, { kind, namespace }, long) : undefined;
  // One that was deleted between the two statements is no longer there.
  return wanted.flatMap(({ bytes, ...row }) => {
    const read = bytes > INLINE_BYTES ? whole?.get(row.name) : row;
    return read ? [{ resource: readResource(read), bytes }] : [];
  });
}

async function namedResources(
  db: D1Database,
  { kind, namespace }: { kind: ResourceKind; namespace: string },
  names: readonly string[],
): Promise<Map<string, Row>> {
  const rows = await openDatabase(db)
    .select()
    .from(resources)
    .where(
      and(
        eq(resources.namespace, namespace),
        eq(resources.kind, kind),
        sql`${resources.name} IN ${jsonSet(names)}`,
      ),
    );
  return new Map(rows.map((row) => [row.name, row]));
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
