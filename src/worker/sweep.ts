import { dropExpiredKeys } from "../history/idempotency";
import { overdueTasks } from "../history/overdue";
import { databasesOf } from "../history/shards/databases";
import { measureFills } from "../history/shards/fills";
import { describeError, logError } from "../platform/platform-log";
import { settingsOf } from "./current-settings";
import { sweepFiles } from "./files/sweep-files";
import { taskRoom } from "./rooms/ask";

/** Rooms woken per minute, of all databases: well within a scheduled event's requests. */
const ROOMS = 200;
const KEYS = 1000;

/** Wakes rooms whose deadline passed although their alarm did not come; `now` in milliseconds since 1970. */
export async function sweep(env: Env, now: number): Promise<void> {
  const databases = databasesOf(env);
  const rooms = Math.ceil(ROOMS / databases.size);
  const wakes = [...databases].map(([shard, db]) =>
    attempt("sweep_failed", () => wakeOverdue(env, db, { now, rooms }), { shard }),
  );
  await Promise.all([
    ...wakes,
    attempt("fills_not_measured", async () => {
      await measureFills(databases, { now, capacity: settingsOf(env).HISTORY_SHARD_BYTES });
    }),
    attempt("files_not_swept", () => sweepFiles(env, now)),
    attempt("key_cleanup_failed", () => dropExpiredKeys(env.DB, now, KEYS)),
  ]);
}

/** One database that does not answer keeps no room of another from being woken. */
async function wakeOverdue(
  env: Env,
  db: D1Database,
  { now, rooms }: { now: number; rooms: number },
): Promise<void> {
  const overdue = await overdueTasks(db, now, rooms);
  await Promise.all(
    overdue.map((taskId) => attempt("wake_failed", () => taskRoom(env, taskId).wake(), { taskId })),
  );
}

/** One failure must not keep the others from their turn. */
async function attempt(
  event: string,
  work: () => Promise<void>,
  of: { taskId?: string; shard?: string } = {},
): Promise<void> {
  try {
    await work();
  } catch (error) {
    logError(event, { ...of, causes: describeError(error) });
  }
}
