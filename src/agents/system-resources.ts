import type { Find } from "../protocol/resource";
import type { Settings } from "../protocol/settings";
import { systemResources } from "../protocol/system-resources";
import { finderOf } from "./finder";

export { systemResources };

/** Finds what is shipped, and nothing else. */
export function systemFinder(settings: Settings): Find {
  return finderOf(systemResources(settings));
}
