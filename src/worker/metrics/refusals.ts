import { anyMetricsShard } from "../../durable-objects/metrics-shard/api";
import { increment } from "../../platform/metrics";
import { counted, NOTHING_COUNTED } from "../../platform/tally";
import type { ErrorCode } from "../../protocol/errors";
import type { AppContext } from "../context";

/** How long refusals gather: a flood of them costs one call a second and isolate. */
const WINDOW_MS = 1000;

// Of all requests of this isolate. A request that is cut off takes its batch with it, nothing more.
let gathering = NOTHING_COUNTED;
let tellAt = 0;

/** Counts a request that was refused; best effort, as all counting. */
export function countRefusal(c: AppContext, code: ErrorCode): void {
  const { via = "rest" } = c.var;
  gathering = counted(gathering, increment("taskroom_refusals_total", { via, code }));
  const now = Date.now();
  if (now < tellAt) return;
  try {
    c.executionCtx.waitUntil(tellSoon(c.env));
    tellAt = now + WINDOW_MS;
  } catch {
    // Without a context nothing would hold the call; it goes with the next.
  }
}

async function tellSoon(env: Env): Promise<void> {
  await scheduler.wait(WINDOW_MS);
  const batch = gathering;
  gathering = NOTHING_COUNTED;
  if (batch === NOTHING_COUNTED) return;
  try {
    await anyMetricsShard(env).add(batch);
  } catch {
    // Told again it might count twice.
  }
}
