import type { Collection, Page, Taskroom } from "../../client";
import type { JsonObject } from "../../protocol/json";

/** What came of asking a model, or a server of tools, once. */
export type Trial = {
  ok: boolean;
  message: string;
  durationMs: number;
  code?: string;
  reason?: string;
  httpStatus?: number;
  tools?: string[];
};

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
    list: (cursor?: string, limit?: number) =>
      request<Page<AnyResource>>("GET", `/${collection}`, {
        query: { ...(cursor && { cursor }), ...(limit !== undefined && { limit }) },
      }),
    get: (namespace: string, name: string) => request<AnyResource>("GET", at(namespace, name)),
    create: (body: JsonObject) => request<AnyResource>("POST", `/${collection}`, { body }),
    replace: (namespace: string, name: string, body: JsonObject) =>
      request<AnyResource>("PUT", at(namespace, name), { body }),
    /** `body` says what of it. */
    test: (namespace: string, name: string, body: JsonObject) =>
      request<Trial>("POST", `${at(namespace, name)}/test`, { body }),
    remove: (namespace: string, name: string) => request<void>("DELETE", at(namespace, name)),
  };
}
