import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AlarmClock } from "../../../src/durable-objects/task-room/alarm-clock";

const START = 1_800_000_000_000;
const MINUTE = 60_000;

let due: number | undefined;
let sleeps: boolean;
let isWell: boolean;
/** What was asked of the storage, answered or not. */
let set: number[];
let taken: number;
let alarm: AlarmClock;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  vi.spyOn(console, "error").mockImplementation(() => {});
  due = START + 1000;
  sleeps = false;
  isWell = true;
  set = [];
  taken = 0;
  alarm = new AlarmClock({
    storage: {
      getAlarm: async () => null,
      setAlarm: async (at) => {
        set.push(Number(at));
        if (!isWell) throw new Error("disk full");
      },
      deleteAlarm: async () => void taken++,
    },
    now: () => Date.now(),
    random: () => 0.5,
    hold: () => undefined,
    due: () => due,
    sleeps: () => sleeps,
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("is set once for what is due, and again for what is due before that", () => {
  alarm.arm();
  alarm.arm();
  due = START + 500;
  alarm.arm();
  due = START + 5000;
  alarm.arm();
  expect(set).toEqual([START + 1000, START + 500]);
});

it("one that comes too early is not set for the same moment: the runtime would forget it with the one that came", () => {
  alarm.arm();
  alarm.rang();
  alarm.after(() => undefined);
  expect(set).toEqual([START + 1000, START + 1001]);
});

it("one that has not come long after its time is set again; one that is only late is not", () => {
  alarm.arm();
  vi.setSystemTime(START + 5000);
  due = START + 65_000;
  alarm.arm();
  expect(set).toEqual([START + 1000]);
  vi.setSystemTime(START + 7000);
  alarm.arm();
  expect(set).toEqual([START + 1000, due]);
});

it("one that was long due when it was set is set once: each change would cost a row", () => {
  vi.setSystemTime(START + 60_000);
  for (let i = 0; i < 3; i++) alarm.arm();
  expect(set).toEqual([START + 1000]);
});

it("[D1] is set for a date that the platform takes, and none is set again for a farther one", () => {
  due = Number.POSITIVE_INFINITY;
  alarm.arm();
  due = Date.UTC(2262, 0, 1);
  alarm.arm();
  expect(set).toEqual([Date.UTC(2189, 0, 1)]);
});

describe("[D4] a room that sleeps", () => {
  it("has one that would wake it for nothing moved, where it gains much by that", () => {
    alarm.arm();
    due = START + 24 * 60 * MINUTE;
    alarm.arm();
    expect(set).toEqual([START + 1000]);
    sleeps = true;
    alarm.arm();
    alarm.arm();
    due += 10_000;
    alarm.arm();
    expect(set).toEqual([START + 1000, START + 24 * 60 * MINUTE]);
  });

  it("has one taken back for which nothing is left to do", () => {
    alarm.arm();
    due = undefined;
    alarm.arm();
    alarm.arm();
    expect(taken).toBe(1);
  });
});

describe("[D5] where it cannot be set", () => {
  it("it is tried again a dozen times or so in five minutes, and set when all is well again", async () => {
    isWell = false;
    const end = START + 5 * MINUTE;
    // As a room in which much is going on: everything asks for the alarm.
    while (Date.now() < end) {
      due = Date.now() + 1000;
      alarm.arm();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(set.length).toBeGreaterThan(5);
    expect(set.length).toBeLessThan(36);
    isWell = true;
    due = Date.now() + 2 * MINUTE;
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(set.at(-1)).toBe(due);
    const tries = set.length;
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(set).toHaveLength(tries);
  });

  it("whoever waits for it hears so, until it is set", async () => {
    isWell = false;
    alarm.arm();
    await expect(alarm.settled()).rejects.toThrow("disk full");
    isWell = true;
    await vi.advanceTimersByTimeAsync(1000);
    await alarm.settled();
    expect(set).toHaveLength(2);
  });

  it("nor what is due be read: nothing is thrown, and it is tried again", async () => {
    const read = due;
    const broken = new AlarmClock({
      storage: {
        getAlarm: async () => null,
        setAlarm: async (at) => void set.push(Number(at)),
        deleteAlarm: async () => undefined,
      },
      now: () => Date.now(),
      random: () => 0.5,
      hold: () => undefined,
      due: () => {
        if (Date.now() < START + 5000) throw new Error("no such table");
        return read;
      },
      sleeps: () => false,
    });
    broken.arm();
    await expect(broken.settled()).rejects.toThrow("no such table");
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(set).toEqual([read]);
    await broken.settled();
  });
});
