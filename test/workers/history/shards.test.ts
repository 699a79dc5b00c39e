import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { databasesOf, openTo } from "../../../src/history/shards/databases";
import { knownFills, measureFills } from "../../../src/history/shards/fills";
import {
  type Histories,
  HistoryNotBound,
  historiesOf,
} from "../../../src/history/shards/histories";
import { breakableDatabases } from "../../worker/breakable-d1";
import { control, resetControl } from "../../worker/control";
import { START } from "./build";

const MINUTE = 60_000;
const CAPACITY = 1000;
const choosing = { now: START, capacity: CAPACITY, random: 0, userId: "alice" };
const at = (now: number) => ({ now, capacity: CAPACITY });

let errors: MockInstance;

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM history_shards").run();
  errors = vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  sizes({ DB: 1, HISTORY_0: 500, HISTORY_1: 300 });
});
afterEach(() => {
  resetControl();
  vi.restoreAllMocks();
});

function sizes(bytes: Record<string, number>): void {
  for (const [name, size] of Object.entries(bytes)) control.d1Sizes.set(name, size);
}

/** As an isolate that was just started sees them. */
const databases = () => databasesOf(breakableDatabases(env));
const histories = (): Histories => historiesOf(breakableDatabases(env));
const told = (event: string) =>
  errors.mock.calls.flat().filter((line) => String(line).includes(event));

describe("[Y1] the databases of histories", () => {
  it("are all that are bound as HISTORY_n, in the order of their numbers, beside the control database", () => {
    const { DB } = env;
    const some = { ...env, HISTORY_10: DB, HISTORY_2: DB, HISTORY_02: DB, HISTORY_X: DB };
    const names = ["DB", "HISTORY_0", "HISTORY_1", "HISTORY_2", "HISTORY_10"];
    expect([...databasesOf(some).keys()]).toEqual(names);
    expect(openTo(databasesOf(some))).toEqual(names.slice(1));
    expect(openTo(new Map([["DB", DB]]))).toEqual(["DB"]);
  });

  it("are found by their names; a task without one has the control database", () => {
    expect(historiesOf(env).find("HISTORY_1")).toBe(env.HISTORY_1);
    expect(historiesOf(env).find(undefined)).toBe(env.DB);
    expect(historiesOf(env).having("HISTORY_1")).toEqual([env.HISTORY_1, env.DB]);
    expect(() => historiesOf(env).find("HISTORY_7")).toThrow(HistoryNotBound);
  });
});

describe("[Y2] the choice for a new task", () => {
  it("goes by what the databases say where nothing is written down", async () => {
    expect(await histories().choose(choosing)).toBe("HISTORY_1");
    sizes({ HISTORY_1: 600 });
    // What was written down a moment ago holds for three minutes, unless the sweep looks again.
    expect(await histories().choose(choosing)).toBe("HISTORY_1");
    await measureFills(databases(), at(START));
    expect(await histories().choose(choosing)).toBe("HISTORY_0");
  });

  it("is kept by an isolate for half a minute", async () => {
    const isolate = histories();
    expect(await isolate.choose(choosing)).toBe("HISTORY_1");
    sizes({ HISTORY_1: 600 });
    await measureFills(databases(), at(START));
    control.d1Lookups = 0;
    expect(await isolate.choose({ ...choosing, now: START + MINUTE / 2 - 1 })).toBe("HISTORY_1");
    expect(control.d1Lookups).toBe(0);
    expect(await isolate.choose({ ...choosing, now: START + MINUTE / 2 })).toBe("HISTORY_0");
  });

  it("avoids one that does not answer, and comes to pass with the control database down", async () => {
    control.d1 = "down";
    control.d1Of = "HISTORY_1";
    expect(await histories().choose(choosing)).toBe("HISTORY_0");
    control.d1Of = "DB";
    expect(await histories().choose(choosing)).toBe("HISTORY_1");
    control.d1Of = undefined;
    expect(["HISTORY_0", "HISTORY_1"]).toContain(await histories().choose(choosing));
  });

  it("is the least full where all are full, and the log says so", async () => {
    sizes({ HISTORY_0: 950, HISTORY_1: 960 });
    expect(await histories().choose(choosing)).toBe("HISTORY_0");
    expect(told("history_all_full")).toHaveLength(1);
  });
});

describe("[Y3] how full they are", () => {
  it("is said once by the log for each that becomes full, whoever sees it", async () => {
    sizes({ HISTORY_1: 899 });
    await measureFills(databases(), at(START));
    expect(told("history_shard_full")).toHaveLength(0);
    sizes({ HISTORY_1: 900 });
    await Promise.all([1, 2, 3].map((n) => measureFills(databases(), at(START + n))));
    expect(told("history_shard_full")).toHaveLength(1);
    sizes({ HISTORY_1: 100 });
    await measureFills(databases(), at(START));
    sizes({ HISTORY_1: 950 });
    await measureFills(databases(), at(START));
    expect(told("history_shard_full")).toHaveLength(2);
  });

  it("is the last known size of one that does not answer", async () => {
    await measureFills(databases(), at(START));
    control.d1 = "down";
    control.d1Of = "HISTORY_0";
    const later = await knownFills(databases(), at(START + 10 * MINUTE));
    expect(later).toContainEqual({ name: "HISTORY_0", bytes: 500, answers: false });
    expect(later).toContainEqual({ name: "HISTORY_1", bytes: 300, answers: true });
  });
});
