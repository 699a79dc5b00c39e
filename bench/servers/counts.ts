/** What a turn costs, counted where the platform counts it (its prices are per row and request). */
const total = {
  alarmsSet: 0,
  alarms: 0,
  frames: 0,
  calls: 0,
  d1Batches: 0,
  d1Statements: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
};

type Cursor = { rowsRead: number; rowsWritten: number };
type Owner = "room" | "user";
const cursors: Record<Owner, Cursor[]> = { room: [], user: [] };

export function note(what: keyof typeof total, by = 1): void {
  total[what] += by;
}

export function counts(): Record<string, number> {
  const sum = (owner: Owner, of: (cursor: Cursor) => number) =>
    cursors[owner].reduce((all, one) => all + of(one), 0);
  return {
    rowsRead: sum("room", (one) => one.rowsRead),
    // Setting an alarm is one row written (platform pricing).
    rowsWritten: sum("room", (one) => one.rowsWritten) + total.alarmsSet,
    userRowsRead: sum("user", (one) => one.rowsRead),
    userRowsWritten: sum("user", (one) => one.rowsWritten),
    ...total,
  };
}

/** Counts what an object's storage reads and writes; a cursor knows its rows once it was read. */
export function countStorage(storage: DurableObjectStorage, owner: Owner): void {
  const { sql } = storage;
  const exec = sql.exec.bind(sql) as typeof sql.exec;
  sql.exec = ((query: string, ...values: SqlStorageValue[]) => {
    const cursor = exec(query, ...values);
    cursors[owner].push(cursor);
    return cursor;
  }) as typeof sql.exec;
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = (...args) => {
    if (owner === "room") note("alarmsSet");
    return setAlarm(...args);
  };
}
