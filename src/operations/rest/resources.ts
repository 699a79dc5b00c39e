import { namespace, resourceName } from "../../protocol/refs";
import { listResources } from "../../protocol/rest/list-resources";
import { createResource, replaceResource } from "../../resources/bodies";
import type { ResourceCollection, ResourceKind } from "../../resources/resource";
import type { Group } from "../operation";

const NOUNS: Record<ResourceKind, string> = {
  Ghost: "a ghost",
  Model: "a model",
  Shell: "a shell",
  Bot: "a bot",
  Team: "a team",
};

/** The operations of one kind of resource. */
export function collection({ path: name, kind }: ResourceCollection) {
  const noun = NOUNS[kind];
  const tag = `${kind}s`;
  const path = `/api/v1/${name}`;
  const one = {
    tag,
    path: `${path}/{namespace}/{name}`,
    params: { namespace, name: resourceName },
  } as const;
  return {
    list: {
      id: `list${kind}s`,
      tag,
      method: "get",
      path,
      summary: `List ${name}`,
      scope: "read",
      query: listResources,
      status: 200,
    },
    create: {
      id: `create${kind}`,
      tag,
      method: "post",
      path,
      summary: `Make ${noun}`,
      scope: "write",
      body: createResource[kind],
      status: 201,
    },
    read: {
      ...one,
      id: `read${kind}`,
      method: "get",
      summary: `Read ${noun}`,
      scope: "read",
      status: 200,
    },
    replace: {
      ...one,
      id: `replace${kind}`,
      method: "put",
      summary: `Replace ${noun}`,
      scope: "write",
      body: replaceResource[kind],
      status: 200,
    },
    remove: {
      ...one,
      id: `delete${kind}`,
      method: "delete",
      summary: `Delete ${noun}`,
      scope: "write",
      status: 204,
    },
  } as const satisfies Group;
}
export type Collection = ReturnType<typeof collection>;
