import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, type MockInstance, vi } from "vitest";
import { project } from "../../../src/history/projector";
import { databasesOf } from "../../../src/history/shards/databases";
import worker from "../../../src/worker/index";
import { sweep } from "../../../src/worker/sweep";
import { breakableDatabases } from "../../worker/breakable-d1";
import { control, resetControl } from "../../worker/control";
import { aProjection, aTask, clear, START, stored } from "../history/build";
import { environment, fakeRooms } from "./build";

let log: MockInstance;
beforeEach(async () => {
  await clear();
  log = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

function databaseOf(name: string): D1Database {
  const database = databasesOf(env).get(name);
  if (!database) throw new Error(`${name} is not bound`);
  return database;
}

async function overdue(): Promise<string> {
  const { id } = await stored(aTask(), { wakeAt: START - 60_000 });
  return id;
}

it("wakes every overdue room, whatever becomes of the others", async () => {
  const ids = [await overdue(), await overdue(), await overdue()];
  const wake = vi.fn(async () => {}).mockRejectedValueOnce(new Error("gone"));
  const { asked, env: rooms } = fakeRooms({ task: { wake } });
  await sweep(environment(rooms), START);
  expect(new Set(asked)).toEqual(new Set(ids));
  expect(wake).toHaveBeenCalledTimes(3);
  expect(log.mock.calls.flat().join()).toContain("wake_failed");
});

it("[Y3] wakes rooms of every database, with one of them down, and writes down how full they are", async () => {
  const [here, there] = [aTask(), aTask()];
  await project(databaseOf("HISTORY_0"), aProjection(here, { wakeAt: START - 60_000 }));
  await project(databaseOf("HISTORY_1"), aProjection(there, { wakeAt: START - 60_000 }));
  const wake = vi.fn(async () => {});
  const { asked, env: rooms } = fakeRooms({ task: { wake } });
  control.d1 = "down";
  control.d1Of = "HISTORY_0";
  await sweep(environment({ ...breakableDatabases(env), ...rooms }), START);
  expect(asked).toEqual([there.id]);
  resetControl();
  await sweep(environment(rooms), START);
  expect(asked).toEqual([there.id, here.id]);
  const rows = await env.DB.prepare("SELECT name FROM history_shards ORDER BY name").all();
  expect(rows.results.map(({ name }) => name)).toEqual(["DB", "HISTORY_0", "HISTORY_1"]);
});

it("survives a database that does not answer", async () => {
  const prepare = () => {
    throw new Error("D1_ERROR: Network connection lost.");
  };
  await sweep(environment({ DB: { prepare } }), START);
  expect(log.mock.calls.flat().join()).toContain("sweep_failed");
});

it("runs as the scheduled event says, with real rooms", async () => {
  const id = await overdue();
  const controller = createScheduledController({ scheduledTime: new Date(START) });
  await worker.scheduled(controller, env);
  expect(log).not.toHaveBeenCalled();
  const row = await env.DB.prepare("SELECT wake_at FROM tasks WHERE id = ?").bind(id).first();
  expect(row?.wake_at).toBeGreaterThan(START);
});

it("drops idempotency keys that are over", async () => {
  const insert = "INSERT INTO idempotency_keys VALUES ('a', ?, 'h', 't', ?)";
  await env.DB.prepare(insert)
    .bind("old", START - 24 * 3_600_000)
    .run();
  await env.DB.prepare(insert).bind("new", START).run();
  await sweep(environment({}), START);
  const rows = await env.DB.prepare("SELECT key FROM idempotency_keys").all();
  expect(rows.results).toEqual([{ key: "new" }]);
});
