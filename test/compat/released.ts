import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { clock } from "../worker/control";
import calls from "./fixtures/calls.json";
import database from "./fixtures/database.json";
import meter from "./fixtures/meter.json";
import rooms from "./fixtures/rooms.json";
import steps from "./fixtures/steps.json";
import home from "./fixtures/user-room.json";

// What the last release stored and said, as `npm run record-release` wrote it down; every time in it
// is as long ago as if the release had run until now.

type Value = string | number | null;
export type Tables = Record<string, Record<string, Value>[]>;
export type RoomName = keyof typeof rooms.rooms;
export const ROOM_NAMES = Object.keys(rooms.rooms) as RoomName[];
/** Who did all that was recorded. */
export const ALICE = home.userId;

const TIMES = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|(?<![\w.])1[5-9]\d{11}(?![\w.])/g;

/** The same content, moved from the time of its recording to now. */
function asOfNow<T extends { recordedAt: number }>(content: T): T {
  const later = clock() - content.recordedAt;
  const moved = (time: string) =>
    time.includes("T")
      ? new Date(Date.parse(time) + later).toISOString()
      : String(Number(time) + later);
  return JSON.parse(JSON.stringify(content).replace(TIMES, moved));
}

/** Puts the room that the release left in this state into an object, which this version then wakes. */
export async function releasedRoom(name: RoomName): Promise<string> {
  const { taskId, tables } = asOfNow(rooms).rooms[name];
  await plant(env.TASK_ROOM.getByName(taskId), steps.TaskRoom, tables);
  return taskId;
}

/** The user's home, and all that the database holds. */
export async function releasedHome(): Promise<string> {
  const { userId, tables } = asOfNow(home);
  await plant(env.USER_ROOM.getByName(userId), steps.UserRoom, tables);
  return userId;
}

export async function releasedDatabase(): Promise<void> {
  const { tables } = asOfNow(database);
  for (const [table, rows] of Object.entries(tables)) {
    // The search index is written by what it indexes.
    if (table.startsWith("task_search")) continue;
    for (const row of rows)
      await env.DB.prepare(insertInto(table, row))
        .bind(...Object.values(row))
        .run();
  }
}

export async function releasedMeter(): Promise<void> {
  const stub = env.USAGE_METER.getByName(ALICE);
  await runInDurableObject(stub, (_, { storage }) => storage.put(meter.stored));
  await evictDurableObject(stub);
}

export type ReleasedCall = { object: string; method: string; args: unknown[]; answer?: unknown };

/** What the release's objects said to each other. */
export function releasedCalls(object: string, method: string): ReleasedCall[] {
  const all: ReleasedCall[] = asOfNow(calls).calls;
  return all.filter((one) => one.object === object && one.method === method);
}

export const releasedToken = calls.recoveryToken;
export const releasedAttachment = () => asOfNow(calls).attachment;

async function plant(
  stub: DurableObjectStub,
  schema: readonly string[],
  tables: object,
): Promise<void> {
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    for (const step of schema) sql.exec(step);
    sql.exec("CREATE TABLE storage_steps (done INTEGER NOT NULL) STRICT");
    for (const [table, rows] of Object.entries(tables)) {
      for (const row of rows) sql.exec(insertInto(table, row), ...Object.values(row as Row));
    }
  });
  // The next call finds the object as a deploy leaves it: stored, and nothing in memory.
  await evictDurableObject(stub);
}

type Row = Record<string, Value>;

function insertInto(table: string, row: object): string {
  const columns = Object.keys(row);
  return `INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
}
