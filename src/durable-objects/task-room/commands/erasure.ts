import { erasedAt } from "../../../engine/task/ephemeral";
import { cancelAll } from "../../../engine/task/people";
import { erase } from "../../../history/erase";
import { describeError, logError } from "../../../platform/platform-log";
import { CLOSE } from "../../../protocol/close-codes";
import { accepted, type Outcome } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { toTimestamp } from "../../../protocol/time";
import type { Desk } from "../desk";
import { permit } from "./permit";

/**
 * Erases a task (architecture: delete is final). The tombstone is committed first, so whatever
 * dies after it, the task is gone; the alarm erases what is left until nothing is.
 */
export async function removeTask(
  desk: Desk,
  principal: Principal,
  eraseStorage: () => Promise<void>,
): Promise<Outcome<null>> {
  const permitted = permit(desk, principal, "own");
  if (!permitted.ok) return permitted;
  desk.perform((draft) =>
    cancelAll(draft, { by: principal.userId, reason: "task deleted", last: true }),
  );
  bury(desk);
  await goOnErasing(desk, eraseStorage, principal.requestId);
  return accepted(null);
}

/** From here on the task is gone for everybody. Throws where that cannot be written. */
function bury(desk: Desk): void {
  desk.held.bury(desk.doors.now());
  desk.attempts.abortAll();
  desk.alarm.arm();
  for (const connection of desk.connections.all()) connection.close(CLOSE.deleted, "task deleted");
}

/** Begins the erasure of an ephemeral task whose day is over; what comes after it is a deletion's. */
export function buryIfOver(desk: Desk, now: number): void {
  const at = desk.room && erasedAt(desk.room);
  if (at !== undefined && at <= now) bury(desk);
}

/** Does what is left of an erasure, or as much of it as can be done now. Never rejects. */
export async function goOnErasing(
  desk: Desk,
  eraseStorage: () => Promise<void>,
  requestId?: string,
): Promise<void> {
  const taskId = desk.held.buriedTaskId;
  await finishErasure(desk, eraseStorage).catch((error: unknown) => {
    const causes = describeError(error);
    logError("erasure_failed", { requestId, taskId, causes });
  });
  desk.alarm.arm();
}

/** Milliseconds for which the erasure waits for members' rooms, and for meters, that can't be reached. */
const GOODBYE_MS = 24 * 60 * 60 * 1000;

/**
 * Tells the members and the meters, erases the rows of the history and lets go of files, then erases the room's own.
 * Rejects where somebody can't be reached; said again, it goes on.
 */
async function finishErasure(desk: Desk, eraseStorage: () => Promise<void>) {
  const { doors, feeds, held } = desk;
  const { buriedTaskId: taskId, known: room, deletedAt } = held;
  if (!room || taskId === undefined || deletedAt === undefined) return;
  // Each is tried, whatever becomes of the others.
  const [told, counted, ...left] = await Promise.allSettled([
    feeds.sayGoodbye(room, deletedAt),
    feeds.settleUsage(),
    eraseHistory(desk, taskId, toTimestamp(deletedAt)),
    desk.files.release(taskId),
  ]);
  for (const erased of left) if (erased.status === "rejected") throw erased.reason;
  doors.fault("files released");
  const waits = doors.now() < deletedAt + GOODBYE_MS;
  for (const heard of [told, counted]) if (heard.status === "rejected" && waits) throw heard.reason;
  await eraseStorage();
  held.forget();
}

/** In every database that may have rows of it. Rejects where one is not bound or does not answer. */
async function eraseHistory({ history }: Desk, taskId: string, at: string): Promise<void> {
  const all = history.forErasing().map((database) => erase(database, taskId, at));
  const failed = (await Promise.allSettled(all)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
