import { checkDatabase } from "../history/health";
import { inTime } from "../platform/in-time";
import { describeError, logError } from "../platform/platform-log";

/** Milliseconds for which a look at D1 is kept, whatever it saw: everybody may ask, as often as they like. */
const KEPT_MS = 5000;
/** Milliseconds that D1 may take before it counts as one that does not answer. */
const PATIENCE_MS = 5000;

// An isolate has one database. A request never waits for another's look: that could be cut off.
const looks = new WeakMap<D1Database, { healthy: boolean; until: number }>();

/** Whether D1 answers, by the last look at it. */
export async function isHealthy(db: D1Database, now: number): Promise<boolean> {
  const last = looks.get(db);
  if (last && now < last.until) return last.healthy;
  // Others go by what was seen last while this request looks again.
  if (last) last.until = now + PATIENCE_MS;
  const healthy = await look(db);
  looks.set(db, { healthy, until: Date.now() + KEPT_MS });
  return healthy;
}

async function look(db: D1Database): Promise<boolean> {
  try {
    await inTime(PATIENCE_MS, () => checkDatabase(db));
    return true;
  } catch (error) {
    logError("health_check_failed", { causes: describeError(error) });
    return false;
  }
}
