import { answersOf } from "../../../engine/step/message";
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
  return whenAll(desk, [findMessage(desk, messageId)], ([found]) => act(found));
}

/** The same with all messages that a turn was asked. */
export function whenAskedFound<T>(
  desk: Desk,
  record: TurnRecord,
  act: (found: Found[]) => Outcome<T> | Promise<Outcome<T>>,
): Outcome<T> | Promise<Outcome<T>> {
  return whenAll(desk, findAsked(desk, record), act);
}

/** The same with all that a turn has answered as well. */
export function whenTurnFound<T>(
  desk: Desk,
  record: TurnRecord,
  act: (found: Found[]) => Outcome<T> | Promise<Outcome<T>>,
): Outcome<T> | Promise<Outcome<T>> {
  const { turn } = record;
  const answers = answersOf(turn).map((id) => findMessage(desk, id, turn.firstSeq));
  return whenAll(desk, [...findAsked(desk, record), ...answers], act);
}

type Finding = ReturnType<typeof findMessage>;

function findAsked(desk: Desk, { turn, run: { joined = [] } }: TurnRecord): Finding[] {
  return [turn.messageId, ...joined].map((id) => findMessage(desk, id));
}

function whenAll<T>(
  desk: Desk,
  findings: Finding[],
  act: (found: Found[]) => Outcome<T> | Promise<Outcome<T>>,
): Outcome<T> | Promise<Outcome<T>> {
  const actWith = (found: (Found | undefined)[]) => act(found.filter((one) => one !== undefined));
  const known: (Found | undefined)[] = [];
  for (const finding of findings) {
    if (finding instanceof Promise) return Promise.all(findings).then(actWith, refuseUnreached);
    known.push(finding);
  }
  return actWith(known);

  function refuseUnreached(error: unknown): Outcome<T> {
    logError("history_unreachable", { taskId: desk.taskId, causes: describeError(error) });
    return refused(refuse("unavailable", "Older messages can't be reached right now."));
  }
}

/** All turns that answer one message, oldest first, as far as the room keeps them. */
export function turnsOf({ store }: Desk, { id, messageId }: Turn, askedIn: string): TurnRecord[] {
  const anew = store.turns.anewFor(messageId);
  const first = [...new Set([askedIn, id])].flatMap((turnId) => store.turns.get(turnId) ?? []);
  const known = new Set(anew.map(({ turn }) => turn.id));
  return [...first.filter(({ turn }) => !known.has(turn.id)), ...anew];
}

/** The answers that a message has by now, whichever turn gave them. */
export function standingAnswers(desk: Desk, { turn }: TurnRecord, { message }: Found): string[] {
  const { messages } = desk.store;
  const turns = turnsOf(desk, turn, message.turnId).map((record) => record.turn);
  const given = turns.flatMap(({ steps }) => steps.flatMap(({ messageId }) => messageId ?? []));
  // Tried again with another team, a turn may have left what no step of it names.
  const ids = turns.map(({ id }) => id);
  const left = messages.answersOf(ids, message.seq);
  return [...new Set([...given, ...left])].filter(
    (id) => messages.get(id)?.supersededBy === undefined,
  );
}

/** Whether another turn is to answer a turn's message, or does since. One that never began has taken nobody's place. */
export function isOvertaken({ store }: Desk, { id, messageId }: Turn): boolean {
  return store.turns
    .anewFor(messageId)
    .filter(({ turn }) => turn.id !== id)
    .some(({ turn }) => isOpen(turn.status) || (turn.id > id && turn.startedAt !== undefined));
}
