import { useEffect, useRef } from "react";
import type { RoomEventOf, RoomEventType } from "../../client";
import { type RoomId, useHeldRoom } from "./use-held-room";

/** Calls the newest `listener` for each event of a type, and keeps the room open meanwhile. */
export function useRoomEvent<Type extends RoomEventType>(
  taskId: RoomId,
  type: Type,
  listener: (event: RoomEventOf<Type>) => void,
): void {
  const held = useHeldRoom(taskId);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    if (!held) return undefined;
    const { opened, release } = held.hold();
    const off = opened.on(type, (event) => latest.current(event));
    return () => {
      off();
      release();
    };
  }, [held, type]);
}
