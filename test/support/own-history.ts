import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { CONTROL, databasesOf } from "../../src/history/shards/databases";

const rows = z.array(z.object({ history: z.string().nullable() }));

/** The name of the database that a room keeps for its task's history: empty until it is chosen, null where it has none. */
export async function historyNameOf(taskId: string): Promise<string | null | undefined> {
  const query = "SELECT body ->> '$.history' AS history FROM room";
  const found = await runInDurableObject(env.TASK_ROOM.getByName(taskId), (_, { storage }) =>
    storage.sql.exec(query).toArray(),
  );
  return rows.parse(found)[0]?.history;
}

/** The database that has a task's history; while none is chosen, one without any row of it. */
export async function historyOf(taskId: string): Promise<D1Database> {
  const database = databasesOf(env).get((await historyNameOf(taskId)) || CONTROL);
  if (!database) throw new Error(`Nothing is bound for the history of ${taskId}.`);
  return database;
}

/** Once it is chosen and has the task. */
export async function toldHistoryOf(taskId: string): Promise<D1Database> {
  for (;;) {
    const database = await historyOf(taskId);
    const query = "SELECT 1 FROM tasks WHERE id = ?";
    if (await database.prepare(query).bind(taskId).first()) return database;
    await scheduler.wait(10);
  }
}
