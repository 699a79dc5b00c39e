import type { Message } from "../../../../client";

/** What stood in a message's place before: the newest version first, each with what was answered to it. */
export function versionsOf(message: Message, superseded: readonly Message[]): Message[][] {
  const versions: Message[][] = [];
  const seen = new Set<string>();
  // An edit supersedes in its message's name, another answer in its turn's.
  let by = message.role === "user" ? message.id : message.turnId;
  while (!seen.has(by)) {
    seen.add(by);
    const version = superseded.filter(({ supersededBy }) => supersededBy === by);
    const [first] = version;
    if (!first) break;
    versions.push(version);
    by = message.role === "user" ? first.id : first.turnId;
  }
  return versions;
}
