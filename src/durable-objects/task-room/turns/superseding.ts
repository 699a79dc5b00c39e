import { findMessage as findStored } from "../../../history/messages";
import type { Message } from "../../../protocol/message";
import type { Desk } from "../desk";

/** What took the place of messages with an event after a `seq`, by their ids. */
export function supersededAfter({ store }: Pick<Desk, "store">, seq: number): Map<string, string> {
  const found = new Map<string, string>();
  for (const events of store.log.after(seq)) {
    for (const event of events) {
      if (event.type !== "messages:superseded") continue;
      const { messageIds, by } = event.data;
      for (const id of messageIds) if (!found.has(id)) found.set(id, by);
    }
  }
  return found;
}

/** A message as it was read; whether it stands is asked when that counts. */
export type Found = { message: Message; isSuperseded(): boolean };

/** A message of the task, from the database where the room does not have it any more. Rejects where that can't be reached. */
export function findMessage(
  desk: Desk,
  messageId: string,
): Found | undefined | Promise<Found | undefined> {
  const { store, feeds, room } = desk;
  const kept = store.messages.get(messageId);
  // The database knows of what it was told; the log has the rest.
  const told = feeds.d1.position;
  if (kept) return foundOf(desk, kept, told);
  if (!room || store.retention.messagesFrom({ superseded: true }) === 0) return undefined;
  const reading = findStored(desk.history.forReading(), room.state.task.id, messageId);
  return reading.then((message) => message && foundOf(desk, message, told));
}

function foundOf(desk: Desk, message: Message, told: number): Found {
  const { id, supersededBy } = message;
  return {
    message,
    isSuperseded: () =>
      (desk.store.messages.get(id)?.supersededBy ?? supersededBy) !== undefined ||
      supersededAfter(desk, told).has(id),
  };
}
