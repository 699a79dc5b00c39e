import { increment } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import { CLOSE } from "../../../protocol/close-codes";
import { type Command, command } from "../../../protocol/commands";
import { type ErrorCode, type Outcome, refuse, refused } from "../../../protocol/errors";
import { isTooBig, readFrame } from "../../sockets/frame";
import { replyTo } from "../../sockets/reply";
import { activityKeptForMs } from "../arrival/departure";
import type { Desk } from "../desk";
import type { Acknowledged, RoomConnection } from "../live/connection";
import { doCommand } from "./socket-commands";

/** One frame from a socket: read, counted, done, answered. Never relayed. */
export function handleFrame(
  desk: Desk,
  connection: RoomConnection,
  frame: string | ArrayBuffer,
): void {
  desk.doors.fault("frame received");
  const now = desk.doors.now();
  if (connection.isExpired(now)) {
    expel(desk, connection, "unauthorized", "token expired");
    return;
  }
  if (isTooBig(frame)) {
    expel(desk, connection, "payload_too_large", "frame too big");
    return;
  }
  connection.touch(now, activityKeptForMs(desk));
  const read = readFrame(command, frame);
  if (read.command) count(desk, connection, read.command, now);
  else if (connection.limiter.malformed(now)) {
    answer(desk, connection, read.ref, refused(read.refusal));
  } else expel(desk, connection, "invalid_request", "too many malformed frames");
}

function count(desk: Desk, connection: RoomConnection, read: Command, now: number): void {
  const verdict = connection.limiter.command(now);
  if (verdict.verdict === "close") expel(desk, connection, "rate_limited", "flooding");
  else if (verdict.verdict === "limited") {
    const { retryAfterMs } = verdict;
    const refusal = refuse("rate_limited", "Too many commands.", { retryAfterMs });
    answer(desk, connection, read.id, refused(refusal));
  } else answerCommand(desk, connection, read);
}

function answerCommand(desk: Desk, connection: RoomConnection, read: Command): void {
  const { id } = read;
  const broken = (error: unknown) => {
    const { requestId } = connection.principal;
    const ids = { requestId, taskId: desk.taskId };
    logError("command_failed", { ...ids, command: read.type, causes: describeError(error) });
    const refusal = refuse("internal", "Something went wrong on our side.");
    answer(desk, connection, id, refused(refusal));
  };
  try {
    const outcome = connection.inOrder(() => carryOut(desk, connection, read));
    if (!(outcome instanceof Promise)) answer(desk, connection, id, outcome);
    else desk.hold(outcome.then((late) => answer(desk, connection, id, late)).catch(broken));
  } catch (error) {
    broken(error);
  }
}

/** What had to wait is looked at again (SPEC S6): its connection may have been cut off meanwhile. */
function carryOut(
  desk: Desk,
  connection: RoomConnection,
  read: Command,
): ReturnType<typeof doCommand> {
  const isExpired = connection.isExpired(desk.doors.now());
  if (isExpired) connection.close(CLOSE.unauthorized, "token expired");
  const isHeard = !isExpired && !connection.isCutOff;
  return isHeard ? doCommand(desk, connection, read) : refused(CUT_OFF);
}

const CUT_OFF = refuse("unauthorized", "The connection was closed before this was done.");

/** The close code of contract section 4 for what ends a connection. */
const ENDS = {
  unauthorized: CLOSE.unauthorized,
  payload_too_large: CLOSE.tooBig,
  invalid_request: CLOSE.malformed,
  rate_limited: CLOSE.flooding,
} as const;

function expel(
  desk: Desk,
  connection: RoomConnection,
  code: keyof typeof ENDS,
  reason: string,
): void {
  connection.close(ENDS[code], reason);
  countRefusal(desk, code);
}

function countRefusal({ metrics }: Desk, code: ErrorCode): void {
  metrics.tell([increment("taskroom_refusals_total", { via: "socket", code })]);
}

function answer(
  desk: Desk,
  connection: RoomConnection,
  ref: string | undefined,
  outcome: Outcome<Acknowledged>,
): void {
  // Whoever is answered has heard what was before.
  desk.presence.flush();
  const reply = replyTo(ref, outcome);
  if (reply) connection.send(reply);
  if (!outcome.ok) countRefusal(desk, outcome.refusal.code);
}
