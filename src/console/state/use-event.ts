import { useEffect, useRef } from "preact/hooks";
import type {
  RoomConnection,
  RoomEventOf,
  RoomEventType,
  UserConnection,
  UserRoomEvent,
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

/** Calls the newest `listener` for every event of the user's own room. */
export function useUserEvents(
  user: UserConnection,
  listener: (event: UserRoomEvent) => void,
): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => user.on("*", (event) => latest.current(event)), [user]);
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
