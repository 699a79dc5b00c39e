import { increment } from "../../../platform/metrics";
import type { Desk } from "../desk";
import type { RoomConnection } from "../live/connection";
import { unharmed } from "../unharmed";
import type { SessionDoor } from "./session-door";

/** The most by which the end of a session may be late after a wake, and its part of the idle time. */
const KEPT_MS = 60_000;
const KEPT_PART = 120;

/** How old what a socket's attachment says of its last activity may be; milliseconds. */
export function activityKeptForMs({ doors }: Desk): number {
  return Math.min(KEPT_MS, doors.settings.SESSION_IDLE_MS / KEPT_PART);
}

/** When a connection was last active, by commands and pings alike; milliseconds since 1970. */
export function lastActiveAt(
  ctx: DurableObjectState,
  desk: Desk,
  connection: RoomConnection,
): number {
  const pinged = ctx.getWebSocketAutoResponseTimestamp(connection.ws)?.getTime() ?? 0;
  return Math.max(connection.lastActiveAt(desk.doors.now(), activityKeptForMs(desk)), pinged);
}

/**
 * A connection has gone, or was closed here. Those who stay hear of it and its session's place is
 * free, each whatever becomes of the other, and at once: its client may take long to answer a close.
 */
export function depart(
  desk: Desk,
  connection: RoomConnection,
  { sessions, activeAt }: { sessions: SessionDoor; activeAt: number },
): void {
  const { attached, kind, principal } = connection;
  const { sessionId, connectionId } = attached;
  const { userId } = principal;
  const tellAll = () => {
    unharmed("presence_failed", desk.taskId, () => {
      if (attached.joined) desk.presence.tell(connection, "left");
    });
    unharmed("session_not_closed", desk.taskId, () => {
      if (sessionId !== null) sessions.close({ userId, sessionId, connectionId }, activeAt);
    });
    desk.metrics.tell([increment("taskroom_connections_closed_total", { room: kind })]);
  };
  // Not in the middle of what is just being sent to everybody.
  desk.hold(Promise.resolve().then(tellAll));
}
