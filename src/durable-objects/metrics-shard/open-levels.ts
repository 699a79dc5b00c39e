import * as z from "zod";
import {
  knownLevels,
  type LevelReport,
  type Levels,
  levels,
  sumOfLevels,
} from "../../platform/levels";
import { parseJson } from "../../protocol/json";

export const LEVEL_STEPS = [
  "CREATE TABLE levels (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT",
];

/** An object that has told nothing for so long is taken for one that died before it could say so. */
const FORGET_MS = 8 * 24 * 60 * 60_000;
/** Objects that are written down: some 600 KB of one row. More are known while the shard is awake. */
const MOST_KEPT = 4000;
/** So many are written with every change; more of them twice a minute, which a shard's end may cost. */
const FEW = 200;
export const MANY_WRITE_MS = 30_000;

/** What an object told last, and when, in milliseconds since 1970. */
const told = z.object({ at: z.int(), values: levels });
type Told = z.infer<typeof told>;
const stored = z.record(z.string(), told);
const rows = z.array(z.object({ body: z.string() }));

/** How much there is now of everything that has a level, by the objects that have it: each tells what it has, not what has changed. */
export class OpenLevels {
  readonly #sql: SqlStorage;
  readonly #byObject: Map<string, Told>;
  #isChanged = false;
  #writtenAt = 0;

  constructor(sql: SqlStorage, now: number) {
    this.#sql = sql;
    this.#byObject = new Map(load(sql).filter(([, { at }]) => now - at < FORGET_MS));
  }

  /** What an object says takes the place of what it said before. */
  hear({ object, values }: LevelReport, at: number): void {
    const known = knownLevels(values);
    // The least recent first.
    const was = this.#byObject.delete(object);
    const hasSome = Object.keys(known).length > 0;
    if (hasSome) this.#byObject.set(object, { at, values: known });
    this.#isChanged ||= was || hasSome;
  }

  sum(): Levels {
    return sumOfLevels([...this.#byObject.values()].map(({ values }) => values));
  }

  /** Whether something is still to be written. */
  get isBehind(): boolean {
    return this.#isChanged;
  }

  /** One row at most, where there is something new to write; not each time where it is long. */
  write(now: number): void {
    if (!this.#isChanged) return;
    if (this.#byObject.size > FEW && now - this.#writtenAt < MANY_WRITE_MS) return;
    for (const [object, { at }] of this.#byObject) {
      if (now - at >= FORGET_MS) this.#byObject.delete(object);
    }
    const body = JSON.stringify(Object.fromEntries([...this.#byObject].slice(-MOST_KEPT)));
    this.#sql.exec("INSERT OR REPLACE INTO levels (id, body) VALUES (1, ?)", body);
    this.#isChanged = false;
    this.#writtenAt = now;
  }
}

/** Nothing where it can't be read: objects tell their levels again whenever they tell something. */
function load(sql: SqlStorage): [string, Told][] {
  const [row] = rows.parse(sql.exec("SELECT body FROM levels").toArray());
  const json = parseJson(row?.body ?? "{}");
  const { data = {} } = stored.safeParse(json.ok ? json.value : undefined);
  return Object.entries(data);
}
