import { expect, it } from "vitest";
import { parseDuration } from "../../../scripts/duration";

it.each([
  ["30s", 30],
  ["15m", 900],
  ["1h", 3600],
  ["7d", 604_800],
])("%s is %i seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it.each(["", "1", "h", "0s", "-1h", "1.5h", "1h30m", " 1h", "1w", "01h"])(
  "%o is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
