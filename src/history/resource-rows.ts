import type { InferInsertModel, InferSelectModel } from "drizzle-orm";
import * as z from "zod";
import { type Reference, referencesOf } from "../resources/references";
import { shownResource } from "../resources/resource";
import type { StoredResource } from "../resources/secrets";
import type { resources } from "./schema";

const sealedByPath = z.record(z.string(), z.string());

/** Throws a ZodError where the row is no resource. */
export function readResource(row: InferSelectModel<typeof resources>): StoredResource {
  const { kind, spec, secrets, refs, version, displayName, labels, ...named } = row;
  const metadata = {
    ...named,
    ...(displayName !== null && { displayName }),
    ...(labels !== null && { labels }),
    resourceVersion: String(version),
  };
  return {
    ...shownResource.parse({ kind, metadata, spec }),
    secrets: sealedByPath.parse(secrets),
  };
}

export function resourceRow(resource: StoredResource): InferInsertModel<typeof resources> {
  const { kind, metadata, spec, secrets } = resource;
  const { displayName = null, labels = null, resourceVersion, ...named } = metadata;
  const refs = referencesOf(resource).map(({ to }: Reference) => to);
  const version = Number(resourceVersion);
  return { kind, ...named, displayName, labels, spec, secrets, refs, version };
}
