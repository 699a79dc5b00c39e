import { type MetricsShardApi, metricsShards } from "../../durable-objects/metrics-shard/api";
import { inTime } from "../../platform/in-time";
import { type Levels, sumOfLevels } from "../../platform/levels";
import { describeError, logError } from "../../platform/platform-log";
import { reading, recorded } from "../../platform/recorded";
import { sumOf, type Tally } from "../../platform/tally";
import type { BoardWindow } from "../../protocol/operator/board";

/** Milliseconds for which a shard may be silent; Prometheus itself waits for 10 s. */
const PATIENCE_MS = 5000;

/** What all shards have counted and what there is now, and how many of them gave no answer. */
export async function gathered(
  env: Env,
): Promise<{ tally: Tally; levels: Levels; missing: number }> {
  const { answers, missing } = await asked(env, async (shard) =>
    reading.parse(await inTime(PATIENCE_MS, () => shard.read())),
  );
  return {
    tally: sumOf(answers),
    levels: sumOfLevels(answers.map(({ levels }) => levels)),
    missing,
  };
}

/** What each shard has recorded of a window that ends now. */
export function gatheredParts(env: Env, window: BoardWindow, now: number) {
  return asked(env, async (shard) =>
    recorded.parse(await inTime(PATIENCE_MS, () => shard.recorded(window, now))),
  );
}

async function asked<T>(
  env: Env,
  ask: (shard: MetricsShardApi) => Promise<T>,
): Promise<{ answers: T[]; missing: number }> {
  const settled = await Promise.allSettled(metricsShards(env).map(ask));
  const failed = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  if (failed.length > 0) {
    logError("metrics_shards_missing", {
      missing: failed.length,
      causes: describeError(failed[0]),
    });
  }
  const answers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  return { answers, missing: failed.length };
}
