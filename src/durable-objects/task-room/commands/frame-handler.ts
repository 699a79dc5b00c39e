import { increment } from "../../../platform/metrics";
import { describeError, logError } from "../../../platform/platform-log";
import { CLOSE } from "../../../protocol/close-codes";
import { type Command, command, frameReference } from "../../../protocol/commands";
import {
  type ErrorCode,
  issuesOf,
  type Outcome,
  type Refusal,
  refuse,
  refused,
} from "../../../protocol/errors";
import { parseJson } from "../../../protocol/json";
import { LIMITS } from "../../../protocol/limits";
import type { Desk } from "../desk";
import type { Connection } from "../live/connection";
import { doCommand } from "./socket-commands";

/** One frame from a socket: read, counted, done, answered. Never relayed, never thrown. */
export function handleFrame(desk: Desk, connection: Connection, frame: string | ArrayBuffer): void {
  desk.doors.fault("frame received");
  const now = desk.doors.now();
  if (connection.isExpired(now)) {
    connection.close(CLOSE.unauthorized, "token expired");
    countRefusal(desk, "unauthorized");
    return;
  }
  if (isTooBig(frame)) {
    connection.close(CLOSE.tooBig, "frame too big");
    countRefusal(desk, "payload_too_large");
    return;
  }
  connection.attach({ lastActiveAt: now });
  const read = readFrame(frame);
  if (!read.command) {
    answerMalformed(desk, connection, read);
    return;
  }
  const { id } = read.command;
  const verdict = connection.limiter.command(now);
  if (verdict.verdict === "close") {
    connection.close(CLOSE.flooding, "flooding");
    countRefusal(desk, "rate_limited");
  } else if (verdict.verdict === "limited") {
    const { retryAfterMs } = verdict;
    const refusal = refuse("rate_limited", "Too many commands.", { retryAfterMs });
    answer(desk, connection, id, refused(refusal));
  } else answerCommand(desk, connection, read.command);
}

function answerCommand(desk: Desk, connection: Connection, read: Command): void {
  const { id } = read;
  const broken = (error: unknown) => {
    const { requestId } = connection.principal;
    const ids = { requestId, taskId: desk.taskId };
    logError("command_failed", { ...ids, command: read.type, causes: describeError(error) });
    const refusal = refuse("internal", "Something went wrong on our side.");
    answer(desk, connection, id, refused(refusal));
  };
  try {
    const outcome = connection.inOrder(() => doCommand(desk, connection, read));
    if (!(outcome instanceof Promise)) answer(desk, connection, id, outcome);
    else desk.hold(outcome.then((late) => answer(desk, connection, id, late)).catch(broken));
  } catch (error) {
    broken(error);
  }
}

type ReadFrame =
  | { command: Command }
  | { command: undefined; ref: string | undefined; refusal: Refusal };

function readFrame(frame: string | ArrayBuffer): ReadFrame {
  if (typeof frame !== "string") return malformed("frames are text, not binary");
  const json = parseJson(frame);
  if (!json.ok) return malformed(json.message, refOf(json.value));
  const read = command.safeParse(json.value);
  if (read.success) return { command: read.data };
  const refusal = refuse("invalid_request", "The frame is not a valid command.", {
    issues: issuesOf(read.error),
  });
  return { command: undefined, ref: refOf(json.value), refusal };
}

function malformed(message: string, ref?: string): ReadFrame {
  const refusal = refuse("invalid_request", message, { issues: [{ path: "", message }] });
  return { command: undefined, ref, refusal };
}

/** Whom to answer, where that much of a frame can be read. */
export function refOf(value: unknown): string | undefined {
  return frameReference.safeParse(value).data?.id;
}

function answerMalformed(
  desk: Desk,
  connection: Connection,
  { ref, refusal }: Extract<ReadFrame, { command: undefined }>,
): void {
  if (connection.limiter.malformed(desk.doors.now())) {
    answer(desk, connection, ref, refused(refusal));
    return;
  }
  connection.close(CLOSE.malformed, "too many malformed frames");
  countRefusal(desk, refusal.code);
}

function countRefusal({ metrics }: Desk, code: ErrorCode): void {
  metrics.tell([increment("taskroom_refusals_total", { via: "socket", code })]);
}

function answer(
  desk: Desk,
  connection: Connection,
  ref: string | undefined,
  outcome: Outcome<unknown>,
): void {
  // Whoever is answered has heard what was before.
  desk.presence.flush();
  const to = ref === undefined ? {} : { ref };
  if (!outcome.ok) {
    connection.send({ type: "error", ...to, error: outcome.refusal });
    countRefusal(desk, outcome.refusal.code);
  } else if (ref !== undefined) connection.send({ type: "ack", ref, data: outcome.value ?? {} });
}

export function isTooBig(frame: string | ArrayBuffer): boolean {
  if (typeof frame !== "string") return frame.byteLength > LIMITS.frameBytes;
  // UTF-8 takes at most three bytes per UTF-16 unit, so most frames need no counting.
  if (frame.length * 3 <= LIMITS.frameBytes) return false;
  return new TextEncoder().encode(frame).byteLength > LIMITS.frameBytes;
}
