import { expect, it } from "vitest";
import { SameKey } from "../../../src/console/state/same-key";

it("what is asked for again is asked for under the same key, until it was answered", () => {
  const keys = new SameKey();
  const first = keys.of({ prompt: "one" });
  expect(keys.of({ prompt: "one" })).toBe(first);
  const other = keys.of({ prompt: "two" });
  expect(other).not.toBe(first);
  keys.done();
  expect(keys.of({ prompt: "two" })).not.toBe(other);
});
