import { cancelAll } from "../../../engine/task/people";
import { RULES } from "../../../engine/turn/limits";
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
  desk.bury();
  for (const connection of desk.connections.all()) connection.close(CLOSE.deleted, "task deleted");
  await goOnErasing(desk, eraseStorage, principal.requestId);
  return accepted(null);
}

/** Does what is left of an erasure, or as much of it as can be done now. Never rejects. */
export async function goOnErasing(
  desk: Desk,
  eraseStorage: () => Promise<void>,
  requestId?: string,
): Promise<void> {
  const taskId = desk.buriedTaskId;
  await finishErasure(desk, eraseStorage).catch((error: unknown) => {
    const causes = describeError(error);
    logError("erasure_failed", { requestId, taskId, causes });
  });
}

const LONGEST_WAIT_MS = 10 * 60 * 1000;

/** When to go on with an erasure: after as long as it has taken so far. Milliseconds since 1970. */
export function nextErasure(now: number, deletedAt: number): number {
  const wait = Math.max(RULES.checkEveryMs, now - deletedAt);
  return now + Math.min(wait, LONGEST_WAIT_MS);
}

/** Milliseconds for which the erasure waits for members' rooms that can't be reached. */
const GOODBYE_MS = 24 * 60 * 60 * 1000;

/**
 * Tells the members, erases D1's rows, then the room's own. Rejects where somebody can't be reached;
 * said again, it goes on.
 */
async function finishErasure(desk: Desk, eraseStorage: () => Promise<void>): Promise<void> {
  const taskId = desk.buriedTaskId;
  if (taskId === undefined || desk.deletedAt === undefined) return;
  // Each is tried, whatever becomes of the other.
  const [told, erased] = await Promise.allSettled([
    desk.sayGoodbye(),
    erase(desk.doors.db, taskId, toTimestamp(desk.deletedAt)),
  ]);
  if (erased.status === "rejected") throw erased.reason;
  const waits = desk.doors.now() < desk.deletedAt + GOODBYE_MS;
  if (told.status === "rejected" && waits) throw told.reason;
  await eraseStorage();
  desk.forget();
}
