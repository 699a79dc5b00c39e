import { Hono } from "hono";
import { findResource } from "../../history/resources";
import { refuse } from "../../protocol/errors";
import { resourceName } from "../../protocol/refs";
import { listResources } from "../../protocol/rest/list-resources";
import { createResource, replaceResource } from "../../resources/bodies";
import {
  type ResourceId,
  type ResourceKind,
  type ShownResource,
  SYSTEM_NAMESPACE,
} from "../../resources/resource";
import type { StoredResource } from "../../resources/secrets";
import { systemResource } from "../../resources/system-resources";
import { readBody } from "../body";
import type { AppContext, AppEnv } from "../context";
import { settingsOf } from "../current-settings";
import { readId } from "../path-id";
import { RefusedRequest } from "../problem";
import { readQuery } from "../query";
import { mayWrite, mustSee, mustWrite } from "../resources/access";
import { list } from "../resources/list";
import { masked, opened, shownShipped } from "../resources/shown";
import { create, remove, replace, type Store } from "../resources/write";

/** The routes of one kind of resource, mounted at its collection's path. */
export function resources(collection: string, kind: ResourceKind): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();

  routes.get("/", async (c) => {
    const { principal } = c.var;
    const query = readQuery(c.req.raw, listResources);
    if (query.namespace !== undefined) mustSee(principal, query.namespace);
    const namespaces =
      query.namespace === undefined ? [principal.userId, SYSTEM_NAMESPACE] : [query.namespace];
    return c.json(await list(storeOf(c), { kind, namespaces }, query, (item) => shown(c, item)));
  });

  routes.post("/", async (c) => {
    const body = await readBody(c.req.raw, createResource[kind]);
    const { name, namespace = c.var.principal.userId } = body.metadata;
    mustWrite(c.var.principal, namespace);
    const stored = await create(storeOf(c), { kind, namespace, name }, body);
    const location = `/api/v1/${collection}/${encodeURIComponent(namespace)}/${name}`;
    return c.json(await shown(c, stored), 201, { Location: location });
  });

  routes.get("/:namespace/:name", async (c) => {
    const id = idOf(c, kind);
    mustSee(c.var.principal, id.namespace);
    const { db, settings } = storeOf(c);
    const stored = await findResource(db, id);
    if (stored) return c.json(await shown(c, stored));
    const shipped = systemResource(settings, id);
    if (shipped) return c.json(shownShipped(shipped));
    throw new RefusedRequest(refuse("not_found", "There is no such resource"));
  });

  routes.put("/:namespace/:name", async (c) => {
    const id = idOf(c, kind);
    mustWrite(c.var.principal, id.namespace);
    const body = await readBody(c.req.raw, replaceResource[kind]);
    return c.json(await shown(c, await replace(storeOf(c), id, body)));
  });

  routes.delete("/:namespace/:name", async (c) => {
    const id = idOf(c, kind);
    mustWrite(c.var.principal, id.namespace);
    await remove(storeOf(c), id);
    return c.body(null, 204);
  });

  return routes;
}

function storeOf(c: AppContext): Store {
  return { db: c.env.DB, settings: settingsOf(c.env), ownAgents: c.var.ownAgents };
}

function idOf(c: AppContext, kind: ResourceKind): ResourceId {
  const name = readId(resourceName, c.req.param("name"));
  return { kind, namespace: c.req.param("namespace") ?? "", name };
}

async function shown(c: AppContext, resource: StoredResource): Promise<ShownResource> {
  const writable = mayWrite(c.var.principal, resource.metadata.namespace);
  return writable ? opened(resource, settingsOf(c.env)) : masked(resource);
}
