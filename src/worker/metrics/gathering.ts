import { type MetricsShardApi, metricsShards } from "../../durable-objects/metrics-shard/api";
import { inTime } from "../../platform/in-time";
import { describeError, logError } from "../../platform/platform-log";
import { sumOf, type Tally, tally } from "../../platform/tally";

/** Milliseconds for which a shard may be silent; Prometheus itself waits for 10 s. */
const PATIENCE_MS = 5000;

/** What all shards have counted, and how many of them gave no answer. */
export async function gathered(env: Env): Promise<{ tally: Tally; missing: number }> {
  const asked = await Promise.allSettled(metricsShards(env).map(read));
  const failed = asked.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  if (failed.length > 0) {
    logError("metrics_shards_missing", {
      missing: failed.length,
      causes: describeError(failed[0]),
    });
  }
  const answers = asked.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  return { tally: sumOf(answers), missing: failed.length };
}

async function read(shard: MetricsShardApi): Promise<Tally> {
  return tally.parse(await inTime(PATIENCE_MS, () => shard.read()));
}
