import { finderOf } from "../../../agents/team/finder";
import { reachableResources } from "../../../history/resources";
import type { Ref } from "../../../protocol/refs";
import { type Find, SYSTEM_NAMESPACE } from "../../../resources/resource";
import { sealedResource } from "../../../resources/sealed-resource";
import { systemResources } from "../../../resources/system-resources";
import type { Doors } from "../doors";

/**
 * Finds what a user's task may use of a team: the user's own and `system`, all as it is at one
 * moment. Keys and headers stay sealed. Rejects where D1 does not answer.
 */
export async function teamFinder(doors: Doors, team: Ref, userId: string): Promise<Find> {
  const shipped = systemResources(doors.settings);
  const isVisible = team.namespace === userId || team.namespace === SYSTEM_NAMESPACE;
  const roots = [
    ...(isVisible ? [{ kind: "Team" as const, ...team }] : []),
    ...shipped.map(({ kind, metadata: { namespace, name } }) => ({ kind, namespace, name })),
  ];
  const stored = await reachableResources(doors.db, roots);
  // A stored resource of `system` stands for what ships under its name.
  return finderOf([...stored.map(sealedResource), ...shipped]);
}
