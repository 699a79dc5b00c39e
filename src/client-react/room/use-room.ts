import { useMemo, useSyncExternalStore } from "react";
import type { ConnectOptions, Message, RoomSnapshot, Stream } from "../../client";
import type { RoomActions } from "./room-actions";
import type { RoomId } from "./use-held-room";
import { useRoomActions } from "./use-room-actions";
import { useRoomStore } from "./use-room-store";

/** A room as it stands, and what can be done in it. */
export type RoomHere = RoomSnapshot &
  RoomActions & {
    /** All messages that are here, oldest first: what `loadOlder` has brought, then the room's. */
    readonly messages: readonly Message[];
    /** Answers that are being written. */
    readonly streams: readonly Stream[];
  };

const NONE: readonly never[] = [];

/**
 * Opens a task's room for as long as the component is mounted, together with every other component that
 * shows it. `options` count when it is opened. Without an id there is no room, and nothing is opened.
 */
export function useRoom(taskId: RoomId, options?: ConnectOptions): RoomHere {
  const { subscribe, getSnapshot, getServerSnapshot } = useRoomStore(taskId, options);
  const snapshot = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot);
  const actions = useRoomActions(taskId);
  const { older, room } = snapshot;
  const newest = room?.messages ?? NONE;
  const messages = useMemo(
    () => (older.length === 0 ? newest : [...older, ...newest]),
    [older, newest],
  );
  const streams = room?.streams ?? NONE;
  return useMemo(
    () => ({ ...snapshot, ...actions, messages, streams }),
    [snapshot, actions, messages, streams],
  );
}
