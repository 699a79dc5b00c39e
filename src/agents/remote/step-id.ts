/**
 * Ids of a team's steps, from its members' roles: readable, unique in the team, and the same
 * whenever the team is resolved again.
 */
export function stepIds(roles: readonly string[]): string[] {
  const taken = new Set<string>();
  return roles.map((role, index) => {
    const slug = role
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join("-");
    let id = slug ?? `step-${index + 1}`;
    for (let n = index + 1; taken.has(id); n++) id = `${slug ?? "step"}-${n}`;
    taken.add(id);
    return id;
  });
}
