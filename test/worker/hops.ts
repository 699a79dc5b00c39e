import { databasesOf } from "../../src/history/shards/databases";
import { control } from "./control";

/** How long a wait that nobody allowed looks whether the count is over. */
const LOOK_AGAIN_MS = 10;

/** What is asked of other objects and databases while a test counts. */
export type Hops = {
  /** What may be waited for, as `home.listTasks` or `database`; all else stands still until the count ends. */
  allowed: readonly string[];
  /** Everything that was asked, in its order. */
  asked: string[];
};

const DATABASE = "database";
const STATEMENTS = new Set<PropertyKey>(["first", "all", "run", "raw"]);

/** An object's or the worker's surroundings, in which every wait for another object or database is counted. */
export function countedEnv(env: Env): Env {
  const databases = [...databasesOf(env)].map(([name, db]) => [name, countedDatabase(db)]);
  return {
    ...env,
    TASK_ROOM: countedNamespace(env.TASK_ROOM, "room"),
    USER_ROOM: countedNamespace(env.USER_ROOM, "home"),
    USAGE_METER: countedNamespace(env.USAGE_METER, "meter"),
    METRICS_SHARD: countedNamespace(env.METRICS_SHARD, "metrics"),
    ...Object.fromEntries(databases),
  };
}

/** Goes on at once where nobody counts, or where this may be waited for. */
async function passHop(name: string): Promise<void> {
  const { hops } = control;
  hops?.asked.push(name);
  if (hops?.allowed.includes(name)) return;
  while (hops && control.hops === hops) await scheduler.wait(LOOK_AGAIN_MS);
}

function countedNamespace<T extends DurableObjectNamespace>(namespace: T, kind: string): T {
  return new Proxy(namespace, {
    get(target, property) {
      const value = member(target, property);
      if ((property !== "getByName" && property !== "get") || typeof value !== "function") {
        return value;
      }
      return (...input: unknown[]) => countedStub(value(...input), kind);
    },
  });
}

function countedStub(stub: object, kind: string): object {
  return new Proxy(stub, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function" || typeof property !== "string") return value;
      return async (...input: unknown[]) => {
        await passHop(`${kind}.${property}`);
        // By name, on the stub itself: a method of a stub is no function of its own.
        return Reflect.apply(value, target, input);
      };
    },
  });
}

function countedDatabase(database: D1Database): D1Database {
  return new Proxy(database, {
    get(target, property) {
      const value = member(target, property);
      if (property === "prepare") {
        return (query: string) => countedStatement(target.prepare(query));
      }
      if (property !== "batch") return value;
      return async (statements: D1PreparedStatement[]) => {
        await passHop(DATABASE);
        return target.batch(statements.map((statement) => real.get(statement) ?? statement));
      };
    },
  });
}

/** The statements behind those that callers hold: D1 takes only its own. */
const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

function countedStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const shown = new Proxy(statement, {
    get(target, property) {
      if (property === "bind") {
        return (...values: unknown[]) => countedStatement(target.bind(...values));
      }
      const value = member(target, property);
      if (!STATEMENTS.has(property) || typeof value !== "function") return value;
      return async (...input: unknown[]) => {
        await passHop(DATABASE);
        return value(...input);
      };
    },
  });
  real.set(shown, statement);
  return shown;
}

function member(target: object, property: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === "function" ? value.bind(target) : value;
}
