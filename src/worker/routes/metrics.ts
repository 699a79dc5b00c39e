import { Hono } from "hono";
import type { AppEnv } from "../context";
import { CONTENT_TYPE, exposition, gauge } from "../metrics/exposition";
import { gathered } from "../metrics/gathering";
import { historyFills } from "../metrics/histories";
import { adminOnly } from "../middleware/admin-only";
import { authentication } from "../middleware/authentication";
import { rateLimit } from "../middleware/rate-limit";

/** What the service has counted, for Prometheus. */
export const metrics = new Hono<AppEnv>();

metrics.get("/", authentication, rateLimit, adminOnly, async (c) => {
  const [{ tally, missing }, histories] = await Promise.all([
    gathered(c.env),
    historyFills(c.env, Date.now()),
  ]);
  const missingGauge = gauge(
    "taskroom_metrics_shards_missing",
    "Shards that gave no answer; with one missing all other metrics are left out.",
    missing,
  );
  // A sum without one of its parts is too small, which Prometheus would take for a restart.
  const text = missing === 0 ? missingGauge + exposition(tally) + histories : missingGauge;
  return c.body(text, 200, {
    "Content-Type": CONTENT_TYPE,
    "Cache-Control": "no-store",
  });
});
