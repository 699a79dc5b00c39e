import { describe, expect, it } from "vitest";
import { areWords, givenBy, hasFiles } from "../../../../src/console/room/files/given";

const file = (name: string) => new File(["x"], name);
const item = (kind: string, name: string, isDirectory?: boolean) => ({
  kind,
  getAsFile: () => (kind === "file" ? file(name) : null),
  ...(isDirectory !== undefined && { webkitGetAsEntry: () => ({ isDirectory, name }) }),
});

it("a drop brings its files in order, and its folders by name", () => {
  const items = [
    ...[item("file", "a.txt", false), item("string", "words"), item("file", "photos", true)],
    item("file", "b.txt"),
  ];
  const given = givenBy({ items, types: ["Files"] });
  expect(given.files.map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
  expect(given.folders).toEqual(["photos"]);
});

describe("what is pasted", () => {
  it.each([
    ["words", ["text/plain"], false, false],
    ["a file, with its name", ["text/plain", "Files"], true, false],
    ["a copied picture, with markup", ["text/html", "Files"], true, false],
    ["a screenshot", ["Files"], true, false],
    ["cells of a sheet, with a picture", ["text/plain", "text/html", "Files"], true, true],
  ])("%s", (_, types, has, words) => {
    expect(hasFiles({ types })).toBe(has);
    expect(has && areWords({ types })).toBe(words);
  });
});
