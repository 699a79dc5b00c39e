import { inJurisdiction } from "../../platform/jurisdiction";
import type { Tally } from "../../platform/tally";

/** Keeps the counts of some of the service's objects. */
export interface MetricsShardApi {
  /** Adds what was counted since; said twice it counts twice, so nobody repeats it. */
  add(tally: Tally): Promise<void>;
  read(): Promise<Tally>;
}

/** Enough that no shard hears of more than some hundred batches a second where rooms are many. */
const SHARDS = 8;

export function metricsShards(env: Env): MetricsShardApi[] {
  return Array.from({ length: SHARDS }, (_, i) =>
    inJurisdiction(env, env.METRICS_SHARD).getByName(String(i)),
  );
}

/** The shard of an object, by its id: hexadecimal and as good as random. */
export function metricsShardOf(env: Env, objectId: string): MetricsShardApi {
  const shard = Number.parseInt(objectId.slice(0, 8), 16) % SHARDS;
  return inJurisdiction(env, env.METRICS_SHARD).getByName(String(shard));
}

/** Any shard, for those who are no object. */
export function anyMetricsShard(env: Env): MetricsShardApi {
  return inJurisdiction(env, env.METRICS_SHARD).getByName(
    String(Math.floor(Math.random() * SHARDS)),
  );
}
