import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { type Levels, sumOfLevels } from "../../../src/platform/levels";
import { BOARD_WINDOWS } from "../../../src/protocol/operator/board";

const KEY = 'taskroom_turns_total{status="FAILED"}';
const WORKING = 'taskroom_turns_open{state="working"}';
const MINUTE = 60_000;
const T0 = Date.parse("2026-11-21T10:00:30.000Z");
const one = { counters: { [KEY]: 1 }, histograms: {} };
const NOTHING = { counters: {}, histograms: {} };

let name = 0;
let clock: MockInstance<typeof Date.now>;
const shard = () => env.METRICS_SHARD.getByName(`ring ${name}`);
const at = (ms: number) => void clock.mockReturnValue(T0 + ms);

beforeEach(() => {
  name++;
  clock = vi.spyOn(Date, "now");
  at(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What is in the storage of what the shard knows: `true` where that is all. */
const isWritten = () =>
  runInDurableObject(shard(), async (object, { storage }) => {
    const { levels, ...tally } = await object.read();
    const stored = (table: string) =>
      storage.sql.exec(`SELECT body FROM ${table}`).toArray()[0]?.body ?? "{}";
    const objects: { values: object }[] = Object.values(JSON.parse(String(stored("levels"))));
    const kept = sumOfLevels(objects.map(({ values }) => values as Levels));
    return isDeepStrictEqual([JSON.parse(String(stored("tally"))), kept], [tally, levels]);
  });

/** As after a moment without anything to do: all that was to be written is. */
async function sleep() {
  await expect.poll(isWritten).toBe(true);
  await evictDurableObject(shard());
}

/** What was counted by the beginning of each part that has something, from `T0`'s minute on. */
async function failures(window: "hour" | "day" | "week") {
  const { parts } = await shard().recorded(window, Date.now());
  const from = T0 - (T0 % MINUTE);
  return parts.map(({ start, added }) => [(start - from) / MINUTE, added.counters[KEY] ?? 0]);
}

/** Rows that the shard writes where it is told this often at once, until all of it is written. */
async function rowsFor(times: number): Promise<number> {
  return runInDurableObject(shard(), async (object, { storage }) => {
    const exec = vi.spyOn(Object.getPrototypeOf(storage.sql), "exec");
    for (let n = 0; n < times; n++) {
      void object.add(one, { object: `room ${n % 50}`, values: { [WORKING]: 1 } });
    }
    // What was told is written a second later.
    await scheduler.wait(1500);
    const rows = exec.mock.results.map(
      ({ value }) => (value as SqlStorageCursor<never>).rowsWritten,
    );
    exec.mockRestore();
    return rows.reduce((sum, written) => sum + written, 0);
  });
}

describe("[BD1] a shard records what was counted in each part of a window", () => {
  it("also where it slept in between, in a part and over several", async () => {
    await shard().add(one);
    await sleep();
    await shard().add(one);
    await sleep();
    at(MINUTE);
    await sleep();
    await shard().add(one);
    at(20 * MINUTE);
    await shard().add(one);
    await shard().add(one);
    await sleep();
    expect(await failures("hour")).toEqual([
      [0, 2],
      [1, 1],
      [20, 2],
    ]);
    expect(await failures("day")).toEqual([
      [0, 3],
      [15, 2],
    ]);
    expect(await failures("week")).toEqual([[0, 5]]);
  });

  it("and none of what was lost when it died shows as more or less of anything else", async () => {
    await shard().add(one);
    // Neither is written when the minute is over; the snapshot that is made then is.
    await runInDurableObject(shard(), async (object, state) => {
      at(MINUTE);
      await object.add(one);
      await state.storage.sync();
      state.abort("a test");
    }).catch(() => undefined);
    at(MINUTE + 1000);
    await shard().add(one);
    const [first, second] = await failures("hour");
    expect(first).toEqual([0, 1]);
    expect(second?.[1]).toBeGreaterThanOrEqual(1);
  });

  it("[BD3] in rings: what is older than a window makes room, whatever was told", async () => {
    const count = () =>
      runInDurableObject(shard(), (_, { storage }) =>
        storage.sql
          .exec("SELECT bucket_ms, count(*) AS kept FROM snapshots GROUP BY bucket_ms")
          .toArray()
          .map((row) => [row.bucket_ms, row.kept]),
      );
    await runInDurableObject(shard(), async (object) => {
      for (let n = 0; n < 200; n++) {
        at(n * 15 * MINUTE);
        await object.add(one);
      }
      for (let n = 0; n < 130; n++) {
        at(200 * 15 * MINUTE + n * MINUTE);
        await object.add(one);
      }
    });
    const { hour, day, week } = BOARD_WINDOWS;
    expect(await count()).toEqual([
      [hour.bucketMs, hour.buckets],
      [day.bucketMs, day.buckets],
      // Fifty-two hours of the week.
      [week.bucketMs, 53],
    ]);
    const sumOf = async (window: "hour" | "day" | "week") =>
      (await failures(window)).reduce((sum, [, value = 0]) => sum + value, 0);
    expect(await sumOf("hour")).toBe(60);
    expect(await sumOf("week")).toBe(330);
    at(20 * 24 * 60 * MINUTE);
    expect(await failures("week")).toEqual([]);
  });

  it("passes over what it can't read", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await shard().add(one);
    at(MINUTE);
    await shard().add(one);
    at(2 * MINUTE);
    await shard().add(one);
    await runInDurableObject(shard(), (_, { storage }) => {
      const update = "UPDATE snapshots SET body = '{' WHERE bucket_ms = 60000 AND start = ?";
      storage.sql.exec(update, T0 - (T0 % MINUTE) + MINUTE);
    });
    expect(await failures("hour")).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(log.mock.calls.flat().join()).toContain("metrics_snapshot_unreadable");
  });
});

it("[BD3] a shard writes two rows however much it is told, and few more as a part of a window begins", async () => {
  await rowsFor(1);
  expect(await rowsFor(1)).toBe(2);
  expect(await rowsFor(300)).toBe(2);
  at(MINUTE);
  // A snapshot, and the counts with it.
  expect(await rowsFor(300)).toBe(2 + 2);
  at(60 * MINUTE);
  // A minute, a quarter and an hour begin together.
  expect(await rowsFor(300)).toBe(2 + 4);
});

describe("[BD2] levels", () => {
  const told = (object: string, values: Record<string, number>) =>
    shard().add(NOTHING, { object, values });
  const working = async () => (await shard().read()).levels[WORKING];

  it("are what each object said last, through hibernation", async () => {
    await told("one", { [WORKING]: 1 });
    await told("two", { [WORKING]: 2 });
    await told("one", { [WORKING]: 1 });
    expect(await working()).toBe(3);
    await sleep();
    expect(await working()).toBe(3);
    await told("two", {});
    await sleep();
    expect(await working()).toBe(1);
  });

  it("stand through parts in which nobody said anything", async () => {
    await told("one", { [WORKING]: 1 });
    at(MINUTE);
    await told("two", { [WORKING]: 2 });
    at(5 * MINUTE);
    await told("two", {});
    const { before, parts } = await shard().recorded("hour", Date.now());
    expect(before).toEqual({});
    expect(parts.map(({ levels }) => levels[WORKING])).toEqual([1, 3, 1]);
  });

  it("of an object that died and never came back are forgotten after eight days", async () => {
    await told("one", { [WORKING]: 1 });
    await sleep();
    at(8 * 24 * 60 * MINUTE);
    await told("two", { [WORKING]: 1 });
    expect(await working()).toBe(1);
  });

  it("that nobody knows are not taken, nor those below nothing", async () => {
    await told("one", { [WORKING]: 1, made_up: 4 });
    const refused = runInDurableObject(shard(), (object) =>
      object.add(NOTHING, { object: "one", values: { [WORKING]: -1 } }).catch(() => "refused"),
    );
    expect(await refused).toBe("refused");
    expect((await shard().read()).levels).toEqual({ [WORKING]: 1 });
  });
});

it("[BD3] a shard of the last release goes on: its counts stay, and its rooms tell no levels", async () => {
  await runInDurableObject(shard(), (_, { storage }) => {
    storage.sql.exec("DROP TABLE snapshots");
    storage.sql.exec("DROP TABLE levels");
    storage.sql.exec("UPDATE storage_steps SET done = 1");
    storage.sql.exec("INSERT INTO tally (id, body) VALUES (1, ?)", JSON.stringify(one));
  });
  await evictDurableObject(shard());
  await shard().add(one);
  expect(await shard().read()).toEqual({ counters: { [KEY]: 2 }, histograms: {}, levels: {} });
  expect(await failures("hour")).toEqual([[0, 1]]);
});
