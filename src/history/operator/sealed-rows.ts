import { and, asc, eq, sql } from "drizzle-orm";
import type { StoredResource } from "../../resources/secrets";
import { openDatabase } from "../database";
import { readResource } from "../resource-rows";
import { apiKeys, resources, taskMembers } from "../schema";

/** Where a walk over all resources goes on: after this one, in the order of the primary key. */
export type ResourcePosition = { namespace: string; kind: string; name: string };

/** Up to `limit` resources that have secrets, of everybody. Only for an operator's own work. */
export async function resourcesWithSecrets(
  db: D1Database,
  after: ResourcePosition | undefined,
  limit: number,
): Promise<StoredResource[]> {
  const { namespace, kind, name } = after ?? { namespace: "", kind: "", name: "" };
  const place = sql`(${resources.namespace}, ${resources.kind}, ${resources.name})`;
  const rows = await openDatabase(db)
    .select()
    .from(resources)
    .where(and(sql`${place} > (${namespace}, ${kind}, ${name})`, sql`${resources.secrets} <> '{}'`))
    .orderBy(asc(resources.namespace), asc(resources.kind), asc(resources.name))
    .limit(limit);
  return rows.map(readResource);
}

/** Puts other sealed texts of the same secrets into a resource, unless it was changed meanwhile. */
export async function putSecrets(
  db: D1Database,
  { kind, metadata, secrets }: StoredResource,
): Promise<void> {
  await openDatabase(db)
    .update(resources)
    .set({ secrets })
    .where(
      and(
        eq(resources.namespace, metadata.namespace),
        eq(resources.kind, kind),
        eq(resources.name, metadata.name),
        eq(resources.version, Number(metadata.resourceVersion)),
      ),
    );
}

/** Up to `limit` ids of users of whom there is anything here, in their order. */
export async function knownUsers(db: D1Database, after: string, limit: number): Promise<string[]> {
  const rows = await openDatabase(db).all<{ id: string }>(sql`SELECT id FROM (
    SELECT user_id AS id FROM ${taskMembers} WHERE user_id > ${after}
    UNION SELECT user_id FROM ${apiKeys} WHERE user_id > ${after}
    UNION SELECT namespace FROM ${resources} WHERE namespace > ${after}
  ) ORDER BY id LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}
