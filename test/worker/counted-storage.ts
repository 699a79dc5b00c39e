import { control } from "./control";

/**
 * An object's storage as `control.storage` wants it, counting what it is asked for: rows written (a
 * set alarm is one, platform pricing), statements and transactions.
 */
export function countedStorage(storage: DurableObjectStorage): DurableObjectStorage {
  const sql = new Proxy(storage.sql, {
    get(target, property) {
      if (property !== "exec") return member(target, property);
      return (query: string, ...values: SqlStorageValue[]) => {
        const cursor = target.exec(query, ...values);
        control.rowsWritten += cursor.rowsWritten;
        control.statements.set(query, (control.statements.get(query) ?? 0) + 1);
        return cursor;
      };
    },
  });
  const kv = new Proxy(storage.kv, {
    get(target, property) {
      if (property !== "get" && control.storage === "refuses all") throw new Error("disk full");
      return member(target, property);
    },
  });
  return new Proxy(storage, {
    get(target, property) {
      if (property === "sql") return sql;
      if (property === "kv") return kv;
      if (property === "setAlarm") return (at: number) => setAlarm(target, at);
      if (property !== "transactionSync") return member(target, property);
      return <T>(closure: () => T) => transaction(target, closure);
    },
  });
}

async function setAlarm(storage: DurableObjectStorage, at: number): Promise<void> {
  control.alarmsSet++;
  if (control.storage === "refuses all") throw new Error("disk full");
  control.rowsWritten++;
  await storage.setAlarm(at);
}

function transaction<T>(storage: DurableObjectStorage, closure: () => T): T {
  control.transactions++;
  const { storageAfter } = control;
  if (storageAfter && storageAfter.transactions-- === 0) control.storage = storageAfter.storage;
  if (control.storage !== "well") throw new Error("disk full");
  return storage.transactionSync(closure);
}

function member(target: object, property: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === "function" ? value.bind(target) : value;
}
