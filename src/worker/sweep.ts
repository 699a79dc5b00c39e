import { sweepShard } from "../durable-objects/metrics-shard/api";
import { dropExpiredKeys } from "../history/idempotency";
import { overdueTasks } from "../history/overdue";
import { databasesOf } from "../history/shards/databases";
import { measureFills } from "../history/shards/fills";
import { inTime } from "../platform/in-time";
import { databaseKey, type Levels } from "../platform/levels";
import { describeError, logError } from "../platform/platform-log";
import { counted, NOTHING_COUNTED } from "../platform/tally";
import { settingsOf } from "./current-settings";
import { sweepFiles } from "./files/sweep-files";
import { taskRoom } from "./rooms/ask";

/** Rooms woken per minute, of all databases: well within a scheduled event's requests. */
const ROOMS = 200;
const KEYS = 1000;
/** Milliseconds that a shard of the metrics may take to hear of it. */
const PATIENCE_MS = 5000;

/** Wakes rooms whose deadline passed although their alarm did not come; `now` in milliseconds since 1970. */
export async function sweep(env: Env, now: number): Promise<void> {
  const databases = databasesOf(env);
  const rooms = Math.ceil(ROOMS / databases.size);
  const wakes = [...databases].map(([shard, db]) =>
    attempt("sweep_failed", () => wakeOverdue(env, db, { now, rooms }), { shard }),
  );
  const [overdue, values] = await Promise.all([
    Promise.all(wakes),
    attempt("fills_not_measured", () => fillsOf(env, databases, now)),
    attempt("files_not_swept", () => sweepFiles(env, now)),
    attempt("key_cleanup_failed", () => dropExpiredKeys(env.DB, now, KEYS)),
  ]);
  const value = overdue.reduce<number>((sum, one = 0) => sum + one, 0);
  await attempt("metrics_failed", () => tell(env, value, values));
}

/** What the board shows of it. */
async function tell(env: Env, value: number, values: Levels | undefined): Promise<void> {
  const observation = { metric: "taskroom_overdue_rooms_total", labels: {}, value } as const;
  const tally = value > 0 ? counted(NOTHING_COUNTED, observation) : NOTHING_COUNTED;
  // Without a measure what was known of the databases stands.
  const report = values && { object: "sweep", values };
  await inTime(PATIENCE_MS, () => sweepShard(env).add(tally, report));
}

/** How full each database is that answers, as a share of what it may hold. */
async function fillsOf(
  env: Env,
  databases: ReadonlyMap<string, D1Database>,
  now: number,
): Promise<Levels> {
  const capacity = settingsOf(env).HISTORY_SHARD_BYTES;
  const sized = await measureFills(databases, { now, capacity });
  return Object.fromEntries(sized.map(({ name, bytes }) => [databaseKey(name), bytes / capacity]));
}

/** One database that does not answer keeps no room of another from being woken. Gives how many were overdue. */
async function wakeOverdue(
  env: Env,
  db: D1Database,
  { now, rooms }: { now: number; rooms: number },
): Promise<number> {
  const overdue = await overdueTasks(db, now, rooms);
  await Promise.all(
    overdue.map((taskId) => attempt("wake_failed", () => taskRoom(env, taskId).wake(), { taskId })),
  );
  return overdue.length;
}

/** One failure must not keep the others from their turn. */
async function attempt<T>(
  event: string,
  work: () => Promise<T>,
  of: { taskId?: string; shard?: string } = {},
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    logError(event, { ...of, causes: describeError(error) });
    return undefined;
  }
}
