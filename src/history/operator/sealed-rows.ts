import { and, asc, eq, sql } from "drizzle-orm";
import type { StoredResource } from "../../resources/secrets";
import { openDatabase } from "../database";
import { readResource } from "../resource-rows";
import { apiKeys, historyUsers, resources, taskMembers } from "../schema";
import type { Databases } from "../shards/databases";

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

/** Up to `limit` ids of users of whom there is anything in any of the databases, in their order. */
export async function knownUsers(
  databases: Databases,
  after: string,
  limit: number,
): Promise<string[]> {
  const found = await Promise.all(
    [...databases.values()].map((database) => usersIn(database, after, limit)),
  );
  return [...new Set(found.flat())].sort(asSqlite).slice(0, limit);
}

/** In the order of their bytes in UTF-8, as SQLite has text: that of JavaScript is another beyond 16 bits. */
function asSqlite(one: string, other: string): number {
  const [left, right] = [[...one], [...other]];
  const at = left.findIndex((char, i) => char !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

async function usersIn(db: D1Database, after: string, limit: number): Promise<string[]> {
  const rows = await openDatabase(db).all<{ id: string }>(sql`SELECT id FROM (
    SELECT user_id AS id FROM ${taskMembers} WHERE user_id > ${after}
    UNION SELECT user_id FROM ${apiKeys} WHERE user_id > ${after}
    UNION SELECT namespace FROM ${resources} WHERE namespace > ${after}
    UNION SELECT id FROM ${historyUsers} WHERE id > ${after}
  ) ORDER BY id LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}
