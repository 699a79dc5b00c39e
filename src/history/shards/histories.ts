import { logError } from "../../platform/platform-log";
import { chooseShard, type Fill } from "./choice";
import { CONTROL, type Databases, databasesOf, openTo } from "./databases";
import { knownFills } from "./fills";
import { noteUser } from "./known-users";

/** Milliseconds for which this isolate goes by what it was told of how full the databases are. */
const REMEMBERED_MS = 30_000;

/** `capacity` in bytes; `random` in [0, 1); `userId`: whose task it is. */
export type Choosing = { now: number; capacity: number; random: number; userId: string };

/** Where tasks' histories are. A room keeps the name of its own; what is behind a name is known here alone. */
export type Histories = {
  /** That of a task; without a name the control database. Throws `HistoryNotBound` where nothing is. */
  find(name: string | undefined): D1Database;
  /**
   * All that may have rows of a task: code of before there were several has told the control database,
   * also after a rollback. Throws `HistoryNotBound`.
   */
  having(name: string | undefined): D1Database[];
  /** The name of a new task's database. Never rejects. */
  choose(choosing: Choosing): Promise<string>;
};

/** A database that a room names is not bound any more: what is in it cannot be reached until it is again. */
export class HistoryNotBound extends Error {
  constructor(name: string) {
    super(`The database ${name}, which has this task's history, is not bound to the worker.`);
  }
}

export function historiesOf(env: Env): Histories {
  const databases = databasesOf(env);
  const find = (name = CONTROL) => {
    // A task that has no place yet has no rows but those of such code.
    const database = databases.get(name || CONTROL);
    if (!database) throw new HistoryNotBound(name);
    return database;
  };
  return {
    find,
    having: (name) => [...new Set([find(name), find(CONTROL)])],
    choose: (choosing) => choose(databases, choosing),
  };
}

async function choose(databases: Databases, choosing: Choosing): Promise<string> {
  const names = openTo(databases);
  const [first = CONTROL] = names;
  const control = databases.get(CONTROL);
  if (first === CONTROL || !control) return first;
  const [fills] = await Promise.all([
    rememberedFills(databases, choosing),
    noteUser(control, choosing.userId, choosing.now),
  ]);
  const open = fills.filter(({ name }) => names.includes(name));
  const chosen = chooseShard(open, choosing.capacity, choosing.random);
  if (chosen?.allFull) logError("history_all_full", { shard: chosen.name });
  return chosen?.name ?? first;
}

type Remembered = { fills: Fill[]; until: number };
// By the control database: an isolate has one.
const remembered = new WeakMap<D1Database, Remembered>();

async function rememberedFills(databases: Databases, { now, capacity }: Choosing): Promise<Fill[]> {
  const control = databases.get(CONTROL);
  const known = control && remembered.get(control);
  if (known && now < known.until) return known.fills;
  const fills = await knownFills(databases, { now, capacity });
  if (control) remembered.set(control, { fills, until: now + REMEMBERED_MS });
  return fills;
}
