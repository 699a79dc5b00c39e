import { control, type RoomTally, type StorageMode } from "./control";

const FULL = "disk full";
const takesAlarms = (mode: StorageMode) => mode === "well" || mode === "refuses commits";
const takesCommits = (mode: StorageMode) => mode === "well" || mode === "refuses alarms";

/**
 * An object's storage as `control.storage` wants it, counting what it is asked for: rows written (a
 * set alarm is one, platform pricing), statements and transactions.
 */
export function countedStorage(
  storage: DurableObjectStorage,
  tally: RoomTally,
): DurableObjectStorage {
  const sql = new Proxy(storage.sql, {
    get(target, property) {
      if (property !== "exec") return member(target, property);
      return (query: string, ...values: SqlStorageValue[]) => {
        const cursor = target.exec(query, ...values);
        control.rowsWritten += cursor.rowsWritten;
        tally.rowsWritten += cursor.rowsWritten;
        control.statements.set(query, (control.statements.get(query) ?? 0) + 1);
        return cursor;
      };
    },
  });
  const kv = new Proxy(storage.kv, {
    get(target, property) {
      if (property !== "get" && control.storage === "refuses all") throw new Error(FULL);
      return member(target, property);
    },
  });
  return new Proxy(storage, {
    get(target, property) {
      if (property === "sql") return sql;
      if (property === "kv") return kv;
      if (property === "setAlarm") return (at: number) => setAlarm(target, at, tally);
      if (property !== "transactionSync") return member(target, property);
      return <T>(closure: () => T) => transaction(target, closure);
    },
  });
}

async function setAlarm(
  storage: DurableObjectStorage,
  at: number,
  tally: RoomTally,
): Promise<void> {
  control.alarmsSet++;
  tally.alarmsSet++;
  if (!takesAlarms(control.storage)) throw new Error(FULL);
  control.rowsWritten++;
  await storage.setAlarm(at);
}

function transaction<T>(storage: DurableObjectStorage, closure: () => T): T {
  control.transactions++;
  const { storageAfter } = control;
  if (storageAfter && storageAfter.transactions-- === 0) control.storage = storageAfter.storage;
  if (!takesCommits(control.storage)) throw new Error(FULL);
  return storage.transactionSync(closure);
}

/** A user's room's storage as `control.homeStorage` wants it: a statement outside a transaction writes, too. */
export function homeStorage(storage: DurableObjectStorage): DurableObjectStorage {
  const refused = (property: PropertyKey) => {
    if (property === "setAlarm") return !takesAlarms(control.homeStorage);
    return property === "transactionSync" && !takesCommits(control.homeStorage);
  };
  return new Proxy(storage, {
    get(target, property) {
      if (!refused(property)) return member(target, property);
      return () => {
        if (property === "setAlarm") return Promise.reject(new Error(FULL));
        throw new Error(FULL);
      };
    },
  });
}

function member(target: object, property: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === "function" ? value.bind(target) : value;
}
