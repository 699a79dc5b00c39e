import { control } from "./control";

/** An object's storage that counts the rows it writes; a set alarm is one (platform pricing). */
export function countedStorage(storage: DurableObjectStorage): DurableObjectStorage {
  const sql = new Proxy(storage.sql, {
    get(target, property) {
      if (property !== "exec") return Reflect.get(target, property, target);
      return (query: string, ...values: SqlStorageValue[]) => {
        const cursor = target.exec(query, ...values);
        control.rowsWritten += cursor.rowsWritten;
        return cursor;
      };
    },
  });
  return new Proxy(storage, {
    get(target, property) {
      if (property === "sql") return sql;
      if (property === "setAlarm") control.rowsWritten++;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
