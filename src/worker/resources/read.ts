import { findResource } from "../../history/resources";
import { refuse } from "../../protocol/errors";
import type { ListResources } from "../../protocol/rest/list-resources";
import type { Page } from "../../protocol/rest/page";
import {
  type ResourceId,
  type ResourceKind,
  type ShownResource,
  SYSTEM_NAMESPACE,
} from "../../resources/resource";
import type { StoredResource } from "../../resources/secrets";
import { systemResource } from "../../resources/system-resources";
import type { AppContext } from "../context";
import { settingsOf } from "../current-settings";
import { RefusedRequest } from "../problem";
import { mayWrite, mustSee } from "./access";
import { list } from "./list";
import { masked, opened, shownShipped } from "./shown";
import type { Store } from "./write";

/** A page of the resources that the caller sees, of one namespace or of all. */
export function listSeen(
  c: AppContext,
  kind: ResourceKind,
  query: ListResources,
): Promise<Page<ShownResource>> {
  const { principal } = c.var;
  const { namespace } = query;
  if (namespace !== undefined) mustSee(principal, namespace);
  const namespaces = namespace === undefined ? [principal.userId, SYSTEM_NAMESPACE] : [namespace];
  return list(storeOf(c), { kind, namespaces }, query, (item) => shown(c, item));
}

/** A resource that the caller sees. Throws `not_found`. */
export async function readSeen(c: AppContext, id: ResourceId): Promise<ShownResource> {
  mustSee(c.var.principal, id.namespace);
  const { db, settings } = storeOf(c);
  const stored = await findResource(db, id);
  if (stored) return shown(c, stored);
  const shipped = systemResource(settings, id);
  if (shipped) return shownShipped(shipped);
  throw new RefusedRequest(refuse("not_found", "There is no such resource"));
}

export function storeOf(c: AppContext): Store {
  return { db: c.env.DB, settings: settingsOf(c.env), ownAgents: c.var.ownAgents };
}

/** As the caller may see it: secrets never, and masked where another's. */
export async function shown(c: AppContext, resource: StoredResource): Promise<ShownResource> {
  const writable = mayWrite(c.var.principal, resource.metadata.namespace);
  return writable ? opened(resource, settingsOf(c.env)) : masked(resource);
}
