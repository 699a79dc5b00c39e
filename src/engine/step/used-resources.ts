import type { Turn } from "../../protocol/turn";
import type { TeamPlan } from "../../resources/team-plan";

/** Which resources of which versions a plan was made of: `Kind/namespace/name` → `resourceVersion`. */
function usedResources({ team, version, members }: TeamPlan): Record<string, string> {
  const agents = members.flatMap(({ agent, onFailure }) =>
    typeof onFailure === "object" && "fallback" in onFailure
      ? [agent, onFailure.fallback]
      : [agent],
  );
  const versions = agents.flatMap((agent) => Object.entries(agent.versions));
  return Object.fromEntries([
    ...(version === undefined ? [] : [[`Team/${team}`, version]]),
    ...versions,
  ]);
}

/** The turn's own metadata where they say already what the plan was made of. */
export function metadataFor(turn: Turn, plan: TeamPlan): Turn["metadata"] {
  const resources = usedResources(plan);
  const known = turn.metadata.resources ?? {};
  if (JSON.stringify(known) === JSON.stringify(resources)) return turn.metadata;
  return { ...turn.metadata, resources };
}
