import { useEffect, useRef } from "react";
import type { UserRoomEventOf, UserRoomEventType } from "../../client";
import { placesOf } from "../places";
import { useTaskroom } from "../provider";

/** Calls the newest `listener` for each event of a type in the user's own room, of all their tasks. */
export function useUserEvent<Type extends UserRoomEventType>(
  type: Type,
  listener: (event: UserRoomEventOf<Type>) => void,
): void {
  const client = useTaskroom();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const { opened, release } = placesOf(client).user.hold();
    const off = opened.on(type, (event) => latest.current(event));
    return () => {
      off();
      release();
    };
  }, [client, type]);
}
