import { control } from "./control";
import { checkStatement } from "./platform-limits";

const LOST = "D1_ERROR: Network connection lost.";
const ASKING = new Set<PropertyKey>(["first", "all", "run", "raw"]);
/** The statements behind those that callers hold: D1 takes only its own. */
const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

/**
 * D1 as `control.d1` wants it, for every statement, counting the batches that it is asked for. It refuses
 * what the platform's refuses.
 */
export function breakableD1(db: D1Database): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "prepare") return (query: string) => breakable(target.prepare(query));
      if (property === "batch")
        return (statements: D1PreparedStatement[]) => batch(target, statements);
      return member(target, property);
    },
  });
}

function breakable(statement: D1PreparedStatement): D1PreparedStatement {
  const shown = new Proxy(statement, {
    get(target, property) {
      if (property === "bind") {
        return (...values: unknown[]) => {
          checkStatement(values);
          return breakable(target.bind(...values));
        };
      }
      const value = member(target, property);
      if (!ASKING.has(property) || typeof value !== "function") return value;
      return async (...values: unknown[]) => {
        control.d1Lookups++;
        await answerable();
        return value(...values);
      };
    },
  });
  real.set(shown, statement);
  return shown;
}

async function batch(db: D1Database, statements: D1PreparedStatement[]): Promise<D1Result[]> {
  control.d1Batches++;
  await answerable();
  const results = await db.batch(statements.map((statement) => real.get(statement) ?? statement));
  if (control.d1 === "fails after its commit") throw new Error(LOST);
  return results;
}

async function answerable(): Promise<void> {
  if (control.d1 === "down") throw new Error(LOST);
  if (control.d1 === "slow") await scheduler.wait(control.d1SlowMs);
}

function member(target: object, property: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === "function" ? value.bind(target) : value;
}
