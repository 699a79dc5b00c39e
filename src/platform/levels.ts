import * as z from "zod";
import { joined, keyOf, seriesIn } from "./series-key";

/** What goes up and down, as an object last told it: how much of something there is now. */
export const LEVELS = {
  taskroom_turns_open: {
    help: "Turns that are open: in a queue, at work, or waiting for somebody.",
    labels: { state: ["queued", "working", "waiting"] },
  },
  taskroom_connections_open: {
    help: "Sockets that are open.",
    labels: { room: ["task", "stream", "user"] },
  },
  taskroom_sessions_connected: { help: "Sessions that have an open socket.", labels: {} },
  taskroom_outboxes_failing: {
    help: "Rooms of which a destination did not take the last batch.",
    labels: { destination: ["d1", "users", "meters"] },
  },
} as const;

export type LevelName = keyof typeof LEVELS;
export const LEVEL_NAMES = Object.keys(LEVELS) as LevelName[];

/** Values by series, as a tally's. What is not there is 0. */
export const levels = z.record(z.string(), z.number().min(0));
export type Levels = z.infer<typeof levels>;

/** What one object tells of itself; it stands until the object tells something else. */
export const levelReport = z.object({ object: z.string().min(1).max(64), values: levels });
export type LevelReport = z.infer<typeof levelReport>;

type LabelsOf<N extends LevelName> = {
  [L in keyof (typeof LEVELS)[N]["labels"]]: (typeof LEVELS)[N]["labels"][L] extends readonly (infer V)[]
    ? V
    : never;
};

/** How much there is of one series. */
export type Level = {
  [N in LevelName]: { level: N; labels: LabelsOf<N>; value: number };
}[LevelName];

/** Levels by series, without those that are nothing. */
export function levelsOf(all: readonly Level[]): Levels {
  return Object.fromEntries(
    all
      .filter(({ value }) => value > 0)
      .map(({ level, labels, value }) => [keyOf(level, seriesWith(labels)), value]),
  );
}

/** Of one label at most, so that there is no order of them. */
function seriesWith(labels: Record<string, string>): string {
  return Object.entries(labels).reduce((head, [name, value]) => joined(head, name, value), "");
}

/** A database is named by its binding, of which a deployment has a few. */
const DATABASE = /^taskroom_history_full_ratio\{shard="([A-Z][A-Z0-9_]{0,63})"\}$/;

/** How full a database is, which the sweep tells: a share of what it may hold. */
export function databaseKey(binding: string): string {
  return keyOf("taskroom_history_full_ratio", `shard="${binding}"`);
}

/** Of which database a series says how full it is. */
export function databaseIn(key: string): string | undefined {
  return DATABASE.exec(key)?.[1];
}

const known = new Set(
  LEVEL_NAMES.flatMap((name) => seriesIn(LEVELS[name].labels).map((series) => keyOf(name, series))),
);

/** Only what is known today and more than nothing: another version may know other levels. */
export function knownLevels(given: Levels): Levels {
  const kept = Object.entries(given).filter(
    ([key, value]) => value > 0 && (known.has(key) || DATABASE.test(key)),
  );
  return Object.fromEntries(kept);
}

export function sumOfLevels(all: Iterable<Levels>): Levels {
  const sum: Levels = {};
  for (const one of all) {
    for (const [key, value] of Object.entries(one)) sum[key] = (sum[key] ?? 0) + value;
  }
  return sum;
}
