import type { Settings } from "../../platform/settings";
import type { Ref } from "../../protocol/refs";
import type { Find, Resource, ResourceKind, ResourceOf } from "../../resources/resource";
import { systemResources } from "../../resources/system-resources";

/** Finds what is among these; of two with the same name the first. */
export function finderOf(resources: readonly Resource[]): Find {
  return async <Kind extends ResourceKind>(kind: Kind, { namespace, name }: Ref) =>
    resources.find(
      (item): item is Resource & ResourceOf<Kind> =>
        item.kind === kind && item.metadata.namespace === namespace && item.metadata.name === name,
    );
}

/** Finds what is shipped, and nothing else. */
export function systemFinder(settings: Settings): Find {
  return finderOf(systemResources(settings));
}
