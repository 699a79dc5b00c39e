import { describe, expect, it } from "vitest";
import { bodyHash } from "../../../src/worker/body-hash";

describe("a body's hash", () => {
  it.each<[string, unknown, unknown]>([
    ["order of names", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ["order of names that look like numbers", { 2: "x", 10: "y" }, { 10: "y", 2: "x" }],
    ["a member that is undefined", { a: 1, b: undefined }, { a: 1 }],
  ])("is the same whatever the %s", async (_name, one, other) => {
    expect(await bodyHash(one)).toBe(await bodyHash(other));
  });

  it.each<[string, unknown, unknown]>([
    ["a value", { a: 1 }, { a: 2 }],
    ["a type", { a: 1 }, { a: "1" }],
    ["a name", { a: 1 }, { b: 1 }],
    ["the order of a list", { a: [1, 2] }, { a: [2, 1] }],
    ["a list of pairs for an object", { a: { b: 1 } }, { a: [["b", 1]] }],
    ["an empty list for an empty object", { a: [] }, { a: {} }],
    ["a wrapped list for a list", { a: [1] }, { a: { list: [1] } }],
    ["null for nothing", { a: null }, {}],
  ])("tells %s apart", async (_name, one, other) => {
    expect(await bodyHash(one)).not.toBe(await bodyHash(other));
  });

  it("is SHA-256 in hex", async () => {
    expect(await bodyHash({})).toMatch(/^[0-9a-f]{64}$/);
  });
});
