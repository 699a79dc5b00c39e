import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { clock } from "../worker/control";
import calls from "./fixtures/calls.json";
import database from "./fixtures/database.json";
import meter from "./fixtures/meter.json";
import rooms from "./fixtures/rooms.json";
import steps from "./fixtures/steps.json";
import home from "./fixtures/user-room.json";

type Value = string | number | null;
type Row = Record<string, Value>;
type Tables = Record<string, Row[]>;
export type RoomName = keyof typeof rooms.rooms;
export const ROOM_NAMES = Object.keys(rooms.rooms) as RoomName[];
export type ReleasedCall = { object: string; method: string; args: unknown[]; answer?: unknown };

const TIMES = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|(?<![\w.])1[5-9]\d{11}(?![\w.])/g;
const DAYS = /(?<!\d)20\d\d-\d\d-\d\d(?![\dT])/g;
const TASKS = /task_[0-9a-z]{26}/g;
const MARK_LENGTH = 8;

/**
 * What the last release stored and said, as `npm run record-release` wrote it down: every time in it
 * is as long ago as if the release had run until now, and its users and tasks are nobody else's.
 */
export class Release {
  readonly #mark = crypto.randomUUID().slice(0, MARK_LENGTH);
  /** Who did all that was recorded. */
  readonly alice = `alice-${this.#mark}`;
  /** A viewer of the room at rest. */
  readonly bob = `bob-${this.#mark}`;
  /** Of a session in the room at rest. */
  readonly recoveryToken = calls.recoveryToken;

  /** What the user had used when it was recorded. */
  get used(): { turns: number; tokens: number } {
    const days = Object.values(meter.stored.data.usage.days);
    const sum = (of: (day: (typeof days)[number]) => number) =>
      days.reduce((all, day) => all + of(day), 0);
    return { turns: sum(({ turns }) => turns), tokens: sum(({ tokens }) => tokens) };
  }

  /** Puts the room that the release left in this state into an object, which this version then wakes. */
  async room(name: RoomName): Promise<string> {
    const { taskId, tables } = this.#asOfNow(rooms).rooms[name];
    await plant(env.TASK_ROOM.getByName(taskId), steps.TaskRoom, tables);
    return taskId;
  }

  async home(): Promise<void> {
    const { tables } = this.#asOfNow(home);
    await plant(env.USER_ROOM.getByName(this.alice), steps.UserRoom, tables);
  }

  async meter(): Promise<void> {
    const stub = env.USAGE_METER.getByName(this.alice);
    await runInDurableObject(stub, (_, { storage }) => storage.put(this.#asOfNow(meter).stored));
    await evictDurableObject(stub);
  }

  async database(): Promise<void> {
    const { tables } = this.#asOfNow(database);
    for (const [table, rows] of Object.entries(tables)) {
      // The search index is written by what it indexes.
      if (table.startsWith("task_search")) continue;
      for (const row of rows)
        await env.DB.prepare(insertInto(table, row))
          .bind(...Object.values(row))
          .run();
    }
  }

  /** What the release's objects said to each other. */
  calls(object: string, method: string): ReleasedCall[] {
    const all: ReleasedCall[] = this.#asOfNow(calls).calls;
    return all.filter((one) => one.object === object && one.method === method);
  }

  /** Of a socket in the room at rest. */
  get attachment(): object {
    return this.#asOfNow(calls).attachment;
  }

  #asOfNow<T extends { recordedAt: number }>(content: T): T {
    const later = clock() - content.recordedAt;
    const moved = (time: string) =>
      time.includes("T")
        ? new Date(Date.parse(time) + later).toISOString()
        : String(Number(time) + later);
    const text = JSON.stringify(content)
      .replace(TIMES, moved)
      .replace(DAYS, (day) => new Date(Date.parse(day) + later).toISOString().slice(0, 10))
      .replace(TASKS, (id) => `${id.slice(0, -MARK_LENGTH)}${this.#mark}`)
      .replaceAll(home.userId, this.alice)
      .replace(/\bbob\b/g, this.bob);
    return JSON.parse(text);
  }
}

async function plant(
  stub: DurableObjectStub,
  schema: readonly string[],
  tables: Tables,
): Promise<void> {
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    for (const step of schema) sql.exec(step);
    sql.exec("CREATE TABLE storage_steps (done INTEGER NOT NULL) STRICT");
    for (const [table, rows] of Object.entries(tables)) {
      for (const row of rows) sql.exec(insertInto(table, row), ...Object.values(row));
    }
  });
  // The next call finds the object as a deploy leaves it: stored, and nothing in memory.
  await evictDurableObject(stub);
}

function insertInto(table: string, row: object): string {
  const columns = Object.keys(row);
  return `INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
}
