import type { Hearing } from "../../src/agents/voice";
import type { Settings } from "../../src/platform/settings";
import type { StepEnd, StepRequest } from "../../src/resources/step";
import type { StepFiles } from "../../src/resources/step-files";
import type { Hops } from "./hops";

type Model = (
  request: StepRequest,
  hearing: Hearing,
  signal: AbortSignal,
  files: StepFiles,
) => Promise<StepEnd | undefined>;

export const D1_MODES = ["up", "down", "slow", "fails after its commit", "full"] as const;
export const ALARM_MODES = ["as set", "late", "doubled", "throwing", "broken"] as const;
export const STORAGE_MODES = ["well", "refuses commits", "refuses alarms", "refuses all"] as const;
export const REACH_MODES = ["up", "down", "answers are lost"] as const;

export const BUCKET_MODES = [...REACH_MODES, "none"] as const;

export type StorageMode = (typeof STORAGE_MODES)[number];
type ReachMode = (typeof REACH_MODES)[number];

/** Rows that a room wrote, alarms that it set, and those that came. */
export type RoomTally = { rowsWritten: number; alarmsSet: number; alarms: number };

const untouched = () => ({
  /** Milliseconds by which the clock is ahead. */
  clockAheadMs: 0,
  /** Where the clock stands still, but for `clockAheadMs`; milliseconds since 1970. */
  clockStoppedAt: undefined as number | undefined,
  /** In place of the deployment's, for rooms that wake from now on. */
  settings: {} as Partial<Settings>,
  /** How D1 behaves. */
  d1: "up" as (typeof D1_MODES)[number],
  /** The one database, by its binding, that behaves so; all of them where it is not said. */
  d1Of: undefined as string | undefined,
  /** Bytes that databases say they have, by their bindings; others say what they do have. */
  d1Sizes: new Map<string, number>(),
  /** Milliseconds that each statement takes longer where D1 is slow. */
  d1SlowMs: 3000,
  /** How rooms' alarms come. */
  alarms: "as set" as (typeof ALARM_MODES)[number],
  /** Whether users' rooms can be reached, and whether their answers get through. */
  users: "up" as ReachMode,
  /** The same of users' meters. */
  meters: "up" as ReachMode,
  /** The same of tasks' rooms, for users' rooms. */
  rooms: "up" as ReachMode,
  /** The bucket of files, as the worker and rooms that wake from now on have it. */
  bucket: "up" as (typeof BUCKET_MODES)[number],
  /** Names of the metrics' shards that give no answer that can be read. */
  brokenShards: new Set<string>(),
  /** Whether rooms reach their metrics' shard. */
  metrics: "up" as "up" | "down",
  /** Batches of counts that did not reach it. */
  metricsLost: 0,
  /** What happens while a room opens a socket: before the user's room is asked, and after it has answered. */
  opening: {} as { asking?: () => Promise<unknown>; answered?: () => Promise<unknown> },
  /** In place of the real providers. */
  model: undefined as Model | undefined,
  /** Agents that were told, with no attempt at work, that nobody wants their work. */
  left: [] as StepRequest[],
  /** The runtime stops dead when it comes to this point for the n-th time. */
  fault: undefined as { point: string; nth: number } | undefined,
  /** How often rooms were constructed, by object id. */
  constructed: new Map<string, number>(),
  /** What each of them has done with its storage, by object id. */
  tallies: new Map<string, RoomTally>(),
  /** Rows that rooms wrote, alarms included. */
  rowsWritten: 0,
  /** What rooms' storage takes: without commits it still takes an alarm and the waits of failed work. */
  storage: "well" as StorageMode,
  /** The same of users' rooms. */
  homeStorage: "well" as StorageMode,
  /** How tasks' rooms' storage will be once it has taken so many transactions more. */
  storageAfter: undefined as { transactions: number; storage: StorageMode } | undefined,
  /** Transactions that tasks' rooms tried to make. */
  transactions: 0,
  /** Alarms that tasks' rooms tried to set. */
  alarmsSet: 0,
  /** How often rooms asked their storage for what, by statement. */
  statements: new Map<string, number>(),
  /** Statements by themselves that D1 was asked for. */
  d1Lookups: 0,
  /** The waits for other objects and databases, where a test counts them. */
  hops: undefined as Hops | undefined,
  /** Batches that D1 was asked for. */
  d1Batches: 0,
});

/** What tests have set: shared by all objects of the isolate, reset by its restart. */
export const control = untouched();

export function tallyOf(id: string): RoomTally {
  const known = control.tallies.get(id) ?? { rowsWritten: 0, alarmsSet: 0, alarms: 0 };
  control.tallies.set(id, known);
  return known;
}

/** The time as rooms see it; milliseconds since 1970. */
export function clock(): number {
  return (control.clockStoppedAt ?? Date.now()) + control.clockAheadMs;
}

/** From now on a test alone moves the clock; it stands so far ahead that no alarm rings by itself. */
export function stopClock(): void {
  control.clockStoppedAt = Date.now() + 10 * 60 * 1000;
}

/** The clock goes as everybody's does. */
export function freeClock(): void {
  control.clockStoppedAt = undefined;
  control.clockAheadMs = 0;
}

/** As at the isolate's start. */
export function resetControl(): void {
  Object.assign(control, untouched());
}

/** Stops this thread for good where a test wants it; only `kill -9` helps. */
export function freezeAt(point: string): void {
  const { fault } = control;
  if (fault?.point !== point || --fault.nth > 0) return;
  console.log(`The runtime stands still: ${point}`);
  for (;;) Math.random();
}
