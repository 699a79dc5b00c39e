import { cancelAll } from "../../engine/people";
import { erase } from "../../history/erase";
import { CLOSE } from "../../protocol/close-codes";
import { accepted, type Outcome } from "../../protocol/errors";
import type { Principal } from "../../protocol/identity";
import { toTimestamp } from "../../protocol/time";
import type { Desk } from "./desk";
import { admit } from "./people-commands";

/**
 * Erases a task (architecture: delete is final). The tombstone is committed first, so whatever
 * dies after it, the task is gone; the alarm erases what is left until nothing is.
 */
export async function removeTask(
  desk: Desk,
  principal: Principal,
  eraseStorage: () => Promise<void>,
): Promise<Outcome<null>> {
  const admitted = admit(desk, principal, "own");
  if (!admitted.ok) return admitted;
  desk.perform((draft) =>
    cancelAll(draft, { by: principal.userId, reason: "task deleted", last: true }),
  );
  desk.bury();
  for (const connection of desk.connections.all()) connection.close(CLOSE.deleted, "task deleted");
  await finishErasure(desk, eraseStorage).catch((error: unknown) => {
    console.error(JSON.stringify({ at: "erasure", error: String(error) }));
  });
  return accepted(null);
}

/** Erases D1's rows, then the room's own. Rejects where D1 can't be reached; said again, it goes on. */
export async function finishErasure(desk: Desk, eraseStorage: () => Promise<void>): Promise<void> {
  const taskId = desk.buriedTaskId;
  if (taskId === undefined || desk.deletedAt === undefined) return;
  await erase(desk.doors.db, taskId, toTimestamp(desk.deletedAt));
  await eraseStorage();
  desk.forget();
}
