import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { backoffMs, FailedWork } from "../../../src/durable-objects/task-room/failed-work";

const START = 1_800_000_000_000;
const MINUTE = 60_000;

let now: number;
let stored: Map<string, unknown>;
let isWritable: boolean;
let rearmed: number;

beforeEach(() => {
  now = START;
  stored = new Map();
  isWritable = true;
  rearmed = 0;
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What an instance knows of its failed work. */
function instance(): FailedWork {
  const written = (write: () => unknown) => {
    if (!isWritable) throw new Error("disk full");
    return write();
  };
  const kv = {
    get: (key: string) => structuredClone(stored.get(key)),
    put: (key: string, value: unknown) =>
      void written(() => stored.set(key, structuredClone(value))),
    delete: (key: string) => Boolean(written(() => stored.delete(key))),
    list: () => stored.entries(),
  } as SyncKvStorage;
  return new FailedWork({
    storage: { kv },
    now: () => now,
    random: () => 0.5,
    taskId: () => "task_1",
    rearm: () => rearmed++,
  });
}

const broken = () => {
  throw new Error("disk full");
};

it("[D5] each wait is longer than half a second and no longer than a minute, and they grow", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, random) => {
        const wait = backoffMs(n, random);
        expect(wait).toBeGreaterThanOrEqual(500);
        expect(wait).toBeLessThanOrEqual(MINUTE);
        expect(backoffMs(n + 1, random)).toBeGreaterThanOrEqual(wait);
      },
    ),
  );
});

it("[D5] work that throws is left alone until its wait is over, and asks for the alarm", () => {
  const work = instance();
  work.attempt("deadlines", broken);
  expect(rearmed).toBe(1);
  const until = work.waitsUntil("deadlines") ?? 0;
  expect(until).toBeGreaterThan(now);
  const act = vi.fn();
  now = until - 1;
  work.attempt("deadlines", act);
  expect(act).not.toHaveBeenCalled();
  now = until;
  work.attempt("deadlines", act);
  expect(act).toHaveBeenCalledOnce();
  expect(work.waitsUntil("deadlines")).toBeUndefined();
});

it("[D5] work that is asked for every millisecond for five minutes is tried a dozen times or so", () => {
  const work = instance();
  const tries = vi.fn(broken);
  for (; now < START + 5 * MINUTE; now++) work.attempt("begin", tries);
  expect(tries.mock.calls.length).toBeGreaterThan(5);
  expect(tries.mock.calls.length).toBeLessThan(36);
});

it("[D5] a new instance keeps the wait, and how long the next will be", () => {
  const first = instance();
  for (let i = 0; i < 4; i++) {
    first.attempt("begin", broken);
    now = first.waitsUntil("begin") ?? 0;
  }
  now -= 1000;
  const second = instance();
  expect(second.waitsUntil("begin")).toBe(first.waitsUntil("begin"));
  now += 1000;
  second.attempt("begin", broken);
  expect((second.waitsUntil("begin") ?? 0) - now).toBeGreaterThanOrEqual(8000);
});

it("[D5] one kind of work does not hold up another, nor forgive it", () => {
  const work = instance();
  work.attempt("begin", broken);
  const until = work.waitsUntil("begin");
  const act = vi.fn();
  work.attempt("clean-up", act);
  expect(act).toHaveBeenCalledOnce();
  expect(work.waitsUntil("begin")).toBe(until);
});

it("[D5] where the wait cannot be stored, memory holds it", () => {
  isWritable = false;
  const work = instance();
  work.attempt("begin", broken);
  expect(stored.size).toBe(0);
  expect(work.waitsUntil("begin")).toBeGreaterThan(now);
});

it("leaves nothing in the storage once all is well", () => {
  const work = instance();
  work.attempt("begin", broken);
  expect(stored.size).toBe(1);
  work.succeeded("begin");
  expect(stored.size).toBe(0);
});

it.each([
  ["a clock that has gone back", { begin: { failures: 3, retryAt: START + 61 * MINUTE } }],
  ["rows of another version", { begin: "soon" }],
])("is held up for ever by nothing: %s", (_, value) => {
  stored.set("failed work", value);
  expect(instance().waitsUntil("begin")).toBeUndefined();
});
