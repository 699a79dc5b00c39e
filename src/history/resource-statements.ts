import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { LIMITS } from "../protocol/limits";
import type { Reference } from "../resources/references";
import type { ResourceId } from "../resources/resource";
import type { StoredResource } from "../resources/secrets";
import { resourceRow } from "./resource-rows";
import { resourceRefs, resources } from "./schema";

/** The new row, unless it is there already, something is missing, or the namespace is full. */
export function insertion(resource: StoredResource, missing: SQL): SQL {
  const row = Object.entries(columnValues(resource));
  const names = row.map(([name]) => sql.identifier(name));
  const values = row.map(([, value]) => value);
  const { namespace } = resource.metadata;
  return sql`INSERT INTO ${resources} (${sql.join(names, sql`, `)})
    SELECT ${sql.join(values, sql`, `)} WHERE NOT EXISTS (${missing})
    AND NOT EXISTS (SELECT 1 FROM ${resources} WHERE namespace = ${namespace}
      LIMIT 1 OFFSET ${LIMITS.resources - 1})
    ON CONFLICT DO NOTHING RETURNING name`;
}

/** Of the row of version `replaces` only. */
export function update(resource: StoredResource, replaces: string, missing: SQL): SQL {
  const { namespace, name } = resource.metadata;
  return sql`UPDATE ${resources} SET ${sql.join(assignments(resource), sql`, `)}
    WHERE ${isRow({ kind: resource.kind, namespace, name })} AND version = ${Number(replaces)}
    AND NOT EXISTS (${missing}) RETURNING name`;
}

const FIXED = ["kind", "namespace", "name", "created_at"];

function assignments(resource: StoredResource): SQL[] {
  return Object.entries(columnValues(resource))
    .filter(([name]) => !FIXED.includes(name))
    .map(([name, value]) => sql`${sql.identifier(name)} = ${value}`);
}

/** A row's values as they are bound, by column. */
function columnValues(resource: StoredResource): Record<string, SQL> {
  const row: Record<string, unknown> = resourceRow(resource);
  return Object.fromEntries(
    Object.entries(getTableColumns(resources)).map(([key, column]) => [
      column.name,
      row[key] === null ? sql`NULL` : sql`${sql.param(row[key], column)}`,
    ]),
  );
}

/** The row itself says what it refers to, so this is right whether or not it was just written. */
export function referenceWrites(id: ResourceId): [SQL, SQL] {
  return [
    sql`DELETE FROM ${resourceRefs} WHERE ${isFrom(id)}`,
    sql`INSERT INTO ${resourceRefs}
      (from_kind, from_namespace, from_name, to_kind, to_namespace, to_name)
      SELECT DISTINCT r.kind, r.namespace, r.name,
        value ->> '$.kind', value ->> '$.namespace', value ->> '$.name'
      FROM ${resources} r, json_each(r.refs)
      WHERE r.namespace = ${id.namespace} AND r.kind = ${id.kind} AND r.name = ${id.name}`,
  ];
}

/** Places, in the list of references, of those that lead nowhere. */
export function missingOf(references: Reference[]): SQL {
  const wanted = references.map(({ to }) => to);
  return sql`SELECT e.key AS place FROM json_each(${JSON.stringify(wanted)}) e
    WHERE NOT EXISTS (SELECT 1 FROM ${resources} r
      WHERE r.namespace = e.value ->> '$.namespace' AND r.kind = e.value ->> '$.kind'
      AND r.name = e.value ->> '$.name')`;
}

export function referrersOf({ kind, namespace, name }: ResourceId): SQL {
  return sql`SELECT from_kind AS kind, from_namespace AS namespace, from_name AS name
    FROM ${resourceRefs} WHERE to_namespace = ${namespace} AND to_kind = ${kind}
    AND to_name = ${name}`;
}

export function isRow({ kind, namespace, name }: ResourceId): SQL {
  return sql`namespace = ${namespace} AND kind = ${kind} AND name = ${name}`;
}

export function isFrom({ kind, namespace, name }: ResourceId): SQL {
  return sql`from_namespace = ${namespace} AND from_kind = ${kind} AND from_name = ${name}`;
}
