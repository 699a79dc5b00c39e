import { useMemo } from "preact/hooks";
import type { LogLevel } from "../../protocol/log-entry";
import type { LoggedEntry } from "../../protocol/rest/list-logs";
import { useRoom } from "../room/room-scope";
import { useAccount } from "../state/account";
import { useRoomEvent } from "../state/use-event";
import { usePages } from "../state/use-pages";

const PAGE = 200;

/** A task's log entries, oldest first: those that are kept, then those that come. */
export function useLogs(levels: readonly LogLevel[]) {
  const { client } = useAccount();
  const { room } = useRoom();
  const pages = usePages(`${room.taskId} ${levels.join()}`, (cursor) =>
    client.tasks.logs(room.taskId, {
      limit: PAGE,
      ...(cursor && { cursor }),
      ...(levels.length > 0 && { level: [...levels] }),
    }),
  );
  useRoomEvent(room, "log", ({ seq, data }) => {
    if (levels.length > 0 && !levels.includes(data.level)) return;
    pages.change((items) => withEntry(items, { ...data, seq }));
  });
  useRoomEvent(room, "history:reset", pages.reload);
  const entries = useMemo(() => pages.items?.toReversed(), [pages.items]);
  return { ...pages, entries };
}

/** Newest first; an entry that the page had already stays one. */
function withEntry(items: LoggedEntry[], entry: LoggedEntry): LoggedEntry[] {
  return items.some(({ seq }) => seq === entry.seq) ? items : [entry, ...items];
}
