import { jsonBytes } from "../bytes";
import { LIMITS } from "../limits";
import type { StreamRound } from "../room-state";

/** Two rounds' texts are two paragraphs. */
export const BETWEEN = "\n\n";

/** Said to a model, and shown, of a call that may have had its effect and is not made again. */
export const OUTCOME_UNKNOWN =
  "The call was made and its outcome is unknown: the service was interrupted before it answered. " +
  "It was not made again, because it may have had its effect.";

/** What rounds have said, as a message has it: a blank text counts as none. */
export function textOf(rounds: readonly Pick<StreamRound, "text">[]): string {
  return rounds
    .map(({ text }) => text)
    .filter((text) => /\S/.test(text))
    .join(BETWEEN);
}

export function thinkingOf(rounds: readonly Pick<StreamRound, "thinking">[]): string {
  return rounds.map(({ thinking = "" }) => thinking).join("");
}

/** Bytes that are left for further values of the answer with these rounds. */
export function valuesLeft(rounds: readonly Pick<StreamRound, "calls">[] = []): number {
  const calls = rounds.flatMap((round) => round.calls);
  return calls.reduce((left, call) => left - jsonBytes(call), LIMITS.toolValuesBytes);
}
