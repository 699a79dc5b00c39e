import type { RefObject } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { RoomConnection, TaskroomError } from "../../../client";
import { useFragment } from "../../routing/navigate";
import { asTaskroomError } from "../../state/use-action";

const PAGE = 200;
/** Older pages that are looked through for a message at once. */
const MOST_PAGES = 50;
const SHOWN_MS = 4000;

/** What became of the message that was to be shown. */
export type Jump =
  | { state: "none" | "looking" | "absent" | "far" }
  | { state: "failed"; error: TaskroomError };
const NONE: Jump = { state: "none" };

type Place = { scroller: RefObject<HTMLElement | null>; leaveEnd: () => void };

/** Brings the message that the address names into sight, from however far back. */
export function useJump(
  room: RoomConnection,
  { scroller, leaveEnd }: Place,
): { jump: Jump; again: () => void; dismiss: () => void } {
  const [jump, setJump] = useState<Jump>(NONE);
  const [tries, setTries] = useState(0);
  const wanted = useFragment();
  // Another try looks on from where the last one has got to.
  useEffect(() => {
    setJump(NONE);
    // The page has other places too.
    if (!wanted.id.startsWith("msg_")) return;
    const given = new AbortController();
    const find = () => scroller.current?.querySelector(`[data-message="${CSS.escape(wanted.id)}"]`);
    setJump({ state: "looking" });
    look(room, find, given.signal).then(
      (found) => {
        if (given.signal.aborted) return;
        setJump(typeof found === "string" ? { state: found } : NONE);
        if (typeof found !== "string") show(found, leaveEnd);
      },
      (failure) => {
        const error = asTaskroomError(failure);
        if (!given.signal.aborted) setJump({ state: "failed", error });
      },
    );
    return () => given.abort();
  }, [room, scroller, leaveEnd, wanted, tries]);
  const again = useCallback(() => setTries((count) => count + 1), []);
  const dismiss = useCallback(() => setJump(NONE), []);
  return { jump, again, dismiss };
}

async function look(
  room: RoomConnection,
  find: () => Element | null | undefined,
  signal: AbortSignal,
): Promise<Element | "absent" | "far"> {
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = find();
    if (found) return found;
    if (signal.aborted) return "absent";
    const hasMore = await room.loadOlder(PAGE);
    await rendered();
    if (!hasMore) return find() ?? "absent";
  }
  return find() ?? "far";
}

/** What comes into sight gets its height only then, and so may move the message once more. */
async function show(message: Element, leaveEnd: () => void): Promise<void> {
  leaveEnd();
  message.classList.add("pointed-at");
  setTimeout(() => message.classList.remove("pointed-at"), SHOWN_MS);
  bringIntoSight(message);
  await rendered();
  bringIntoSight(message);
}

function bringIntoSight(message: Element): void {
  const room = message.closest(".scroller")?.clientHeight ?? 0;
  message.scrollIntoView({ block: message.clientHeight < room ? "center" : "start" });
}

/** Two frames: what was changed is laid out then. */
async function rendered(): Promise<void> {
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
}
