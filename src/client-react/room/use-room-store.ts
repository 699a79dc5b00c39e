import { useInsertionEffect } from "react";
import type { ConnectOptions, RoomSnapshot } from "../../client";
import { NO_ROOM } from "../idle";
import { type RoomId, useHeldRoom } from "./use-held-room";

/** For `useSyncExternalStore`. */
export type RoomStore = {
  subscribe(listener: () => void): () => void;
  getSnapshot(): RoomSnapshot;
  getServerSnapshot(): RoomSnapshot;
};

const noRoom = () => NO_ROOM;
const NOWHERE: RoomStore = {
  subscribe: () => () => undefined,
  getSnapshot: noRoom,
  getServerSnapshot: noRoom,
};

/** The room as it stands, open for as long as somebody is subscribed. */
export function useRoomStore(taskId: RoomId, options?: ConnectOptions): RoomStore {
  const held = useHeldRoom(taskId);
  // Before any effect of a component below, which may be the first that needs the room.
  useInsertionEffect(() => (held && options ? held.give(options) : undefined), [held, options]);
  return held ?? NOWHERE;
}
