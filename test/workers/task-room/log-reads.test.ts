import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { migrate } from "../../../src/durable-objects/storage-steps";
import { EventLog } from "../../../src/durable-objects/task-room/store/event-log";
import { ROOM_STEPS } from "../../../src/durable-objects/task-room/store/schema";
import { UserLog } from "../../../src/durable-objects/user-room/news/user-log";
import { USER_ROOM_STEPS } from "../../../src/durable-objects/user-room/schema";
import type { LogEvent } from "../../../src/protocol/events";
import { idNumber, T0 } from "../../support/engine-builders";

const ROWS = 1000;
/** Events of a row. */
const TOGETHER = 3;
const ts = new Date(T0).toISOString();

/** What `work` reads of a database, in rows. */
function rowsRead<Log>(
  { sql }: DurableObjectStorage,
  make: (sql: SqlStorage) => Log,
  work: (log: Log) => void,
): number {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const counted = new Proxy(sql, {
    get: (target, property) =>
      property === "exec"
        ? (query: string, ...values: SqlStorageValue[]) => {
            const cursor = target.exec(query, ...values);
            cursors.push(cursor);
            return cursor;
          }
        : Reflect.get(target, property, target),
  });
  work(make(counted));
  return cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
}

function status(seq: number): LogEvent {
  const turnId = idNumber("turn", 1);
  return {
    type: "turn:status",
    seq,
    ts,
    data: { turnId, status: "PROCESSING", previous: "PENDING" },
  };
}

it("[L9] what is read of a task's log grows with what is wanted of it, not with the log", async () => {
  const stub = env.TASK_ROOM.getByName("of the log's reads");
  await runInDurableObject(stub, (_, { storage }) => {
    migrate(storage, ROOM_STEPS);
    const log = new EventLog(storage.sql);
    let seq = 0;
    for (let row = 0; row < ROWS; row++) {
      log.append(
        Array.from({ length: TOGETHER }, () => status(++seq)),
        T0,
      );
    }
    const read = (work: (log: EventLog) => void) =>
      rowsRead(storage, (sql) => new EventLog(sql), work);
    const replayed = (after: number) => read((one) => void [...one.after(after)]);

    expect(read((one) => one.bounds())).toBeLessThanOrEqual(4);
    expect(read((one) => one.replayableFrom())).toBeLessThanOrEqual(5);
    expect(replayed(seq)).toBeLessThanOrEqual(5);
    expect(replayed(seq - 10 * TOGETHER)).toBeLessThanOrEqual(30);
    // Each row's size and the row, and a few for each page to find its first.
    expect(replayed(0)).toBeLessThanOrEqual(ROWS * 2.1);
    // There are none to be found, however long the log.
    expect(read((one) => void [...one.before()])).toBeLessThanOrEqual(2);
    expect(read((one) => one.entries())).toBeLessThanOrEqual(2);
  });
});

it("[L9] a user's log is not read to know its ends and its age", async () => {
  const stub = env.USER_ROOM.getByName("of the log's ends");
  await runInDurableObject(stub, (_, { storage }) => {
    migrate(storage, USER_ROOM_STEPS);
    const log = new UserLog(storage.sql);
    for (let seq = 1; seq <= ROWS; seq++) {
      log.append({ type: "task:deleted", seq, ts, data: { taskId: idNumber("task", seq) } }, T0);
    }
    expect(log.bounds()).toEqual({ first: 1, last: ROWS });
    const read = (work: (log: UserLog) => void) =>
      rowsRead(storage, (sql) => new UserLog(sql), work);
    expect(read((one) => one.bounds())).toBeLessThanOrEqual(3);
    expect(read((one) => one.oldest())).toBeLessThanOrEqual(3);
  });
});
