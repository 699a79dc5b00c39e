import { beforeEach, expect, it } from "vitest";
import { AlarmClock } from "../../../src/durable-objects/task-room/alarm-clock";

const START = 1_800_000_000_000;

let now: number;
let due: number;
let set: number[];
let alarm: AlarmClock;

beforeEach(() => {
  now = START;
  due = START + 1000;
  set = [];
  const storage = { setAlarm: async (at: number) => set.push(at) };
  alarm = new AlarmClock({
    storage: storage as unknown as DurableObjectStorage,
    now: () => now,
    hold: () => undefined,
    due: () => due,
  });
  alarm.arm();
});

it("is set once for what is due, and again for what is due before that", () => {
  alarm.arm();
  due -= 500;
  alarm.arm();
  due += 5000;
  alarm.arm();
  expect(set).toEqual([START + 1000, START + 500]);
});

it("one that comes too early is not set for the same moment: the runtime would forget it with the one that came", () => {
  alarm.rang();
  alarm.after(() => undefined);
  expect(set).toEqual([START + 1000, START + 1001]);
});

it("one that has not come long after its time is set again; one that is only late is not", () => {
  now = due + 4000;
  due = now + 60_000;
  alarm.arm();
  expect(set).toEqual([START + 1000]);
  now += 2000;
  alarm.arm();
  expect(set).toEqual([START + 1000, due]);
});

it("one that was long due when it was set is set once: each change would cost a row", () => {
  now = due + 60_000;
  alarm.arm();
  alarm.arm();
  alarm.arm();
  expect(set).toEqual([START + 1000, START + 1000]);
});
