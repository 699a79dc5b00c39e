import { describe, expect, it } from "vitest";
import { type Change, cursorOf, readAnew, taken } from "../../../src/console/state/paging";

const list = (key: string, items: string[], nextCursor: string | null) => ({
  key,
  items,
  nextCursor,
});

describe("where a list is read on", () => {
  it("is at the cursor that its last page named", () => {
    expect(cursorOf({ key: "a", cursor: "1" }, list("a", ["x"], "1"), "a")).toBe("1");
  });

  it.each([
    ["another list is wanted", { key: "b", cursor: "1" }, list("a", ["x"], "1"), "a"],
    ["another list has come between", { key: "a", cursor: "1" }, list("b", ["x"], "1"), "a"],
    ["the page is there already", { key: "a", cursor: "1" }, list("a", ["x"], "2"), "a"],
    ["there is none", { key: "a", cursor: "1" }, undefined, "a"],
    ["it is to be read anew", { key: "a" }, list("a", ["x"], "1"), "a"],
  ])("is its beginning where %s", (_, wanted, loaded, shown) => {
    expect(cursorOf(wanted, loaded, shown)).toBeUndefined();
  });
});

describe("a list that is read anew", () => {
  const pages: Record<string, { items: string[]; nextCursor: string | null }> = {
    "": { items: ["a", "b"], nextCursor: "1" },
    1: { items: ["c", "d"], nextCursor: "2" },
    2: { items: ["e"], nextCursor: null },
  };
  const load = async (cursor = "") => pages[cursor] ?? { items: [], nextCursor: null };

  it.each([
    [0, ["a", "b"], "1"],
    [2, ["a", "b"], "1"],
    [3, ["a", "b", "c", "d"], "2"],
    [9, ["a", "b", "c", "d", "e"], null],
  ])("has as many pages as were shown: %i items", async (shown, items, nextCursor) => {
    expect(await readAnew(load, shown)).toEqual({ items, nextCursor });
  });
});

describe("a page that comes", () => {
  const page = { items: ["c"], nextCursor: null };
  const drop =
    (gone: string): Change<string> =>
    (items) =>
      items.filter((item) => item !== gone);
  const add =
    (item: string): Change<string> =>
    (items) =>
      items.includes(item) ? items : [item, ...items];

  it("follows what is there, or takes its place", () => {
    const old = list("a", ["x"], "1");
    expect(taken(old, { key: "a", cursor: "1" }, page, []).items).toEqual(["x", "c"]);
    expect(taken(old, { key: "a" }, page, []).items).toEqual(["c"]);
    expect(taken(old, { key: "b", cursor: "1" }, page, []).items).toEqual(["c"]);
  });

  it("does not take back what was told while it was on its way", () => {
    const old = list("a", ["new", "x"], "1");
    const told = [add("new"), drop("c"), add("x")];
    expect(taken(old, { key: "a" }, page, told).items).toEqual(["x", "new"]);
  });
});
