import { describeError, logError } from "../../../platform/platform-log";
import type { Outcome } from "../../../protocol/errors";
import type { OpenedSession, OpenSession, UserRoomApi } from "../../user-room/api";
import type { RoomConnection } from "../live/connection";
import { Openings } from "./openings";

type Asked = Pick<UserRoomApi, "closeConnection" | "confirmConnection" | "forgetTask">;

type Parts = {
  open(input: OpenSession): Promise<Outcome<OpenedSession>>;
  userRoom: (userId: string) => Asked;
  hold: (work: Promise<unknown>) => void;
  taskId: () => string | undefined;
};

/** What a task's room asks of its users' rooms, which own the sessions, and tells them of. */
export class SessionDoor {
  readonly #parts: Parts;
  /** Upgrades that wait for the user's room. */
  readonly underWay = new Openings();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  open(input: OpenSession): Promise<Outcome<OpenedSession>> {
    return this.#parts.open(input);
  }

  /** A connection is gone; `lastActiveAt` in milliseconds since 1970. */
  close(
    {
      userId,
      sessionId,
      connectionId,
    }: { userId: string; sessionId: string; connectionId: string },
    lastActiveAt: number,
  ): void {
    const room = this.#parts.userRoom(userId);
    this.#report(() => room.closeConnection(sessionId, connectionId, lastActiveAt));
  }

  /** A connection has sent its first command. */
  confirm({ attached, principal }: RoomConnection): void {
    const { sessionId, connectionId } = attached;
    if (sessionId === null) return;
    const room = this.#parts.userRoom(principal.userId);
    this.#report(() => room.confirmConnection(sessionId, connectionId));
  }

  /** A task is gone with its sessions. */
  forget(userId: string, taskId: string): void {
    const room = this.#parts.userRoom(userId);
    this.#report(() => room.forgetTask(taskId));
  }

  /** What gets lost the user's room finds out by asking. */
  #report(tell: () => Promise<void>): void {
    const told = tell().catch((error: unknown) => {
      logError("user_room_failed", { taskId: this.#parts.taskId(), causes: describeError(error) });
    });
    this.#parts.hold(told);
  }
}
