import { describeError, logError } from "../../../platform/platform-log";
import { CLOSE } from "../../../protocol/close-codes";
import { handleFrame } from "../commands/frame-handler";
import type { Desk } from "../desk";
import { catchUp } from "../live/catch-up";
import { depart, lastActiveAt } from "./departure";
import type { SessionDoor } from "./session-door";

export type SocketRoom = {
  ctx: DurableObjectState;
  desk: Desk;
  sessions: SessionDoor;
  /** Goes on with what an earlier instance left. */
  recover(): void;
};

/** Sees to the room's sockets: those that go, and those that can't keep up. */
export function attend({ ctx, desk, sessions }: SocketRoom): void {
  const { connections, fanOut } = desk;
  const head = desk.room?.state.task.headSeq ?? 0;
  fanOut.watch((connection, after) => desk.hold(catchUp(desk, connection, { after })), head);
  connections.watch((connection) =>
    depart(desk, connection, { sessions, activeAt: lastActiveAt(ctx, desk, connection) }),
  );
}

/** A frame has come. Never throws: a connection that can't be served has to come back. */
export function receive(
  { desk, sessions, recover }: SocketRoom,
  ws: WebSocket,
  frame: string | ArrayBuffer,
): void {
  const connection = desk.connections.of(ws);
  // Closed here: what its client sent before it heard so is not carried out.
  if (!connection) return;
  try {
    // Whatever woke the object, a lost turn goes on first.
    recover();
    handleFrame(desk, connection, frame);
    if (!connection.attached.unconfirmed) return;
    connection.attach({ unconfirmed: false });
    sessions.confirm(connection);
  } catch (error) {
    const { requestId } = connection.principal;
    logError("frame_failed", { requestId, taskId: desk.taskId, causes: describeError(error) });
    connection.close(CLOSE.restart, "restart");
  }
}
