import type { Command } from "../../../protocol/commands";
import type { HistoryPage, HistorySync } from "../../../protocol/commands/history-sync";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import { LIMITS } from "../../../protocol/limits";
import type { Position } from "../../sockets/arrival";
import type { Desk } from "../desk";
import { catchUp } from "../live/catch-up";
import type { Acknowledged, RoomConnection } from "../live/connection";
import { type Snapshot, snapshot } from "../live/snapshot";
import { edit } from "./edit";
import { note } from "./note";
import { cancel, confirm, giveOutput, guide, retry, sendMessage } from "./people-commands";
import { permit } from "./permit";
import { reachablePage } from "./queries";
import { regenerate } from "./regenerate";

/** Bytes of a page's messages: with what is around them, still a frame. */
const PAGE_BYTES = LIMITS.sentFrameBytes - 1024;

/**
 * Does a command for a connection and gives what its ack says. What reads from D1 is answered
 * later; everything else is done in order, before the next frame is looked at.
 */
export function doCommand(
  desk: Desk,
  connection: RoomConnection,
  read: Command,
): Outcome<Acknowledged> | Promise<Outcome<Acknowledged>> {
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
    case "chat:regenerate":
      return holdingUp(connection, regenerate(desk, principal, read.data.turnId));
    case "chat:edit":
      setTyping(desk, connection, false);
      return holdingUp(connection, edit(desk, principal, read.data));
    case "chat:note":
      setTyping(desk, connection, false);
      return holdingUp(connection, note(desk, principal, read.data));
    case "chat:guide":
      return guide(desk, principal, read.data);
    case "turn:confirm":
      return confirm(desk, principal, read.data);
    case "tool:output":
      return giveOutput(desk, principal, read.data);
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

/** A stop that is sent after a message must not overtake it while the sender's meter or home is asked. */
function holdingUp<T>(connection: RoomConnection, outcome: T | Promise<T>): T | Promise<T> {
  if (outcome instanceof Promise) connection.holdUp(outcome);
  return outcome;
}

function typing(
  desk: Desk,
  connection: RoomConnection,
  on: boolean,
): Outcome<Record<string, never>> {
  const permitted = permit(desk, connection.principal, "write");
  if (!permitted.ok) return permitted;
  setTyping(desk, connection, on);
  return accepted({});
}

export function setTyping(desk: Desk, connection: RoomConnection, on: boolean): void {
  if (connection.typing === on) return;
  connection.attach({ typing: on });
  desk.presence.tell(connection, on ? "typing" : "idle");
}

/**
 * The ack comes after what was missed: with it the client is caught up. One that is being told of it
 * already is told nothing twice; its ack comes at the end all the same.
 */
function join(
  desk: Desk,
  connection: RoomConnection,
  position: Position,
): Outcome<Joined> | Promise<Outcome<Joined>> {
  const permitted = permit(desk, connection.principal, "watch");
  if (!permitted.ok) return permitted;
  const isBack = !connection.joined;
  if (isBack) {
    desk.presence.flush();
    connection.attach({ joined: true });
    desk.presence.tell(connection, "joined");
  }
  const withState = position.after === undefined;
  if (withState && !connection.replay) {
    if (isBack) desk.presence.settle(connection);
    return accepted(placeOf(desk, connection, { withState }));
  }
  return catchUp(desk, connection, position, { isBack }).then((arrived) =>
    arrived ? accepted(placeOf(desk, connection, { withState })) : refused(LEFT),
  );
}

type Joined = { headSeq: number; epoch: string } & Partial<Snapshot>;

const LEFT = refuse("conflict", "The connection left before it had caught up.");

function placeOf(
  desk: Desk,
  connection: RoomConnection,
  { withState }: { withState: boolean },
): Joined {
  desk.live.flush();
  const { headSeq = 0, epoch = "" } = desk.room?.state.task ?? {};
  const shown = withState ? snapshot(desk, connection) : undefined;
  return { headSeq, epoch, ...shown };
}

function leave(desk: Desk, connection: RoomConnection): Outcome<Record<string, never>> {
  if (connection.joined) {
    setTyping(desk, connection, false);
    // What it was owed of others' coming and going during a replay it is still owed.
    if (connection.hears) desk.presence.beginOwing(connection);
    connection.stopReplay();
    connection.attach({ joined: false, behind: false });
    desk.presence.tell(connection, "left");
  }
  return accepted({});
}

async function sync(
  desk: Desk,
  connection: RoomConnection,
  query: HistorySync,
): Promise<Outcome<HistoryPage>> {
  const permitted = permit(desk, connection.principal, "watch");
  if (!permitted.ok) return permitted;
  const limit = query.limit ?? LIMITS.defaultPageItems;
  const page = await reachablePage(desk, { ...query, limit }, PAGE_BYTES);
  if ("code" in page) return refused(page);
  const { headSeq } = permitted.value.room.state.task;
  return accepted({ messages: page.items, hasMore: page.hasMore, headSeq });
}
