import { dropExpiredKeys } from "../history/idempotency";
import { overdueTasks } from "../history/overdue";
import { describeError, logError } from "../platform/platform-log";
import { taskRoom } from "./rooms/ask";

/** Rooms woken per minute: well within a scheduled event's requests. */
const ROOMS = 200;
const KEYS = 1000;

/** Wakes rooms whose deadline passed although their alarm did not come; `now` in milliseconds since 1970. */
export async function sweep(env: Env, now: number): Promise<void> {
  await Promise.all([
    attempt("sweep_failed", () => wakeOverdue(env, now)),
    attempt("key_cleanup_failed", () => dropExpiredKeys(env.DB, now, KEYS)),
  ]);
}

async function wakeOverdue(env: Env, now: number): Promise<void> {
  const overdue = await overdueTasks(env.DB, now, ROOMS);
  await Promise.all(
    overdue.map((id) => attempt("wake_failed", () => taskRoom(env, id).wake(), id)),
  );
}

/** One failure must not keep the others from their turn. */
async function attempt(event: string, work: () => Promise<void>, taskId?: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    logError(event, { taskId, causes: describeError(error) });
  }
}
