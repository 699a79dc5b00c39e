import { expect, it } from "vitest";
import { reconnectDelayMs } from "../../../../scripts/chat/backoff";

it.each([
  [1, 0, 125],
  [1, 1, 250],
  [2, 1, 500],
  [5, 0.5, 3000],
  [7, 1, 10_000],
  [60, 0, 5000],
  [2000, 1, 10_000],
])("failure %i with random %f waits %i ms", (failures, random, expected) => {
  expect(reconnectDelayMs(failures, random)).toBe(expected);
});
