import type { Message } from "../../../../client";
import type { Former } from "./former-messages";

/** What stood in a place: a message with what followed it, or all that a turn answered. */
export type Version = readonly [Message, ...Message[]];
export type Versions = {
  /** Oldest first, without what stands now. */
  earlier: readonly Version[];
  /** Whether none is missing that may be further back. */
  isWhole: boolean;
};

type Known = Pick<Former, "known" | "gone" | "hasMore">;

/** What a place is known by: of a turn that has no answer yet, an answer that has no words. */
export type Placed = Pick<Message, "id" | "role" | "turnId" | "replaces">;

/** What versions are kept under: an edit takes its message's place, another answer that of its turn's. */
export function placeOf({ id, role, turnId }: Placed): string {
  return role === "user" ? id : turnId;
}

export function versionsOf(message: Placed, known: Known): Versions {
  return message.role === "user" ? editsOf(message, known) : answersOf(message, known);
}

function editsOf(standing: Placed, { known, gone, hasMore }: Known): Versions {
  const earlier: Version[] = [];
  const seen = new Set<string>();
  let next: Placed = standing;
  while (next.replaces !== undefined && !seen.has(next.id)) {
    seen.add(next.id);
    const before = known.get(next.replaces);
    if (!before) return { earlier, isWhole: !hasMore };
    const followed = gone.get(next.id) ?? [];
    earlier.unshift([before, ...followed.filter(({ seq }) => seq > before.seq)]);
    next = before;
  }
  return { earlier, isWhole: true };
}

function answersOf({ turnId }: Placed, { known, gone, hasMore }: Known): Versions {
  const earlier: Version[] = [];
  const turns = new Set<string>();
  let turn = turnId;
  while (!turns.has(turn)) {
    turns.add(turn);
    const [first, ...rest] = (gone.get(turn) ?? []).filter(({ role }) => role === "assistant");
    if (!first) break;
    earlier.unshift([first, ...rest]);
    turn = first.turnId;
  }
  // All answers come after their question, which the first turn began with.
  const isAsked = [...known.values()].some((one) => one.role === "user" && turns.has(one.turnId));
  return { earlier, isWhole: isAsked || !hasMore };
}
