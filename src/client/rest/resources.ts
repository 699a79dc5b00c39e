import type { COLLECTIONS, ShownResource } from "../../protocol/resource";
import type { CreateResource, ReplaceResource } from "../../protocol/resource-bodies";
import type { Page } from "../../protocol/rest";
import type { Request } from "../request";
import type { PageQuery } from "./paging";

/** `ghosts`, `models`, `shells`, `bots`, `teams`. */
export type Collection = (typeof COLLECTIONS)[number]["path"];
type KindOf<Name extends Collection> = Extract<
  (typeof COLLECTIONS)[number],
  { path: Name }
>["kind"];
type Of<All, Name extends Collection> = Extract<All, { kind: KindOf<Name> }>;

export type ResourceIn<Name extends Collection> = Of<ShownResource, Name>;
export type NewResource<Name extends Collection> = Omit<Of<CreateResource, Name>, "kind">;
export type NextResource<Name extends Collection> = Omit<Of<ReplaceResource, Name>, "kind">;

/** Contract section 8: one of the collections. */
export function resourcesApi<Name extends Collection>(request: Request, collection: Name) {
  type Item = ResourceIn<Name>;
  const at = (namespace: string, name: string) =>
    `/${collection}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  return {
    list: (query: PageQuery & { namespace?: string } = {}) =>
      request<Page<Item>>("GET", `/${collection}`, { query }),
    create: (body: NewResource<Name>) => request<Item>("POST", `/${collection}`, { body }),
    get: (namespace: string, name: string) => request<Item>("GET", at(namespace, name)),
    /** With `metadata.resourceVersion` only what was read is replaced, else `conflict`. */
    replace: (namespace: string, name: string, body: NextResource<Name>) =>
      request<Item>("PUT", at(namespace, name), { body }),
    delete: (namespace: string, name: string) => request<void>("DELETE", at(namespace, name)),
  };
}
