import { useEffect, useMemo, useRef } from "react";
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
  // They count when the room is opened: an object that is new with every render changes nothing.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  return useMemo(() => {
    if (!held) return NOWHERE;
    const { getSnapshot, getServerSnapshot } = held;
    const subscribe = (listener: () => void) => held.subscribe(listener, latest.current);
    return { subscribe, getSnapshot, getServerSnapshot };
  }, [held]);
}
