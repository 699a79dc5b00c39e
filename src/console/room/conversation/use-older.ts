import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomConnection, RoomSnapshot, TaskroomError } from "../../../client";
import { asTaskroomError } from "../../state/use-action";
import { useSelected } from "../../state/use-selected";

const PAGE = 200;
/** Before a page that was refused is asked for again. */
const PAUSE_MS = 2000;
/** Pixels from the top at which the page before is asked for. */
const NEAR_TOP = 400;

/** Brings older messages as the reader comes near the top, and keeps the reading place. */
export function useOlder(room: RoomConnection, scroller: RefObject<HTMLElement | null>) {
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<TaskroomError>();
  const older = useSelected(room, (snapshot) => snapshot.older.length);
  const hasOlder = useSelected(room, (snapshot) => snapshot.hasOlder ?? mayHaveOlder(snapshot));
  const place = useReadingPlace(scroller, older);

  const loadOlder = useCallback(async () => {
    setLoading(true);
    place.remember();
    try {
      await room.loadOlder(PAGE);
      setError(undefined);
    } catch (failure) {
      const known = asTaskroomError(failure);
      setError(known);
      // Scrolling on must not ask without end.
      await pause(known.retryAfterMs ?? PAUSE_MS);
    } finally {
      setLoading(false);
    }
  }, [room, place]);

  useEffect(() => {
    const outer = scroller.current;
    if (!outer || !hasOlder || loading) return;
    const look = () => {
      if (outer.scrollTop < NEAR_TOP && outer.scrollHeight > outer.clientHeight) loadOlder();
    };
    outer.addEventListener("scroll", look, { passive: true });
    return () => outer.removeEventListener("scroll", look);
  }, [scroller, hasOlder, loading, loadOlder]);

  return { hasOlder, loading, error, loadOlder };
}

/** A room of before does not say: then it is to be asked, once something was said in it. */
function mayHaveOlder({ room }: RoomSnapshot): boolean {
  return room?.task.startedAt !== undefined;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What stood at the top stays there when something comes in above it. */
function useReadingPlace(scroller: RefObject<HTMLElement | null>, count: number) {
  const kept = useRef<{ element: Element; top: number }>(undefined);
  const remember = useCallback(() => {
    const element = scroller.current?.querySelector(".message");
    if (element) kept.current = { element, top: element.getBoundingClientRect().top };
  }, [scroller]);
  // `count` says that something came in.
  useLayoutEffect(() => {
    const { current } = kept;
    const outer = scroller.current;
    if (!current || !outer) return;
    // Not every browser keeps the place, and none does at the very top.
    outer.scrollTop += current.element.getBoundingClientRect().top - current.top;
    kept.current = undefined;
  }, [count, scroller]);
  return useRef({ remember }).current;
}
