import { once } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import { jsonBytes } from "../../../protocol/bytes";
import {
  accepted,
  type Outcome,
  type Problem,
  problemOf,
  type Refusal,
  refuse,
  refused,
} from "../../../protocol/errors";
import {
  type Principal,
  principal as principalSchema,
  type Role,
} from "../../../protocol/identity";
import { newId } from "../../../protocol/ids";
import { parseJson } from "../../../protocol/json";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import type { OpenedSession, OpenSession } from "../../user-room/api";
import { EPOCH_HEADER, FEED_HEADER, PRINCIPAL_HEADER, RECOVERY_HEADER } from "../api";
import { admit } from "../commands/people-commands";
import type { Desk } from "../desk";
import { catchUp, sendReset } from "../live/catch-up";
import { Connection } from "../live/connection";
import { type Position, ROOM_LIMITS, snapshot, whyReset } from "../live/snapshot";

/** What an upgrade asks of the user's room. */
export type SessionDoor = {
  open(input: OpenSession): Promise<Outcome<OpenedSession>>;
  /** The connection came to nothing after all. */
  close(userId: string, sessionId: string, connectionId: string): void;
};

type Arrival = {
  principal: Principal;
  recoveryToken: string | undefined;
  position: Position;
  /** The worker holds it for an event stream: it has no session and sends nothing. */
  isFeed: boolean;
};

/**
 * The handshake of contract section 4: a refused one is an HTTP problem, never a 101. The worker
 * has proven the principal; the session is the user's room's to give.
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
  const opened = await open(desk, arrival, connectionId, sessions);
  if (!opened.ok) return refusalResponse(opened.refusal);
  const sessionId = opened.value?.session.id ?? null;
  // The room may have changed while the session was opened.
  const admitted = admit(desk, principal, "watch");
  if (!admitted.ok) {
    if (sessionId !== null) sessions.close(principal.userId, sessionId, connectionId);
    return refusalResponse(admitted.refusal);
  }
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  const connection = new Connection(server, {
    connectionId,
    sessionId,
    principal,
    joined: true,
    typing: false,
    behind: true,
    unconfirmed: opened.value?.resumed ?? false,
    lastActiveAt: desk.doors.now(),
  });
  connection.attach({});
  desk.connections.add(connection);
  desk.metrics.tell([once("taskroom_connections_opened_total", { room: connection.kind })]);
  welcome(desk, connection, arrival.position, { opened: opened.value, role: admitted.value.role });
  const { epoch } = admitted.value.room.state.task;
  const headers = { [EPOCH_HEADER]: epoch };
  return new Response(null, { status: 101, webSocket: client, headers });
}

async function open(
  desk: Desk,
  { principal, recoveryToken, isFeed }: Arrival,
  connectionId: string,
  sessions: SessionDoor,
): Promise<Outcome<OpenedSession | undefined>> {
  const admitted = admit(desk, principal, "watch");
  if (!admitted.ok) return admitted;
  if (desk.connections.size >= LIMITS.connectionsPerRoom) {
    return refused(refuse("unavailable", "The room is full."));
  }
  const { userId, requestId } = principal;
  if (isFeed) return mayFeed(desk, userId);
  const taskId = admitted.value.room.state.task.id;
  const token = recoveryToken === undefined ? {} : { recoveryToken };
  try {
    return await sessions.open({ userId, taskId, connectionId, ...token });
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

type Welcome = { opened: OpenedSession | undefined; role: Role };

/** The first frame, then what was missed; from then on the room's events. */
function welcome(
  desk: Desk,
  connection: Connection,
  position: Position,
  { opened, role }: Welcome,
): void {
  desk.live.flush();
  if (opened) greet(desk, connection, position, { opened, role });
  else if (position.after === undefined) sendReset(desk, connection, role, "the stream begins");
  desk.hold(catchUp(desk, connection, position, role));
  desk.presence.tell(connection, "joined");
  desk.alarm.arm();
}

function greet(
  desk: Desk,
  connection: Connection,
  position: Position,
  { opened, role }: { opened: OpenedSession; role: Role },
): void {
  const { room } = desk;
  if (!room) return;
  const { headSeq, epoch } = room.state.task;
  const goesOn = position.after !== undefined && whyReset(desk, position) === undefined;
  const presence = desk.connections.presence();
  const state = goesOn ? undefined : snapshot(desk, role, jsonBytes(presence));
  connection.send({
    type: "session:ready",
    ts: toTimestamp(desk.doors.now()),
    data: {
      sessionId: opened.session.id,
      recoveryToken: opened.recoveryToken,
      resumed: opened.resumed,
      expiresAt: opened.session.expiresAt,
      headSeq,
      epoch,
      ...(state && { state }),
      presence,
      limits: ROOM_LIMITS,
    },
  });
}

export function readArrival(request: Request): Arrival | undefined {
  const header = request.headers.get(PRINCIPAL_HEADER);
  if (request.headers.get("Upgrade") !== "websocket" || header === null) return undefined;
  const json = parseJson(decodeURIComponent(header));
  const principal = json.ok ? principalSchema.safeParse(json.value) : undefined;
  if (!principal?.success) return undefined;
  const query = new URL(request.url).searchParams;
  const after = query.get("after");
  return {
    principal: principal.data,
    recoveryToken: request.headers.get(RECOVERY_HEADER) ?? undefined,
    position: {
      ...(after !== null && { after: Number(after) }),
      epoch: query.get("epoch") ?? undefined,
    },
    isFeed: request.headers.has(FEED_HEADER),
  };
}

export function refusalResponse(refusal: Refusal): Response {
  const problem: Problem = problemOf(refusal);
  return Response.json(problem, {
    status: problem.status,
    headers: { "Content-Type": "application/problem+json" },
  });
}
