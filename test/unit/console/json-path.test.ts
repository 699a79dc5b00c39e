import { expect, it } from "vitest";
import { valueAt, withValue } from "../../../src/console/resources/json-path";

const team = { spec: { members: [{ role: "a" }, { role: "b", botRef: "x/y" }], limit: 1 } };

it("reads what a path names, through objects and lists", () => {
  expect(valueAt(team, "spec.members.1.role")).toBe("b");
  expect(valueAt(team, "spec.members.7.role")).toBeUndefined();
  expect(valueAt(team, "spec.limit.more")).toBeUndefined();
});

it("sets a value and leaves everything else, the original too", () => {
  const next = withValue(team, "spec.members.1.role", "c");
  expect(next).toEqual({
    spec: { members: [{ role: "a" }, { role: "c", botRef: "x/y" }], limit: 1 },
  });
  expect(valueAt(team, "spec.members.1.role")).toBe("b");
});

it("makes what is missing on the way, and takes away what it leaves empty", () => {
  const made = withValue({ spec: { model: "m" } }, "spec.parameters.temperature", 1);
  expect(made).toEqual({ spec: { model: "m", parameters: { temperature: 1 } } });
  expect(withValue(made, "spec.parameters.temperature", undefined)).toEqual({
    spec: { model: "m" },
  });
});
