import type { EndCode, RoomConnection } from "../../client";
import { Button } from "../parts/button";
import { Link } from "../routing/link";
import { useSelected } from "../state/use-selected";

const NO_SUCH_TASK = "There is no such task, or it was not shared with you.";
const SAID: Partial<Record<EndCode, string>> = {
  deleted: "This task was deleted.",
  removed: "You are no longer a member of this task.",
  not_found: NO_SUCH_TASK,
  // Of an address, nothing but the task's id can be wrong.
  invalid_request: NO_SUCH_TASK,
  session_limit: "You are connected in as many places as you may be. Close one of them.",
  session_expired: "Nothing happened here for a long time, so the session has ended.",
};
/** Nothing brings the room back. */
export const FINAL: readonly EndCode[] = ["deleted", "removed", "not_found", "invalid_request"];

/** Why the connection has ended for good, and what can be done about it. */
export function EndedNotice({ room }: { room: RoomConnection }) {
  const ended = useSelected(room, ({ connection }) =>
    connection.state === "closed" ? connection : undefined,
  );
  if (!ended) return null;
  const { code, reason } = ended.closed;
  return (
    <div class="problem notice" role="alert">
      <p>{SAID[code] ?? (reason || "The server has ended the connection.")}</p>
      <div class="row">
        {!FINAL.includes(code) && (
          <Button onClick={() => room.reconnectNow()}>Connect again</Button>
        )}
        <Link to={{ at: "home" }}>To the tasks</Link>
        {code === "session_limit" && <Link to={{ at: "sessions" }}>To the sessions</Link>}
      </div>
    </div>
  );
}
