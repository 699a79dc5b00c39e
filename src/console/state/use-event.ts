import { useEffect, useRef } from "preact/hooks";
import type {
  RoomConnection,
  RoomEventOf,
  RoomEventType,
  UserConnection,
  UserRoomEventOf,
  UserRoomEventType,
} from "../../client";

/** Calls the newest `listener` for each event of a type, as long as the component is there. */
export function useRoomEvent<Type extends RoomEventType>(
  room: RoomConnection,
  type: Type,
  listener: (event: RoomEventOf<Type>) => void,
): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => room.on(type, (event) => latest.current(event)), [room, type]);
}

export function useUserEvent<Type extends UserRoomEventType>(
  user: UserConnection,
  type: Type,
  listener: (event: UserRoomEventOf<Type>) => void,
): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => user.on(type, (event) => latest.current(event)), [user, type]);
}
