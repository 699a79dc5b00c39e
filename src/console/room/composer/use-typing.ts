import { useEffect, useMemo } from "preact/hooks";
import type { RoomConnection } from "../../../client";

const PAUSE_MS = 4000;

/** Tells the others that one is typing, until a pause, an end or the page goes away. */
export function useTyping(room: RoomConnection): { touch: () => void; stop: () => void } {
  const typing = useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      room.typing(false);
    };
    const touch = () => {
      if (timer === undefined) room.typing(true);
      clearTimeout(timer);
      timer = setTimeout(stop, PAUSE_MS);
    };
    return { touch, stop };
  }, [room]);
  useEffect(() => typing.stop, [typing]);
  return typing;
}
