import type { Ref } from "../protocol/refs";
import type { Described, ResourceId, ResourceKind } from "./resource";
import type { TeamMember } from "./specs";

/** A reference and where in the body it stands. */
export type Reference = { path: string; to: ResourceId };

export function referencesOf(resource: Described): Reference[] {
  switch (resource.kind) {
    case "Bot": {
      const { ghostRef, modelRef, shellRef } = resource.spec;
      return [
        ...reference("spec.ghostRef", "Ghost", ghostRef),
        ...reference("spec.modelRef", "Model", modelRef),
        ...reference("spec.shellRef", "Shell", shellRef),
      ];
    }
    case "Team":
      return resource.spec.members.flatMap(ofMember);
    default:
      return [];
  }
}

function ofMember({ botRef, onFailure }: TeamMember, index: number): Reference[] {
  const path = `spec.members.${index}`;
  const fallback =
    typeof onFailure === "object" && "fallback" in onFailure ? onFailure.fallback : undefined;
  return [
    ...reference(`${path}.botRef`, "Bot", botRef),
    ...reference(`${path}.onFailure.fallback`, "Bot", fallback),
  ];
}

function reference(path: string, kind: ResourceKind, ref: Ref | undefined): Reference[] {
  return ref ? [{ path, to: { kind, namespace: ref.namespace, name: ref.name } }] : [];
}
