import { increment } from "../../platform/metrics";
import { describeError, logError } from "../../platform/platform-log";
import type { UserRoomApi } from "../user-room/api";
import type { SessionActivity } from "./api";
import type { SessionDoor } from "./arrival/upgrade";
import type { Desk } from "./desk";
import type { Connection } from "./live/connection";

type SessionRoom = Pick<
  UserRoomApi,
  "openSession" | "confirmConnection" | "closeConnection" | "forgetTask"
>;

type Parts = {
  desk: Desk;
  roomOf(userId: string): SessionRoom;
  /** When a socket was last pinged; milliseconds since 1970, 0 where it never was. */
  pingedAt(ws: WebSocket): number;
};

/** What the users' own rooms are told of their sessions here; what gets lost they find out by asking. */
export class SessionReports {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What a handshake asks. */
  get door(): SessionDoor {
    const { desk, roomOf } = this.#parts;
    return {
      open: (input) => roomOf(input.userId).openSession(input),
      close: (userId, sessionId, connectionId) => {
        const now = desk.doors.now();
        this.#tell(userId, (room) => room.closeConnection(sessionId, connectionId, now));
      },
    };
  }

  /** A connection has sent its first command. */
  confirm(connection: Connection): void {
    const { sessionId, connectionId, principal } = connection.attached;
    connection.attach({ unconfirmed: false });
    if (sessionId === null) return;
    this.#tell(principal.userId, (room) => room.confirmConnection(sessionId, connectionId));
  }

  /** A socket has ended. */
  gone(ws: WebSocket): void {
    const { desk } = this.#parts;
    const connection = desk.connections.of(ws);
    if (!connection) return;
    desk.connections.remove(ws);
    desk.metrics.tell([increment("taskroom_connections_closed_total", { room: connection.kind })]);
    if (connection.attached.joined) desk.presence.tell(connection, "left");
    const { sessionId, connectionId, principal } = connection.attached;
    if (sessionId === null) return;
    const lastActiveAt = this.#lastActiveAt(connection);
    const tell = (room: SessionRoom) => room.closeConnection(sessionId, connectionId, lastActiveAt);
    this.#tell(principal.userId, tell);
  }

  activity(sessionIds: string[]): Record<string, SessionActivity> {
    const entries = sessionIds.map((id) => {
      const open = this.#parts.desk.connections.ofSession(id);
      const lastActiveAt = Math.max(0, ...open.map((connection) => this.#lastActiveAt(connection)));
      return [id, { connections: open.length, lastActiveAt }] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Members' sessions go with the task; what can't be told now expires by itself. */
  taskErased(): void {
    const { buriedTaskId, members } = this.#parts.desk.held;
    if (buriedTaskId === undefined) return;
    for (const userId of members) this.#tell(userId, (room) => room.forgetTask(buriedTaskId));
  }

  /** Commands and pings alike. */
  #lastActiveAt({ ws, attached }: Connection): number {
    return Math.max(attached.lastActiveAt, this.#parts.pingedAt(ws));
  }

  #tell(userId: string, say: (room: SessionRoom) => Promise<void>): void {
    const { desk, roomOf } = this.#parts;
    const told = say(roomOf(userId)).catch((error: unknown) => {
      logError("user_room_failed", { taskId: desk.taskId, causes: describeError(error) });
    });
    desk.hold(told);
  }
}
