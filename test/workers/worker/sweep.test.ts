import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, type MockInstance, vi } from "vitest";
import worker from "../../../src/worker/index";
import { sweep } from "../../../src/worker/sweep";
import { aTask, clear, START, stored } from "../history/build";
import { environment, fakeRooms } from "./build";

let log: MockInstance;
beforeEach(async () => {
  await clear();
  log = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

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
