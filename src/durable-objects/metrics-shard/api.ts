import { inJurisdiction } from "../../platform/jurisdiction";
import type { LevelReport, Levels } from "../../platform/levels";
import type { Reading, Recorded } from "../../platform/recorded";
import type { Tally } from "../../platform/tally";
import type { BoardWindow } from "../../protocol/operator/board";

/** Keeps the counts of some of the service's objects. */
export interface MetricsShardApi {
  /** Adds what was counted since; said twice it counts twice, so nobody repeats it. `from`: who says it, with its levels. */
  add(tally: Tally, from?: LevelReport): Promise<void>;
  read(): Promise<Reading>;
  /** What was added in each part of a window that ends with the bucket of `now`, in milliseconds since 1970. */
  recorded(window: BoardWindow, now: number): Promise<Recorded>;
}

/** Enough that no shard hears of more than some hundred batches a second where rooms are many. */
const SHARDS = 8;
/** Of an object's id, which is as good as random: as much as tells the objects of a shard apart. */
const NAME_CHARS = 16;

export function metricsShards(env: Env): MetricsShardApi[] {
  return Array.from({ length: SHARDS }, (_, i) => shardAt(env, i));
}

/** Tells the shard of an object, by its id: hexadecimal and as good as random. */
export function tellShard(env: Env, objectId: string, tally: Tally, values: Levels): Promise<void> {
  const shard = shardAt(env, Number.parseInt(objectId.slice(0, 8), 16) % SHARDS);
  return shard.add(tally, { object: objectId.slice(0, NAME_CHARS), values });
}

/** Any shard, for those who are no object and have no levels. */
export function anyMetricsShard(env: Env): MetricsShardApi {
  return shardAt(env, Math.floor(Math.random() * SHARDS));
}

/** That of the sweep, which says how large the databases are: its levels are to replace each other. */
export function sweepShard(env: Env): MetricsShardApi {
  return shardAt(env, 0);
}

function shardAt(env: Env, index: number): MetricsShardApi {
  // The platform's RPC types recurse without end over records, so the interface stands in.
  return inJurisdiction(env, env.METRICS_SHARD).getByName(String(index));
}
