import { LIMITS } from "../../protocol/limits";
import type { Turn } from "../../protocol/turn";
import type { Draft } from "./draft";
import { interruptTurn, type Stop } from "./turn-end";

/** Messages leave every state and every model's context; `by`: what takes their place. */
export function supersede(draft: Draft, messageIds: readonly string[], by: string): void {
  const ids = [...new Set(messageIds)];
  for (let from = 0; from < ids.length; from += LIMITS.supersededIds) {
    const some = ids.slice(from, from + LIMITS.supersededIds);
    draft.emit({ type: "messages:superseded", data: { messageIds: some, by } });
  }
}

/**
 * Stops a turn that is about to be superseded: guidance that it did not take up goes with it. Gives the ids
 * of what it was still writing.
 */
export function withdrawTurn(draft: Draft, turn: Turn, stop: Stop): string[] {
  const { nextSeq } = draft;
  interruptTurn(draft, turn, { ...stop, isWithdrawn: true });
  const kept = draft.room.state.messages.filter(
    ({ seq, turnId }) => seq >= nextSeq && turnId === turn.id,
  );
  return kept.map(({ id }) => id);
}
