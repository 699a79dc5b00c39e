import type { Collection, Page, Taskroom } from "../../client";
import type { JsonObject } from "../../protocol/json";

type Metadata = JsonObject & {
  namespace: string;
  name: string;
  displayName?: string;
  resourceVersion: string;
  updatedAt: string;
};
export type AnyResource = { metadata: Metadata; spec: JsonObject };

/** Resources as the editor knows them: bodies it need not understand, since the server checks them. */
export function resourceApi({ request }: Taskroom, collection: Collection) {
  const at = (namespace: string, name: string) =>
    `/${collection}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  return {
    list: (cursor?: string) =>
      request<Page<AnyResource>>("GET", `/${collection}`, { query: { ...(cursor && { cursor }) } }),
    get: (namespace: string, name: string) => request<AnyResource>("GET", at(namespace, name)),
    create: (body: JsonObject) => request<AnyResource>("POST", `/${collection}`, { body }),
    replace: (namespace: string, name: string, body: JsonObject) =>
      request<AnyResource>("PUT", at(namespace, name), { body }),
    remove: (namespace: string, name: string) => request<void>("DELETE", at(namespace, name)),
  };
}
