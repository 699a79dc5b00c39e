import type { Room } from "../../../engine/turn/room";
import { findMessage as findStored } from "../../../history/messages";
import type { Message } from "../../../protocol/message";
import type { OwnHistory } from "../outbox/own-history";
import type { RoomStore } from "../store/room-store";

/** Where a room's messages are: its own rows, and the database with how far that has been told. */
export type HistorySource = {
  readonly store: RoomStore;
  readonly room: Room | undefined;
  readonly history: Pick<OwnHistory, "forReading">;
  readonly feeds: { readonly d1: { readonly position: number } };
};

/** What events after a `seq` say of messages from before it. */
export type Gone = {
  /** What took whose place. */
  superseded: Map<string, string>;
  /** Those that another attempt has begun anew: as they were they are nowhere any more. */
  begunAnew: Set<string>;
};

export function goneAfter({ store }: Pick<HistorySource, "store">, seq: number): Gone {
  const superseded = new Map<string, string>();
  const begunAnew = new Set<string>();
  for (const events of store.log.after(seq)) {
    for (const event of events) {
      if (event.type === "chat:start" && event.data.attempt > 1) {
        begunAnew.add(event.data.messageId);
      }
      if (event.type !== "messages:superseded") continue;
      const { messageIds, by } = event.data;
      for (const id of messageIds) if (!superseded.has(id)) superseded.set(id, by);
    }
  }
  return { superseded, begunAnew };
}

/** A message as it was read; whether it stands is asked when that counts. */
export type Found = { message: Message; isSuperseded(): boolean };

/**
 * A message of the task, from the database where the room does not have it any more. Rejects where that can't
 * be reached. `fromSeq`: if there is such a message, its `seq` is no lower.
 */
export function findMessage(
  source: HistorySource,
  messageId: string,
  fromSeq = 0,
): Found | undefined | Promise<Found | undefined> {
  const { store, feeds, room } = source;
  const kept = store.messages.get(messageId);
  // The database knows of what it was told; the log has the rest.
  const told = feeds.d1.position;
  if (kept) return foundOf(source, kept, told);
  if (!room || store.retention.messagesFrom({ superseded: true }) <= fromSeq) return undefined;
  const reading = findStored(source.history.forReading(), room.state.task.id, messageId);
  return reading.then((message) => message && foundOf(source, message, told));
}

function foundOf(source: HistorySource, message: Message, told: number): Found {
  const { id, supersededBy } = message;
  return {
    message,
    isSuperseded: () =>
      (source.store.messages.get(id)?.supersededBy ?? supersededBy) !== undefined ||
      goneAfter(source, told).superseded.has(id),
  };
}
