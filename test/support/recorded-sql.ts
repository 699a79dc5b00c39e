import type { Asked } from "./recorded-d1";

/**
 * Carries out work with an object's SQL that notes its statements, then asks for the plan of each, and
 * counts the rows that they read.
 */
export function recordedSql<T>(
  sql: SqlStorage,
  work: (sql: SqlStorage) => T,
): { result: T; asked: Asked } {
  const asked: Asked = { plan: [], rowsRead: 0 };
  const exec = (text: string, ...values: SqlStorageValue[]) => {
    const steps = sql.exec(`EXPLAIN QUERY PLAN ${text}`, ...values).toArray();
    asked.plan.push(...steps.map(({ detail }) => String(detail)));
    const cursor = sql.exec(text, ...values);
    const rows = cursor.toArray();
    asked.rowsRead += cursor.rowsRead;
    return { toArray: () => rows };
  };
  const recorder = new Proxy(sql, {
    get: (target, property) => (property === "exec" ? exec : Reflect.get(target, property, target)),
  });
  return { result: work(recorder), asked };
}
