import type { Turn } from "../../protocol/turn";

/**
 * The id of the message in which a step speaks: the same through all its attempts and restarts, so
 * it is derived, not drawn. The turn's own ULID with its last two characters replaced by the step's
 * position; 70 random bits of the turn remain.
 */
export function stepMessageId(turnId: string, position: number): string {
  const ulid = turnId.slice(turnId.indexOf("_") + 1);
  const suffix = position.toString(32).padStart(2, "0");
  return `msg_${ulid.slice(0, -2)}${suffix.replace(/[ilou]/g, (c) => SUBSTITUTE[c] ?? c)}`;
}

/** The ids of all messages that a turn's steps have begun to speak in, whichever of its tries it was. */
export function answersOf({ id, steps }: Turn): string[] {
  return steps.flatMap(({ attempt }, position) =>
    attempt > 0 ? [stepMessageId(id, position)] : [],
  );
}

// toString(32) runs 0–9a–v; these four letters are not in the ids' alphabet.
const SUBSTITUTE: Record<string, string> = { i: "w", l: "x", o: "y", u: "z" };
