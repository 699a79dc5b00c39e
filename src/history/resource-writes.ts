import { sql } from "drizzle-orm";
import * as z from "zod";
import { accepted, type Outcome, refuse, refused } from "../protocol/errors";
import { LIMITS } from "../protocol/limits";
import { type Reference, referencesOf } from "../resources/references";
import { idText, type ResourceId, resourceKind } from "../resources/resource";
import { unresolved } from "../resources/rules";
import type { StoredResource } from "../resources/secrets";
import { writeBatch } from "./database";
import {
  insertion,
  isFrom,
  isRow,
  missingOf,
  referenceWrites,
  referrersOf,
  update,
} from "./resource-statements";
import { resourceRefs, resources } from "./schema";

/** Whether something of this id ships with the service: then it is there without a row. */
export type IsShipped = (id: ResourceId) => boolean;

/** Referrers named in a refusal. */
const REFERRERS = 20;

/** Stores a new resource, if it is new and all that it refers to is there, in one transaction. */
export async function createResource(
  db: D1Database,
  resource: StoredResource,
  isShipped: IsShipped,
): Promise<Outcome<null>> {
  const id = idOf(resource);
  const missing = missingOf(stored(resource, isShipped));
  const [inserted, , , lacking, there] = await writeBatch(db, [
    insertion(resource, missing),
    ...referenceWrites(id),
    missing,
    sql`SELECT 1 FROM ${resources} WHERE ${isRow(id)}`,
  ]);
  if (inserted?.results.length) return accepted(null);
  const refusal = missingRefusal(resource, isShipped, lacking);
  if (refusal) return refused(refusal);
  if (there?.results.length) return refused(refuse("conflict", `${idText(id)} exists already`));
  const message = `The namespace has ${LIMITS.resources} resources, and no more are kept`;
  return refused(refuse("quota_exceeded", message));
}

/** Replaces the row of this version, if what the new one refers to is there; "outdated" where it is not of this version any more. */
export async function replaceResource(
  db: D1Database,
  resource: StoredResource,
  change: { replaces: string; isShipped: IsShipped },
): Promise<Outcome<"replaced" | "outdated">> {
  const { replaces, isShipped } = change;
  const id = idOf(resource);
  const missing = missingOf(stored(resource, isShipped));
  const [updated, , , lacking] = await writeBatch(db, [
    update(resource, replaces, missing),
    ...referenceWrites(id),
    missing,
  ]);
  if (updated?.results.length) return accepted("replaced");
  const refusal = missingRefusal(resource, isShipped, lacking);
  return refusal ? refused(refusal) : accepted("outdated");
}

/** Deletes a resource that nothing stored refers to, or under which something shipped comes to light. */
export async function deleteResource(
  db: D1Database,
  id: ResourceId,
  isShipped: IsShipped,
): Promise<Outcome<null>> {
  const unused = isShipped(id) ? sql`TRUE` : sql`NOT EXISTS (${referrersOf(id)})`;
  const [deleted, , referrers] = await writeBatch(db, [
    sql`DELETE FROM ${resources} WHERE ${isRow(id)} AND ${unused} RETURNING name`,
    sql`DELETE FROM ${resourceRefs} WHERE ${isFrom(id)}
      AND NOT EXISTS (SELECT 1 FROM ${resources} WHERE ${isRow(id)})`,
    sql`${referrersOf(id)} LIMIT ${REFERRERS}`,
  ]);
  if (deleted?.results.length) return accepted(null);
  const named = referrerRows.parse(referrers?.results).map(idText);
  if (named.length === 0) return refused(refuse("not_found", "There is no such resource"));
  return refused(refuse("in_use", "Other resources refer to it", { referrers: named }));
}

const referrerRows = z.array(
  z.object({ kind: resourceKind, namespace: z.string(), name: z.string() }),
);
const missingRows = z.array(z.object({ place: z.int() }));

/** References to what must have a row. */
function stored(resource: StoredResource, isShipped: IsShipped): Reference[] {
  return referencesOf(resource).filter(({ to }) => !isShipped(to));
}

function missingRefusal(
  resource: StoredResource,
  isShipped: IsShipped,
  lacking: D1Result | undefined,
) {
  const references = stored(resource, isShipped);
  const issues = missingRows.parse(lacking?.results).flatMap(({ place }) => {
    const reference = references[place];
    return reference ? [unresolved(reference.path, reference.to.kind)] : [];
  });
  if (issues.length === 0) return undefined;
  return refuse("invalid_request", "The body refers to what is not there", { issues });
}

function idOf({ kind, metadata }: StoredResource): ResourceId {
  return { kind, namespace: metadata.namespace, name: metadata.name };
}
