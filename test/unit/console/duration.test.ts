import { expect, it } from "vitest";
import { durationText } from "../../../src/console/parts/duration";

it.each([
  [0, "0.0 s"],
  [1440, "1.4 s"],
  [9949, "9.9 s"],
  [9950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min 0 s"],
  [119_600, "2 min 0 s"],
  [125_000, "2 min 5 s"],
  [3_599_700, "1 h 0 min"],
  [11_400_000, "3 h 10 min"],
])("%i ms are %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
