import { control } from "./control";

/** D1 as `control.d1` wants it, counting what it is asked for. */
export function breakableD1(db: D1Database): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "batch")
        return (statements: D1PreparedStatement[]) => batch(target, statements);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function batch(db: D1Database, statements: D1PreparedStatement[]): Promise<D1Result[]> {
  control.d1Batches++;
  if (control.d1 === "down") throw new Error("D1_ERROR: Network connection lost.");
  const results = await db.batch(statements);
  if (control.d1 === "fails after its commit")
    throw new Error("D1_ERROR: Network connection lost.");
  return results;
}
