import { renewLog } from "../../../engine/task/task-rules";
import type { Room } from "../../../engine/turn/room";
import { countMessagesBefore } from "../../../history/messages";
import { projectedTask } from "../../../history/operator/known-tasks";
import { type Projection, project } from "../../../history/projector";
import { describeError, logError } from "../../../platform/platform-log";
import { CLOSE } from "../../../protocol/close-codes";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import { newEpoch } from "../../../protocol/ids";
import type { Message } from "../../../protocol/message";
import type { Rewritten } from "../../../protocol/operator/reproject";
import type { Desk } from "../desk";
import { projectionOf } from "./projection";

/** Of one page: one batch of the database's. */
const PAGE = 200;
const PAGE_BYTES = 2 * 1024 * 1024;
const NO_TASK = refuse("not_found", "There is no such task.");
const ERASED = "The task was erased.";

/**
 * Writes into the database of the task's history all that the room has: the task, its members, and every
 * message that the room keeps; what the database has besides, where the room holds all there is, goes.
 * Again it changes nothing. Refuses without a task, and with `unavailable` where the database does not take it.
 */
export async function rewriteHistory(desk: Desk): Promise<Outcome<Rewritten>> {
  if (!desk.room) return refused(NO_TASK);
  try {
    // What the room let go of meanwhile as what the database has, the database may have lost.
    return accepted(await desk.cleanUp.during(() => rewrite(desk)));
  } catch (error) {
    logError("reproject_failed", { taskId: desk.taskId, causes: describeError(error) });
    return refused(desk.room ? refuse("unavailable", "The history takes nothing now.") : NO_TASK);
  }
}

async function rewrite(desk: Desk): Promise<Rewritten> {
  // What is still to be told is told as ever, so that all that is written here has been told before.
  await desk.feeds.d1.flush();
  if (await desk.history.write((database) => renewWhereOutrun(desk, database))) {
    await desk.feeds.d1.flush();
  }
  if (desk.feeds.d1.isFailing) throw new Error("The database does not take what is to be told.");
  const kept = desk.store.retention.messagesFrom();
  await desk.history.write((database) => writeSuperseded(desk, database));
  let after = Math.max(0, kept - 1);
  let messages = 0;
  for (let goesOn = true; goesOn; ) {
    const page = await desk.history.write((database) => writePage(desk, database, after));
    messages += page.messages;
    after = page.through;
    goesOn = page.hasMore;
  }
  const { room } = desk;
  if (!room) throw new Error(ERASED);
  const taskId = room.state.task.id;
  const written = { taskId, members: Object.keys(room.members), messages };
  if (kept === 0) return written;
  const stored = await countMessagesBefore(desk.history.forReading(), taskId, kept);
  return { ...written, databaseOnly: { beforeSeq: kept, stored } };
}

/**
 * Gives the log another epoch where the database has heard more of it than the room knows: the room's
 * storage was restored from an earlier time. Clients begin anew, and homes hear what is new as new.
 */
async function renewWhereOutrun(desk: Desk, database: D1Database): Promise<boolean> {
  const { taskId = "" } = desk;
  const stored = await projectedTask(database, taskId);
  const { epoch, headSeq = 0 } = desk.room?.state.task ?? {};
  if (!stored || stored.epoch !== epoch || stored.projectedSeq <= headSeq) return false;
  logError("room_went_back", { taskId, headSeq, told: stored.projectedSeq });
  desk.perform((draft) => renewLog(draft, newEpoch(desk.doors.now())));
  for (const connection of desk.connections.all()) connection.close(CLOSE.restart, "restored");
  return true;
}

type Page = { messages: number; through: number; hasMore: boolean };

/** The next page, as of what the database has been told; nothing else is told meanwhile. */
async function writePage(desk: Desk, database: D1Database, after: number): Promise<Page> {
  const { store } = desk;
  let page: Page = { messages: 0, through: after, hasMore: false };
  await projectAsTold(desk, database, (room, told) => {
    const range = { afterSeq: after, beforeSeq: told + 1, limit: PAGE, bytes: PAGE_BYTES };
    const { items, hasMore } = store.messages.read({ superseded: true }, range);
    const wholeFrom = store.retention.messagesFrom({ superseded: true });
    // Past what it was told the database has only what is of a life that the room has lost.
    const through = (hasMore && items.at(-1)?.seq) || Number.MAX_SAFE_INTEGER;
    page = { messages: items.length, through, hasMore };
    return {
      ...projectionOf(room, { events: [], through: told }),
      messages: items,
      superseded: marksOf(items),
      // Of those that were superseded the database may have what the room does not.
      only: { fromSeq: Math.max(after + 1, wholeFrom), throughSeq: through },
    };
  });
  return page;
}

/** What the log still says of messages that the room may not have any more. */
async function writeSuperseded(desk: Desk, database: D1Database): Promise<void> {
  for (const events of desk.store.log.after(0)) {
    const marks = events.filter(({ type }) => type === "messages:superseded");
    if (marks.length === 0) continue;
    await projectAsTold(desk, database, (room, told) => {
      const known = marks.filter(({ seq }) => seq <= told);
      return projectionOf(room, { events: known, through: told });
    });
  }
}

/**
 * Writes what the room has, as of what its outbox has told the database: what it had just told when this
 * began to write, it may know only now. Rejects where the database is ahead of the room.
 */
async function projectAsTold(
  { held, feeds }: Desk,
  database: D1Database,
  projectionAt: (room: Room, told: number) => Projection,
): Promise<void> {
  for (;;) {
    const { room } = held;
    if (!room) throw new Error(ERASED);
    const told = feeds.d1.position;
    if (await project(database, projectionAt(room, told))) return;
    if (feeds.d1.position === told) throw new Error("The database is ahead of the room.");
  }
}

function marksOf(messages: readonly Message[]) {
  return messages.flatMap(({ id, supersededBy: by }) =>
    by === undefined ? [] : [{ by, messageIds: [id] }],
  );
}
