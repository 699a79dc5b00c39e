/** What a turn costs, counted where the platform counts it (its prices are per row and request). */
type Counts = {
  rowsRead: number;
  rowsWritten: number;
  alarmsSet: number;
  d1Statements: number;
  d1Batches: number;
  d1RowsRead: number;
  d1RowsWritten: number;
  requests: number;
  alarms: number;
};

type Cursor = { rowsRead: number; rowsWritten: number };
const cursors: Cursor[] = [];
const total = {
  alarmsSet: 0,
  d1Statements: 0,
  d1Batches: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  requests: 0,
  alarms: 0,
};

export function note(what: keyof typeof total, by = 1): void {
  total[what] += by;
}

export function counts(): Counts {
  const sum = (of: (cursor: Cursor) => number) => cursors.reduce((all, one) => all + of(one), 0);
  // Setting an alarm is one row written (platform pricing).
  const rowsWritten = sum((one) => one.rowsWritten) + total.alarmsSet;
  return { rowsRead: sum((one) => one.rowsRead), rowsWritten, ...total };
}

/** Counts what an object's storage reads and writes; a cursor knows its rows once it was read. */
export function countStorage(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const exec = sql.exec.bind(sql) as typeof sql.exec;
  sql.exec = ((query: string, ...values: SqlStorageValue[]) => {
    const cursor = exec(query, ...values);
    cursors.push(cursor);
    return cursor;
  }) as typeof sql.exec;
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = (...args) => {
    note("alarmsSet");
    return setAlarm(...args);
  };
}
