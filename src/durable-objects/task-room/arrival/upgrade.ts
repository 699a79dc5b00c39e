import { inTime } from "../../../platform/in-time";
import { increment } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import { jsonBytes } from "../../../protocol/bytes";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import { isExpired, type Principal } from "../../../protocol/identity";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import {
  type Arrival,
  type Position,
  readArrival,
  refusalResponse,
  welcomeResponse,
} from "../../sockets/arrival";
import type { OpenedSession } from "../../user-room/api";
import { permit } from "../commands/permit";
import type { Desk } from "../desk";
import { catchUp, sendReset } from "../live/catch-up";
import { RoomConnection } from "../live/connection";
import { ROOM_LIMITS, snapshot, whyReset } from "../live/snapshot";
import type { SessionDoor } from "./session-door";

/** Milliseconds that the user's room may take to answer. */
const PATIENCE_MS = 10_000;
const REVOKED = refuse("unauthorized", "The credential or session was revoked.");
const EXPIRED = refuse("unauthorized", "The credential has expired.");

/**
 * The handshake of contract section 4: a refused one gets its refusal, never a 101. The worker has
 * proven the principal; the session is the user's room's to give.
 */
export async function upgrade(
  ctx: DurableObjectState,
  desk: Desk,
  request: Request,
  sessions: SessionDoor,
): Promise<Response> {
  const arrival = readArrival(request);
  if (!arrival) return refusalResponse(refuse("invalid_request", "Not a WebSocket upgrade."));
  const { principal } = arrival;
  const connectionId = newId("conn", desk.doors.now());
  sessions.underWay.begin(connectionId);
  const opened = await open(desk, arrival, connectionId, sessions);
  const sessionId = (opened.ok && opened.value?.session.id) || null;
  const isRevoked = sessions.underWay.end(connectionId, [principal.keyId, sessionId ?? undefined]);
  if (!opened.ok) return refusalResponse(opened.refusal);
  // The room may have changed while the session was opened.
  const permitted = isRevoked ? refused(REVOKED) : mayWatch(desk, principal);
  if (!permitted.ok) {
    const { userId } = principal;
    if (sessionId !== null) {
      sessions.close({ userId, sessionId, connectionId }, desk.doors.now());
    }
    return refusalResponse(permitted.refusal);
  }
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  const connection = RoomConnection.arrived(server, {
    connectionId,
    sessionId,
    principal,
    joined: true,
    typing: false,
    behind: false,
    unconfirmed: opened.value?.resumed ?? false,
    lastActiveAt: desk.doors.now(),
  });
  desk.metrics.tell([increment("taskroom_connections_opened_total", { room: connection.kind })]);
  desk.connections.letIn(connection, () =>
    welcome(desk, connection, arrival.position, opened.value),
  );
  return welcomeResponse(client, permitted.value.room.state.task.epoch);
}

/** A stream is opened anew with the credential that it began with, which may have run out since. */
function mayWatch(desk: Desk, principal: Principal): ReturnType<typeof permit> {
  return isExpired(principal, desk.doors.now())
    ? refused(EXPIRED)
    : permit(desk, principal, "watch");
}

async function open(
  desk: Desk,
  { principal, recoveryToken, isFeed }: Arrival,
  connectionId: string,
  sessions: SessionDoor,
): Promise<Outcome<OpenedSession | undefined>> {
  const permitted = mayWatch(desk, principal);
  if (!permitted.ok) return permitted;
  if (desk.connections.size >= LIMITS.connectionsPerRoom) {
    return refused(refuse("unavailable", "The room is full."));
  }
  const { userId, keyId, requestId, near } = principal;
  if (isFeed) return mayFeed(desk, userId);
  const taskId = permitted.value.room.state.task.id;
  const given = {
    ...(recoveryToken !== undefined && { recoveryToken }),
    ...(keyId && { keyId }),
    ...(near && { near }),
  };
  try {
    const input = { userId, taskId, connectionId, ...given };
    return await inTime(PATIENCE_MS, () => sessions.open(input));
  } catch (error) {
    logError("session_not_opened", { requestId, taskId, causes: describeError(error) });
    return refused(refuse("unavailable", "The session could not be opened. Try again."));
  }
}

/** Feeds have no session that counts them, so the room does. */
function mayFeed(desk: Desk, userId: string): Outcome<undefined> {
  const feeds = desk.connections
    .all()
    .filter(({ attached, principal }) => !attached.sessionId && principal.userId === userId);
  if (feeds.length < LIMITS.connectionsPerSession) return accepted(undefined);
  return refused(refuse("session_limit", "Too many event streams of this task are open."));
}

/** The first frame, then what was missed; from then on the room's events. */
function welcome(
  desk: Desk,
  connection: RoomConnection,
  position: Position,
  opened: OpenedSession | undefined,
): void {
  desk.live.flush();
  if (opened) greet(desk, connection, position, opened);
  else if (position.after === undefined) sendReset(desk, connection, "the stream begins");
  const marksEnd = !opened || position.after !== undefined;
  desk.hold(catchUp(desk, connection, position, { marksEnd }));
  desk.presence.tell(connection, "joined");
  desk.alarm.arm();
}

function greet(
  desk: Desk,
  connection: RoomConnection,
  position: Position,
  { session, recoveryToken, resumed }: OpenedSession,
): void {
  const { room } = desk;
  if (!room) return;
  const { headSeq, epoch } = room.state.task;
  const goesOn = position.after !== undefined && whyReset(desk, position) === undefined;
  const presence = desk.connections.presence();
  const shown = goesOn ? undefined : snapshot(desk, connection, jsonBytes(presence));
  connection.send({
    type: "session:ready",
    ts: toTimestamp(desk.doors.now()),
    data: {
      sessionId: session.id,
      userId: session.userId,
      recoveryToken,
      resumed,
      expiresAt: session.expiresAt,
      headSeq,
      epoch,
      ...shown,
      presence,
      limits: ROOM_LIMITS,
    },
  });
}
