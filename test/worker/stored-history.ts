import { databasesOf } from "../../src/history/shards/databases";

const TABLES = ["tasks", "task_members", "messages", "deleted_tasks"];

/** As if a database had been lost and another made under its name: it has its tables and no row. */
export async function loseHistory(env: Env, name: string): Promise<void> {
  const database = databasesOf(env).get(name);
  await database?.batch(TABLES.map((table) => database.prepare(`DELETE FROM ${table}`)));
}

/** What each database has of a task: its name, members and the ids of its messages, in their order. */
export async function storedHistory(env: Env, taskId: string): Promise<object[]> {
  const found = [...databasesOf(env)].map(async ([shard, database]) => {
    const [task, members, messages] = await database.batch<{ id: string }>(
      [
        "SELECT id FROM tasks WHERE id = ?",
        "SELECT user_id AS id FROM task_members WHERE task_id = ?",
        "SELECT id FROM messages WHERE task_id = ? ORDER BY seq",
      ].map((query) => database.prepare(query).bind(taskId)),
    );
    const ids = (rows: typeof task) => (rows?.results ?? []).map(({ id }) => id);
    return { shard, tasks: ids(task), members: ids(members), messages: ids(messages) };
  });
  const all = await Promise.all(found);
  return all.filter(
    ({ tasks, members, messages }) => tasks.length + members.length + messages.length > 0,
  );
}
