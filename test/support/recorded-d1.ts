type Recorded = { text: string; values: unknown[] };

/** What a piece of work asked of D1: its plans, and the rows that it read. */
export type Asked = { plan: string[]; rowsRead: number };

/**
 * Carries out work with a database that notes its statements, then asks D1 for the plan of each
 * and runs it again to count the rows that it reads.
 */
export async function recorded<T>(
  db: D1Database,
  work: (db: D1Database) => Promise<T>,
): Promise<{ result: T; asked: Asked }> {
  const statements: Recorded[] = [];
  const result = await work(recorder(db, statements));
  const asked: Asked = { plan: [], rowsRead: 0 };
  for (const { text, values } of statements) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${text}`).bind(...values);
    const { results } = await plan.all<{ detail: string }>();
    asked.plan.push(...results.map(({ detail }) => detail));
    const { meta } = await db
      .prepare(text)
      .bind(...values)
      .all();
    asked.rowsRead += meta.rows_read;
  }
  return { result, asked };
}

function recorder(db: D1Database, statements: Recorded[]): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "prepare") return (text: string) => prepared(target, text, statements);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function prepared(db: D1Database, text: string, statements: Recorded[]): D1PreparedStatement {
  const statement = db.prepare(text);
  return new Proxy(statement, {
    get(target, property) {
      if (property === "bind") {
        return (...values: unknown[]) => {
          statements.push({ text, values });
          return target.bind(...values);
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Steps of a plan that go through a whole table, or sort what they found. */
export function slowSteps(plan: string[]): string[] {
  // A virtual table's index 0 without a constraint is all of it.
  const isScan = /^SCAN (?!\(subquery|.* VIRTUAL TABLE INDEX (?!0:$))/;
  return plan.filter((detail) => isScan.test(detail) || detail.includes("B-TREE"));
}
