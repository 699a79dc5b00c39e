import { describeError, logError } from "../../platform/platform-log";
import { CLOSE } from "../../protocol/close-codes";
import { LIMITS } from "../../protocol/limits";
import type { Position } from "./arrival";
import type { Connection, SocketAttachment } from "./connection";
import { drained } from "./draining";
import { Replay } from "./replay";

/** Bytes unsent at which a replay waits, and down to which it waits. */
const ENOUGH_BYTES = LIMITS.unsentBytes / 2;
const DRAINED_BYTES = LIMITS.unsentBytes / 4;

/** Where a replay goes on: after this number, and whether the client has just got a snapshot. */
export type Place = { after: number; hasSnapshot: boolean };

/** The end of a replay. */
export type Arrived = {
  /** Nothing has happened since the client got a snapshot. */
  hasSnapshot: boolean;
  /** It took time: what is not in the log may have happened meanwhile. */
  waited: boolean;
};

/** A room as a replay sees it: what one connection may have missed of it. */
export type Missed = {
  /** Milliseconds since 1970. */
  now(): number;
  /** The last number of the log. */
  head(): number;
  /** Where to go on from a position; sends a snapshot where only that can help. */
  startFrom(position: Position): Place;
  /** The frames with what comes after a number, oldest first, and the last number in them. */
  framesAfter(after: number): Iterable<{ frames: string[]; lastSeq: number }>;
  /** Whether the connection may still hear the room; cuts it off where not. */
  mayHear(): boolean;
  /** Sends what is momentary. */
  sendMomentary(arrived: Arrived): void;
};

/**
 * Brings a connection from its position to now (contract section 4, resume rule): what it missed of
 * the log, then what is momentary. It hears nothing else until it is there: the last look at the
 * log, what is momentary and the end of the replay have no await between them. One replay at a time:
 * whoever asks again meanwhile waits for the same one. Gives whether the connection has caught up.
 */
export function catchUp(
  connection: Connection<SocketAttachment, never>,
  missed: Missed,
  position: Position,
): Promise<boolean> {
  if (connection.replay) return connection.replay.done;
  const replay = new Replay();
  connection.replay = replay;
  const failed = (error: unknown) => {
    const { requestId } = connection.principal;
    logError("replay_failed", { requestId, causes: describeError(error) });
    if (!replay.isStopped) connection.close(CLOSE.restart, "restart");
  };
  run(connection, { missed, position, replay })
    .catch(failed)
    .finally(() => replay.stop());
  return replay.done;
}

type Run = { missed: Missed; position: Position; replay: Replay };

async function run(
  connection: Connection<SocketAttachment, never>,
  { missed, position, replay }: Run,
): Promise<void> {
  let place = missed.startFrom(position);
  for (let waited = false; ; waited = true) {
    let { after } = place;
    if (!hasEnough(connection)) after = sendSome(connection, missed, after);
    if (after >= missed.head() && !hasEnough(connection)) {
      missed.sendMomentary({ hasSnapshot: place.hasSnapshot, waited });
      end(connection, replay);
      return;
    }
    connection.attach({ behind: true });
    if (!(await drained(connection, DRAINED_BYTES, missed.now))) return;
    if (replay.isStopped || !missed.mayHear()) return;
    // While the socket drained, the room may have let go of what comes next.
    place = missed.startFrom({ after });
  }
}

function end(connection: Connection<SocketAttachment, never>, replay: Replay): void {
  if (replay.isStopped) return;
  connection.replay = undefined;
  connection.attach({ behind: false });
  replay.succeed();
}

/** Sends what was missed until the socket has enough or there is no more; gives how far it came. */
function sendSome(
  connection: Connection<SocketAttachment, never>,
  missed: Missed,
  after: number,
): number {
  let sent = 0;
  let reached = after;
  for (const { frames, lastSeq } of missed.framesAfter(after)) {
    for (const frame of frames) {
      connection.push(frame);
      sent += frame.length;
    }
    reached = lastSeq;
    if (sent > ENOUGH_BYTES || hasEnough(connection)) break;
  }
  return reached;
}

function hasEnough({ unsent }: Connection<SocketAttachment, never>): boolean {
  return unsent.isOver(ENOUGH_BYTES);
}
