import { refuse } from "../../../protocol/errors";
import { isExpired } from "../../../protocol/identity";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import { toTimestamp } from "../../../protocol/time";
import {
  type Position,
  readArrival,
  refusalResponse,
  welcomeResponse,
} from "../../sockets/arrival";
import type { Deadlines } from "../deadlines";
import { isRevoked, REVOKED } from "../keys/revoked";
import type { Mailbox } from "../news/mailbox";
import { Tables } from "../tables";
import { catchUp, placeOf, whyReset } from "./catch-up";
import { Device, type UserSockets } from "./user-sockets";

const EXPIRED = refuse("unauthorized", "The credential has expired.");

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
  if (isExpired(principal, now())) return refusalResponse(EXPIRED);
  if (isRevoked(Tables.find(ctx.storage), principal.keyId)) return refusalResponse(REVOKED);
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  const connectionId = newId("conn", now());
  const device = new Device(server, { connectionId, principal, behind: false });
  device.keep();
  sockets.letIn(device, () => welcome(doors, device, position));
  if (principal.expiresAt !== null) await doors.deadlines.atLatest(principal.expiresAt);
  return welcomeResponse(client);
}

function welcome(doors: MailboxDoors, device: Device, position: Position): void {
  greet(doors, device, position);
  doors.ctx.waitUntil(catchUp(doors, device, position));
}

function greet(doors: MailboxDoors, device: Device, position: Position): void {
  const tables = Tables.make(doors.ctx.storage);
  const state = doors.mailbox.state(tables);
  const goesOn = position.after !== undefined && whyReset(doors, tables, position) === undefined;
  device.send({
    type: "session:ready",
    ts: toTimestamp(doors.now()),
    data: { ...placeOf(doors, tables), unread: state.unread, ...(!goesOn && { state }) },
  });
}
