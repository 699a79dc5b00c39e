import type { Command, HistoryPage, HistorySync } from "../../../protocol/commands";
import { accepted, type Outcome, refused } from "../../../protocol/errors";
import { LIMITS } from "../../../protocol/limits";
import type { Desk } from "../desk";
import { catchUp } from "../live/catch-up";
import type { Connection } from "../live/connection";
import { type Position, snapshot } from "../live/snapshot";
import { admit, cancel, confirm, guide, retry, sendMessage } from "./people-commands";
import { reachablePage } from "./queries";

/** Bytes of a page's messages: with what is around them, still a frame. */
const PAGE_BYTES = LIMITS.sentFrameBytes - 1024;

/**
 * Carries out a command for a connection and gives what its ack says. What reads from D1 is answered
 * later; everything else is done in order, before the next frame is looked at.
 */
export function perform(
  desk: Desk,
  connection: Connection,
  read: Command,
): Outcome<unknown> | Promise<Outcome<unknown>> {
  const { principal } = connection;
  switch (read.type) {
    case "chat:send":
      setTyping(desk, connection, false);
      return holdingUp(connection, sendMessage(desk, principal, read.data));
    case "chat:cancel": {
      const { turnId, reason } = read.data;
      return cancel(desk, principal, { ...(turnId && { turnId }), ...(reason && { reason }) });
    }
    case "chat:retry":
      return holdingUp(connection, retry(desk, principal, read.data.turnId));
    case "chat:guide":
      return guide(desk, principal, read.data);
    case "turn:confirm":
      return confirm(desk, principal, read.data);
    case "chat:typing":
      return typing(desk, connection, read.data.typing);
    case "task:join":
      return join(desk, connection, read.data);
    case "task:leave":
      return leave(desk, connection);
    case "history:sync":
      return sync(desk, connection, read.data);
  }
}

/** A stop that is sent after a message must not overtake it while the sender's meter is asked. */
function holdingUp<T>(connection: Connection, outcome: T | Promise<T>): T | Promise<T> {
  if (outcome instanceof Promise) connection.holdUp(outcome);
  return outcome;
}

function typing(desk: Desk, connection: Connection, on: boolean): Outcome<object> {
  const admitted = admit(desk, connection.principal, "write");
  if (!admitted.ok) return admitted;
  setTyping(desk, connection, on);
  return accepted({});
}

function setTyping(desk: Desk, connection: Connection, on: boolean): void {
  if (connection.typing === on) return;
  connection.attach({ typing: on });
  desk.presence.tell(connection, on ? "typing" : "idle");
}

/** The ack comes after what was missed: with it the client is caught up. */
function join(
  desk: Desk,
  connection: Connection,
  position: Position,
): Outcome<object> | Promise<Outcome<object>> {
  const admitted = admit(desk, connection.principal, "watch");
  if (!admitted.ok) return admitted;
  const { room, role } = admitted.value;
  desk.live.flush();
  if (!connection.joined) {
    connection.attach({ joined: true });
    desk.presence.tell(connection, "joined");
  }
  const { headSeq, epoch } = room.state.task;
  if (position.after === undefined)
    return accepted({ headSeq, epoch, state: snapshot(desk, role) });
  return catchUp(desk, connection, position, role).then(() => accepted({ headSeq, epoch }));
}

function leave(desk: Desk, connection: Connection): Outcome<object> {
  if (connection.joined) {
    setTyping(desk, connection, false);
    connection.attach({ joined: false });
    desk.presence.tell(connection, "left");
  }
  return accepted({});
}

async function sync(
  desk: Desk,
  connection: Connection,
  query: HistorySync,
): Promise<Outcome<HistoryPage>> {
  const admitted = admit(desk, connection.principal, "watch");
  if (!admitted.ok) return admitted;
  const limit = query.limit ?? LIMITS.defaultPageItems;
  const page = await reachablePage(desk, { ...query, limit }, PAGE_BYTES);
  if ("code" in page) return refused(page);
  const { headSeq } = admitted.value.room.state.task;
  return accepted({ messages: page.items, hasMore: page.hasMore, headSeq });
}
