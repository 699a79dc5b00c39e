import { createResource, deleteResource, replaceResource } from "../../history/resource-writes";
import { findResource } from "../../history/resources";
import type { Settings } from "../../platform/settings";
import { refuse } from "../../protocol/errors";
import { toTimestamp } from "../../protocol/time";
import type { CreateResource, ReplaceResource } from "../../resources/bodies";
import { idText, type ResourceId, type ResourceMetadata } from "../../resources/resource";
import { resourceIssues } from "../../resources/rules";
import type { StoredResource } from "../../resources/secrets";
import { systemResource } from "../../resources/system-resources";
import { RefusedRequest } from "../problem";
import { answerOf } from "../rooms/ask";
import { sealed } from "./secrets";

export type Store = {
  db: D1Database;
  settings: Settings;
  /** Names of the agents that the deployer wrote. */
  ownAgents: readonly string[];
};

/** How often a replacement begins anew because somebody else's came between. */
const TRIES = 3;

export async function create(
  store: Store,
  id: ResourceId,
  body: CreateResource,
): Promise<StoredResource> {
  // PUT puts another in the place of what ships; to create is for what is not there.
  if (systemResource(store.settings, id)) throw conflict(`${idText(id)} exists already`);
  return insert(store, id, body);
}

/** Throws `not_found` where there is nothing to replace. */
export async function replace(
  store: Store,
  id: ResourceId,
  body: ReplaceResource,
): Promise<StoredResource> {
  mustName(id, body);
  mustBeValid(store, id, body);
  for (let i = 0; i < TRIES; i++) {
    const stored = await findResource(store.db, id);
    const current = stored ?? systemResource(store.settings, id);
    if (!current) throw new RefusedRequest(refuse("not_found", "There is no such resource"));
    const expected = body.metadata.resourceVersion;
    if (expected !== undefined && expected !== current.metadata.resourceVersion) {
      throw conflict("The resource has changed: resourceVersion is not the current one");
    }
    if (!stored) return insert(store, id, body);
    const next = await sealed(
      { ...body, metadata: nextMetadata(stored, body) },
      store.settings,
      stored.secrets,
    );
    const change = { replaces: stored.metadata.resourceVersion, isShipped: isShipped(store) };
    if (answerOf(await replaceResource(store.db, next, change)) === "replaced") return next;
  }
  throw conflict("Others are changing this resource at the same time");
}

export async function remove(store: Store, id: ResourceId): Promise<void> {
  const outcome = await deleteResource(store.db, id, isShipped(store));
  if (!outcome.ok && outcome.refusal.code === "not_found" && systemResource(store.settings, id)) {
    throw conflict(`${idText(id)} ships with the service and cannot be deleted`);
  }
  answerOf(outcome);
}

async function insert(
  store: Store,
  id: ResourceId,
  body: CreateResource | ReplaceResource,
): Promise<StoredResource> {
  mustBeValid(store, id, body);
  const now = Date.now();
  const at = toTimestamp(now);
  const own = { name: id.name, namespace: id.namespace, ...descriptionOf(body) };
  // The version is a time, so that a name which is created again never has an old version again.
  const metadata = { ...own, resourceVersion: String(now), createdAt: at, updatedAt: at };
  const stored = await sealed({ ...body, metadata }, store.settings);
  answerOf(await createResource(store.db, stored, isShipped(store)));
  return stored;
}

function nextMetadata({ metadata }: StoredResource, body: ReplaceResource): ResourceMetadata {
  const { name, namespace, createdAt, resourceVersion } = metadata;
  const version = Math.max(Date.now(), Number(resourceVersion) + 1);
  return {
    ...{ name, namespace, ...descriptionOf(body), createdAt },
    resourceVersion: String(version),
    updatedAt: toTimestamp(version),
  };
}

function descriptionOf({ metadata }: CreateResource | ReplaceResource) {
  const { displayName, labels } = metadata;
  return { ...(displayName !== undefined && { displayName }), ...(labels && { labels }) };
}

function isShipped({ settings }: Store) {
  return (id: ResourceId) => systemResource(settings, id) !== undefined;
}

/** A replacement may repeat the name, not change it. */
function mustName({ name, namespace }: ResourceId, { metadata }: ReplaceResource): void {
  const issues = [
    ...((metadata.name ?? name) === name ? [] : ["metadata.name"]),
    ...((metadata.namespace ?? namespace) === namespace ? [] : ["metadata.namespace"]),
  ].map((path) => ({ path, message: "not that of the path" }));
  if (issues.length > 0) throw invalid(issues);
}

function mustBeValid(
  { settings, ownAgents }: Store,
  { namespace }: ResourceId,
  body: CreateResource | ReplaceResource,
): void {
  const house = { allowPrivate: settings.ALLOW_PRIVATE_TARGETS, ownAgents };
  const issues = resourceIssues(body, { ...house, namespace }).slice(0, 20);
  if (issues.length > 0) throw invalid(issues);
}

function invalid(issues: { path: string; message: string }[]): RefusedRequest {
  return new RefusedRequest(refuse("invalid_request", "The body is not valid", { issues }));
}

function conflict(message: string): RefusedRequest {
  return new RefusedRequest(refuse("conflict", message));
}
