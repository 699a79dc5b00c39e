import { refuse } from "../../../protocol/errors";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import type { UserMomentaryEvent } from "../../../protocol/user-events";
import { readArrival, refusalResponse } from "../../task-room/arrival/upgrade";
import { drained, ENOUGH_BYTES } from "../../task-room/live/catch-up";
import { Connection } from "../../task-room/live/connection";
import { packed } from "../../task-room/live/fan-out";
import type { Position } from "../../task-room/live/snapshot";
import type { Deadlines } from "../deadlines";
import { isRevoked, REVOKED } from "../keys/revoked";
import type { Mailbox } from "../news/mailbox";
import { Tables } from "../tables";
import type { UserSockets } from "./user-sockets";

export type MailboxDoors = {
  ctx: DurableObjectState;
  now: () => number;
  sockets: UserSockets;
  mailbox: Mailbox;
  deadlines: Deadlines;
};

/** The handshake of contract section 7: as a task's, without a session. */
export async function upgradeMailbox(doors: MailboxDoors, request: Request): Promise<Response> {
  const arrival = readArrival(request);
  if (!arrival) return refusalResponse(refuse("invalid_request", "Not a WebSocket upgrade."));
  const { ctx, sockets, now } = doors;
  if (sockets.size >= LIMITS.connectionsPerUser) {
    return refusalResponse(refuse("session_limit", "Too many devices are connected."));
  }
  const { principal, position } = arrival;
  if (isRevoked(Tables.find(ctx.storage), principal.keyId)) return refusalResponse(REVOKED);
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  const connection = new Connection(server, {
    connectionId: newId("conn", now()),
    sessionId: null,
    principal,
    joined: true,
    typing: false,
    behind: true,
    unconfirmed: false,
    lastActiveAt: now(),
  });
  connection.attach({});
  sockets.add(connection);
  greet(doors, connection, position);
  ctx.waitUntil(catchUp(doors, connection, position));
  if (principal.expiresAt !== null) await doors.deadlines.atLatest(principal.expiresAt);
  return new Response(null, { status: 101, webSocket: client });
}

function greet(doors: MailboxDoors, connection: Connection, position: Position): void {
  const tables = Tables.make(doors.ctx.storage);
  const state = doors.mailbox.state(tables);
  const goesOn = position.after !== undefined && whyReset(doors, tables, position) === undefined;
  send(connection, {
    type: "session:ready",
    ts: toTimestamp(doors.now()),
    data: { ...placeOf(doors, tables), unread: state.unread, ...(!goesOn && { state }) },
  });
}

/** Sends what was missed; the device hears nothing else until it is there. */
async function catchUp(
  doors: MailboxDoors,
  connection: Connection,
  { after, epoch }: Position,
): Promise<void> {
  const tables = Tables.make(doors.ctx.storage);
  let from = after ?? tables.log.bounds().last;
  for (;;) {
    const reason = whyReset(doors, tables, { after: from, epoch });
    if (reason !== undefined) {
      sendReset(doors, connection, tables, reason);
      break;
    }
    from = sendLog(connection, tables, from);
    if (from >= tables.log.bounds().last && connection.unsent <= ENOUGH_BYTES) break;
    if (!(await drained(connection, doors.now))) return;
  }
  connection.attach({ behind: false });
}

function sendLog(connection: Connection, tables: Tables, after: number): number {
  let from = after;
  let sent = 0;
  for (const events of tables.log.after(after)) {
    const frame = packed(events);
    connection.sendText(frame);
    sent += frame.length;
    from = events.at(-1)?.seq ?? from;
    if (Math.max(sent, connection.unsent) > ENOUGH_BYTES) break;
  }
  return from;
}

function sendReset(
  doors: MailboxDoors,
  connection: Connection,
  tables: Tables,
  reason: string,
): void {
  const state = doors.mailbox.state(tables);
  const { unread } = state;
  const data = { ...placeOf(doors, tables), unread, state, reason };
  send(connection, { type: "history:reset", ts: toTimestamp(doors.now()), data });
}

function send(connection: Connection, event: UserMomentaryEvent): void {
  connection.send(event);
}

function placeOf({ now }: MailboxDoors, { log }: Tables): { headSeq: number; epoch: string } {
  return { headSeq: log.bounds().last, epoch: log.epoch(now()) };
}

/** Why a device can't go on from where it was; nothing where it can. */
function whyReset(
  doors: MailboxDoors,
  tables: Tables,
  { after, epoch }: Position,
): string | undefined {
  if (after === undefined) return undefined;
  const { first, last } = tables.log.bounds();
  if (epoch !== undefined && epoch !== placeOf(doors, tables).epoch)
    return "the log is another one";
  if (after > last) return "the position is ahead of the log";
  if (after < last && after + 1 < first) return "the position is older than what is kept";
  return undefined;
}
