import fc from "fast-check";
import { expect, it } from "vitest";
import { alarmTime, earliest } from "../../src/durable-objects/alarm-time";

const LAST = Date.UTC(2189, 0, 1);

it("[D1] an alarm is set for a time that the platform takes, whatever was asked for", () => {
  fc.assert(
    fc.property(fc.double(), (at) => {
      const time = alarmTime(at);
      expect(Number.isInteger(time) && time > 0 && time <= LAST).toBe(true);
    }),
  );
});

it.each([
  ["a far date", Date.UTC(2262, 0, 1), LAST],
  ["never", Number.POSITIVE_INFINITY, LAST],
  ["no number", Number.NaN, LAST],
  ["before all", Number.NEGATIVE_INFINITY, 1],
  ["the past", -5, 1],
  [
    "a fraction of a millisecond, which is never too early",
    1_800_000_000_000.25,
    1_800_000_000_001,
  ],
  ["any other", 1_800_000_000_000, 1_800_000_000_000],
])("of %s", (_, at, time) => {
  expect(alarmTime(at)).toBe(time);
});

it("the earliest of several is one of those that are numbers", () => {
  expect(earliest([30, Number.NaN, 20])).toBe(20);
  expect(earliest([Number.NaN])).toBeUndefined();
  expect(earliest([])).toBeUndefined();
});
