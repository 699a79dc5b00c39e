import { databasesOf } from "../../history/shards/databases";
import { knownFills } from "../../history/shards/fills";
import { databaseKey, type Levels } from "../../platform/levels";
import { settingsOf } from "../current-settings";
import { gauges } from "./exposition";

/** How full each database is now, as the board has it; those that do not answer are left out. */
export async function fillLevels(env: Env, now: number): Promise<Levels> {
  const capacity = settingsOf(env).HISTORY_SHARD_BYTES;
  const fills = await knownFills(databasesOf(env), { now, capacity });
  return Object.fromEntries(
    fills.flatMap(({ name, bytes, answers }) =>
      answers ? [[databaseKey(name), bytes / capacity]] : [],
    ),
  );
}

/** How full each database is that has tasks' histories. One that does not answer is shown as it was last known. */
export async function historyFills(env: Env, now: number): Promise<string> {
  const capacity = settingsOf(env).HISTORY_SHARD_BYTES;
  const fills = await knownFills(databasesOf(env), { now, capacity });
  const samples = (of: (fill: (typeof fills)[number]) => number) =>
    fills.map((fill) => ({ series: `shard="${fill.name}"`, value: of(fill) }));
  return [
    gauges(
      "taskroom_history_bytes",
      "Size of a database of histories.",
      samples(({ bytes }) => bytes),
    ),
    gauges(
      "taskroom_history_full_ratio",
      "Its size as a share of HISTORY_SHARD_BYTES; from 0.9 on new tasks go elsewhere.",
      samples(({ bytes }) => bytes / capacity),
    ),
    gauges(
      "taskroom_history_up",
      "Whether it answered when it was last asked for its size, 1 or 0.",
      samples(({ answers }) => (answers ? 1 : 0)),
    ),
  ].join("");
}
