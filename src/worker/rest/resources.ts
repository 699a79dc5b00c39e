import type { Collection } from "../../operations/rest/resources";
import type { Ref } from "../../protocol/refs";
import type { ResourceCollection } from "../../resources/resource";
import { mustWrite } from "../resources/access";
import { listSeen, readSeen, shown, storeOf } from "../resources/read";
import { create, remove, replace } from "../resources/write";
import { Answer, type Handlers } from "../serving/handler";

/** What answers for one kind of resource. */
export function resources({ path: collection, kind }: ResourceCollection): Handlers<Collection> {
  const idOf = ({ namespace, name }: Ref) => ({ kind, namespace, name });
  return {
    list: ({ c, query }) => listSeen(c, kind, query),

    async create({ c, principal, body }) {
      const { name, namespace = principal.userId } = body.metadata;
      mustWrite(principal, namespace);
      const stored = await create(storeOf(c), { kind, namespace, name }, body);
      const location = `/api/v1/${collection}/${encodeURIComponent(namespace)}/${name}`;
      return new Answer(await shown(c, stored), { headers: { Location: location } });
    },

    read: ({ c, params }) => readSeen(c, idOf(params)),

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
