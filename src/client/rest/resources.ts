import type { Page } from "../../protocol/rest/page";
import type { CreateResource, ReplaceResource } from "../../resources/bodies";
import type { ResourceCollection, ShownResource } from "../../resources/resource";
import type { GivenSpecs } from "../../resources/specs";
import type { PageQuery } from "./paging";
import type { Request } from "./request";
import { segment } from "./segment";

/** `ghosts`, `models`, `shells`, `bots`, `teams`. */
export type Collection = ResourceCollection["path"];
type KindOf<Name extends Collection> = Extract<ResourceCollection, { path: Name }>["kind"];
type Of<All, Name extends Collection> = Extract<All, { kind: KindOf<Name> }>;

export type ResourceIn<Name extends Collection> = Of<ShownResource, Name>;
export type NewResource<Name extends Collection> = {
  metadata: CreateResource["metadata"];
  spec: GivenSpecs[KindOf<Name>];
};
export type NextResource<Name extends Collection> = {
  metadata?: ReplaceResource["metadata"];
  spec: GivenSpecs[KindOf<Name>];
};
export type ResourcesApi<Name extends Collection> = ReturnType<typeof resourcesApi<Name>>;

/** Contract section 8: one of the collections. */
export function resourcesApi<Name extends Collection>(request: Request, collection: Name) {
  type Item = ResourceIn<Name>;
  const at = (namespace: string, name: string) =>
    `/${collection}/${segment(namespace)}/${segment(name)}`;
  return {
    list: (query: PageQuery & { namespace?: string } = {}): Promise<Page<Item>> =>
      request("GET", `/${collection}`, { query }),
    create: (body: NewResource<Name>): Promise<Item> => request("POST", `/${collection}`, { body }),
    get: (namespace: string, name: string): Promise<Item> => request("GET", at(namespace, name)),
    /** With `metadata.resourceVersion` only what was read is replaced, else `conflict`. */
    replace: (namespace: string, name: string, body: NextResource<Name>): Promise<Item> =>
      request("PUT", at(namespace, name), { body }),
    delete: (namespace: string, name: string): Promise<void> =>
      request("DELETE", at(namespace, name)),
  };
}
