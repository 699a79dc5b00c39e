import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { RoomSnapshot } from "../../client";
import type { RoomId } from "./use-held-room";
import { useRoomStore } from "./use-room-store";

/**
 * A part of a room: renders anew only when that part is another by `isEqual`. Opens the room as `useRoom`
 * does.
 */
export function useRoomSelector<Part>(
  taskId: RoomId,
  select: (snapshot: RoomSnapshot) => Part,
  isEqual: (one: Part, other: Part) => boolean = Object.is,
): Part {
  const { subscribe, getSnapshot, getServerSnapshot } = useRoomStore(taskId);
  const shown = useRef<{ part: Part } | undefined>(undefined);
  const [getPart, getServerPart] = useMemo(() => {
    let last: { of: RoomSnapshot; part: Part } | undefined;
    /** One that is equal to the last is the last: a selector may make a new object each time. */
    const partOf = (of: RoomSnapshot) => {
      if (last?.of === of) return last.part;
      const next = select(of);
      const before = last ?? shown.current;
      const part = before && isEqual(before.part, next) ? before.part : next;
      last = { of, part };
      return part;
    };
    return [() => partOf(getSnapshot()), () => partOf(getServerSnapshot())];
  }, [getSnapshot, getServerSnapshot, select, isEqual]);
  const part = useSyncExternalStore(subscribe, getPart, getServerPart);
  useEffect(() => {
    shown.current = { part };
  });
  return part;
}
