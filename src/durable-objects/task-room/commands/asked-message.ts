import type { TurnRecord } from "../../../engine/turn/room";
import { isOpen } from "../../../engine/turn/transitions";
import { describeError, logError } from "../../../platform/platform-log";
import { type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Turn } from "../../../protocol/turn";
import type { Desk } from "../desk";
import { type Found, findMessage } from "../turns/superseding";

/**
 * Acts once a message was found, at once where the room has it. Refuses with `unavailable` where the
 * database alone has it, and can't be reached.
 */
export function whenFound<T>(
  desk: Desk,
  messageId: string,
  act: (found: Found | undefined) => Outcome<T> | Promise<Outcome<T>>,
): Outcome<T> | Promise<Outcome<T>> {
  const found = findMessage(desk, messageId);
  if (!(found instanceof Promise)) return act(found);
  return found.then(act, (error: unknown) => {
    logError("history_unreachable", { taskId: desk.taskId, causes: describeError(error) });
    return refused(refuse("unavailable", "Older messages can't be reached right now."));
  });
}

/** All turns that answer one message, oldest first, as far as the room keeps them. */
export function turnsOf({ store }: Desk, { id, messageId }: Turn, askedIn: string): TurnRecord[] {
  const anew = store.turns.anewFor(messageId);
  const first = [...new Set([askedIn, id])].flatMap((turnId) => store.turns.get(turnId) ?? []);
  const known = new Set(anew.map(({ turn }) => turn.id));
  return [...first.filter(({ turn }) => !known.has(turn.id)), ...anew];
}

/** Whether another turn answers a turn's message since. One that never began has taken nobody's place. */
export function isOvertaken({ store }: Desk, { id, messageId }: Turn): boolean {
  return store.turns
    .anewFor(messageId)
    .some(({ turn }) => turn.id > id && (turn.startedAt !== undefined || isOpen(turn.status)));
}
