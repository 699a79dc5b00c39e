import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { RoomConnection } from "../../../client";

const PAGE = 200;
/** Older pages that are looked through for a message. */
const MOST_PAGES = 50;
const SHOWN_MS = 4000;

/** Brings the message that the address names into sight, from however far back. */
export function useJump(room: RoomConnection, scroller: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    if (wanted === "") return;
    let isWanted = true;
    const find = () => scroller.current?.querySelector(`[data-message="${CSS.escape(wanted)}"]`);
    const look = async () => {
      for (let page = 0; isWanted && page < MOST_PAGES; page++) {
        const found = find();
        if (found) return show(found);
        if (!(await room.loadOlder(PAGE))) {
          await new Promise(requestAnimationFrame);
          break;
        }
        await new Promise(requestAnimationFrame);
      }
      const found = isWanted && find();
      if (found) show(found);
    };
    // What cannot be looked for is not there.
    look().catch(() => {});
    return () => {
      isWanted = false;
    };
  }, [room, scroller]);
}

function show(message: Element): void {
  message.scrollIntoView({ block: "center" });
  message.classList.add("pointed-at");
  setTimeout(() => message.classList.remove("pointed-at"), SHOWN_MS);
}
