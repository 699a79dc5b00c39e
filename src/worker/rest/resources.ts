import { findResource } from "../../history/resources";
import type { Collection } from "../../operations/rest/resources";
import { refuse } from "../../protocol/errors";
import type { Ref } from "../../protocol/refs";
import {
  type ResourceCollection,
  type ShownResource,
  SYSTEM_NAMESPACE,
} from "../../resources/resource";
import type { StoredResource } from "../../resources/secrets";
import { systemResource } from "../../resources/system-resources";
import type { AppContext } from "../context";
import { settingsOf } from "../current-settings";
import { RefusedRequest } from "../problem";
import { mayWrite, mustSee, mustWrite } from "../resources/access";
import { list } from "../resources/list";
import { masked, opened, shownShipped } from "../resources/shown";
import { create, remove, replace, type Store } from "../resources/write";
import { Answer, type Handlers } from "../serving/handler";

/** What answers for one kind of resource. */
export function resources({ path: collection, kind }: ResourceCollection): Handlers<Collection> {
  const idOf = ({ namespace, name }: Ref) => ({ kind, namespace, name });
  return {
    list({ c, principal, query }) {
      if (query.namespace !== undefined) mustSee(principal, query.namespace);
      const namespaces =
        query.namespace === undefined ? [principal.userId, SYSTEM_NAMESPACE] : [query.namespace];
      return list(storeOf(c), { kind, namespaces }, query, (item) => shown(c, item));
    },

    async create({ c, principal, body }) {
      const { name, namespace = principal.userId } = body.metadata;
      mustWrite(principal, namespace);
      const stored = await create(storeOf(c), { kind, namespace, name }, body);
      const location = `/api/v1/${collection}/${encodeURIComponent(namespace)}/${name}`;
      return new Answer(await shown(c, stored), { headers: { Location: location } });
    },

    async read({ c, principal, params }) {
      mustSee(principal, params.namespace);
      const { db, settings } = storeOf(c);
      const stored = await findResource(db, idOf(params));
      if (stored) return shown(c, stored);
      const shipped = systemResource(settings, idOf(params));
      if (shipped) return shownShipped(shipped);
      throw new RefusedRequest(refuse("not_found", "There is no such resource"));
    },

    replace: {
      before: ({ principal, params }) => mustWrite(principal, params.namespace),
      work: async ({ c, params, body }) => shown(c, await replace(storeOf(c), idOf(params), body)),
    },

    async remove({ c, principal, params }) {
      mustWrite(principal, params.namespace);
      await remove(storeOf(c), idOf(params));
    },
  };
}

function storeOf(c: AppContext): Store {
  return { db: c.env.DB, settings: settingsOf(c.env), ownAgents: c.var.ownAgents };
}

async function shown(c: AppContext, resource: StoredResource): Promise<ShownResource> {
  const writable = mayWrite(c.var.principal, resource.metadata.namespace);
  return writable ? opened(resource, settingsOf(c.env)) : masked(resource);
}
