/** The control database. It also has the histories of tasks from before there were others for that. */
export const CONTROL = "DB";

const NUMBERED = /^HISTORY_(0|[1-9]\d*)$/;

/** The databases of histories that new tasks may go to, and the control database, by the names of their bindings. */
export type Databases = ReadonlyMap<string, D1Database>;

/** All that are bound: the control database first, then the others in the order of their numbers. */
export function databasesOf(env: Env): Databases {
  const numbers = Object.keys(env)
    .flatMap((name) => NUMBERED.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
  const databases = new Map([[CONTROL, env.DB]]);
  for (const number of numbers) {
    const database = env[`HISTORY_${number}`];
    if (database) databases.set(`HISTORY_${number}`, database);
  }
  return databases;
}

/** The names of those that new tasks go to: where there are no others, the control database. */
export function openTo(databases: Databases): string[] {
  const names = [...databases.keys()];
  return names.length > 1 ? names.filter((name) => name !== CONTROL) : names;
}
