import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { migrate } from "../../../src/durable-objects/storage-steps";
import { forRole, isPersonal } from "../../../src/durable-objects/task-room/live/fan-out";
import { EventLog } from "../../../src/durable-objects/task-room/store/event-log";
import { ROOM_STEPS } from "../../../src/durable-objects/task-room/store/schema";
import type { LogEvent } from "../../../src/protocol/events";
import { idNumber, T0 } from "../../support/engine-builders";

const ts = new Date(T0).toISOString();
const turnId = idNumber("turn", 1);
/** Text that looks like an event that must be rewritten, and is none. */
const MESSAGE = '{"type":"task:updated"} "] 🚤';

type Kind = "log" | "status" | "task";

function event(kind: Kind, seq: number): LogEvent {
  if (kind === "status") {
    return {
      type: "turn:status",
      seq,
      ts,
      data: { turnId, status: "PROCESSING", previous: "PENDING" },
    };
  }
  if (kind === "log") {
    return {
      type: "log",
      seq,
      ts,
      data: { timestamp: ts, agentType: "chat", level: "info", message: MESSAGE },
    };
  }
  return { type: "task:updated", seq, ts, data: { task: TASK } };
}

function longLog(message: string) {
  return {
    type: "log" as const,
    data: { timestamp: ts, agentType: "chat", level: "info" as const, message },
  };
}

const TASK = {
  id: idNumber("task", 1),
  title: MESSAGE,
  status: "PENDING" as const,
  teamRef: { namespace: "system", name: "assistant" },
  labels: {},
  metadata: {},
  createdBy: "alice",
  createdAt: ts,
  updatedAt: ts,
  headSeq: 1,
  epoch: "e1",
};

const commitsOf = (...kinds: Kind[]) =>
  fc.array(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 250,
  });
// Most pages of a log have nothing that is rewritten.
const commits = fc.oneof(commitsOf("log", "status"), commitsOf("log", "status", "task"));

it("[R2] a replay sends of the stored rows what a reader of the log would, to each role its own", async () => {
  const stub = env.TASK_ROOM.getByName("of the log's text");
  await runInDurableObject(stub, (_, { storage }) => {
    migrate(storage, ROOM_STEPS);
    const log = new EventLog(storage.sql);
    fc.assert(
      fc.property(commits, fc.nat(400), fc.nat(60), (kinds, after, keep) => {
        storage.sql.exec("DELETE FROM log; DELETE FROM kept");
        let seq = 0;
        for (const commit of kinds)
          log.append(
            commit.map((kind) => event(kind, ++seq)),
            T0,
          );
        new EventLog(storage.sql).thin(keep);
        const read = [...log.after(after)].flat().map((item) => forRole(item, "viewer"));
        const pages = [...log.textAfter(after, isPersonal, (item) => forRole(item, "viewer"))];
        const sent = pages.flatMap(({ text }) => JSON.parse(`[${text}]`));
        expect(sent).toEqual(JSON.parse(JSON.stringify(read)));
        for (const { text, isOne } of pages) {
          if (isOne) expect(JSON.parse(`[${text}]`)).toHaveLength(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

it("[R2] rows too long to be put together in the database are replayed too", async () => {
  const stub = env.TASK_ROOM.getByName("of the log's long rows");
  await runInDurableObject(stub, (_, { storage }) => {
    migrate(storage, ROOM_STEPS);
    const log = new EventLog(storage.sql);
    const long = "🚤".repeat(400_000);
    for (const seq of [1, 2, 3]) log.append([{ ...event("log", seq), ...longLog(long) }], T0);
    for (const seq of [4, 5]) log.append([event("status", seq)], T0);
    const pages = [...log.textAfter(0, isPersonal, (item) => forRole(item, "viewer"))];
    const sent = pages.flatMap(({ text }) => JSON.parse(`[${text}]`));
    expect(sent).toEqual([...log.after(0)].flat());
  });
});
