import { databasesOf } from "../../src/history/shards/databases";
import { control } from "./control";
import { checkStatement } from "./platform-limits";

const LOST = "D1_ERROR: Network connection lost.";
const NO_ROOM = "D1_ERROR: Exceeded maximum DB size.";
/** What writes even where it is no batch. */
const WRITES = /^\s*(INSERT|UPDATE|DELETE)\b/i;
const ASKING = new Set<PropertyKey>(["first", "all", "run", "raw"]);
/** The statements behind those that callers hold: D1 takes only its own. */
const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

/** An object's or the worker's surroundings, with every database as tests want it. */
export function breakableDatabases(env: Env): Env {
  const all = [...databasesOf(env)].map(([name, db]) => [name, breakableD1(db, name)]);
  return { ...env, ...Object.fromEntries(all) };
}

/**
 * D1 as `control.d1` wants it, for every statement, counting the batches that it is asked for. It refuses
 * what the platform's refuses.
 */
export function breakableD1(db: D1Database, name = "DB"): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "prepare") {
        return (query: string) => breakable(target.prepare(query), { name, query });
      }
      if (property === "batch") {
        return (statements: D1PreparedStatement[]) => batch(target, name, statements);
      }
      return member(target, property);
    },
  });
}

type Asked = { name: string; query: string };

function breakable(statement: D1PreparedStatement, asked: Asked): D1PreparedStatement {
  const shown = new Proxy(statement, {
    get(target, property) {
      if (property === "bind") {
        return (...values: unknown[]) => {
          checkStatement(values);
          return breakable(target.bind(...values), asked);
        };
      }
      const value = member(target, property);
      if (!ASKING.has(property) || typeof value !== "function") return value;
      return async (...values: unknown[]) => {
        control.d1Lookups++;
        await answerable(asked.name, WRITES.test(asked.query));
        return sized(asked.name, await value(...values));
      };
    },
  });
  real.set(shown, statement);
  return shown;
}

async function batch(
  db: D1Database,
  name: string,
  statements: D1PreparedStatement[],
): Promise<D1Result[]> {
  control.d1Batches++;
  await answerable(name, true);
  const results = await db.batch(statements.map((statement) => real.get(statement) ?? statement));
  if (modeOf(name) === "fails after its commit") throw new Error(LOST);
  return results;
}

async function answerable(name: string, writes: boolean): Promise<void> {
  const mode = modeOf(name);
  if (mode === "down") throw new Error(LOST);
  if (mode === "full" && writes) throw new Error(NO_ROOM);
  if (mode === "slow") await scheduler.wait(control.d1SlowMs);
}

function modeOf(name: string): (typeof control)["d1"] {
  return control.d1Of === undefined || control.d1Of === name ? control.d1 : "up";
}

/** With the size that a test says the database has. */
function sized(name: string, answer: unknown): unknown {
  const size = control.d1Sizes.get(name);
  if (size === undefined || typeof answer !== "object" || answer === null) return answer;
  if (!("meta" in answer)) return answer;
  const { meta } = answer;
  return { ...answer, meta: { ...Object(meta), size_after: size } };
}

function member(target: object, property: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === "function" ? value.bind(target) : value;
}
