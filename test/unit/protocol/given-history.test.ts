import { describe, expect, it } from "vitest";
import { issuesOf } from "../../../src/protocol/issues";
import { LIMITS } from "../../../src/protocol/limits";
import { createTask } from "../../../src/protocol/rest/create-task";

const KIB = 1024;
const said = { role: "user", content: "a" };
const many = (count: number, message: unknown = said) =>
  Array.from({ length: count }, () => message);

function pathsOf(history: unknown): string[] {
  const { error } = createTask.safeParse({ history });
  return error ? issuesOf(error).map(({ path }) => path) : [];
}

describe("[G3] a given history is refused, and where is said,", () => {
  it.each<[string, unknown, string[]]>([
    ["one that is no list", said, ["history"]],
    ["null", null, ["history"]],
    ["a message too many", many(501), ["history"]],
    ["a million of what is none", many(1_000_000, 0), ["history"]],
    ["an unknown role", [said, { ...said, role: "tool" }], ["history.1.role"]],
    ["no role", [{ content: "a" }], ["history.0.role"]],
    ["no content", [{ role: "user" }], ["history.0.content"]],
    ["content that is no text", [{ role: "user", content: 7 }], ["history.0.content"]],
    ["blank content", [said, said, { ...said, content: " \u200b" }], ["history.2.content"]],
    ["a field of another name", [{ ...said, id: "x" }], ["history.0.id"]],
    ["a blank name", [{ ...said, name: " " }], ["history.0.name"]],
    ["a long name", [{ ...said, name: "x".repeat(201) }], ["history.0.name"]],
    ["a byte too many", many(2, { ...said, content: `${"x".repeat(256 * KIB)}x` }), ["history"]],
    ["letters of two bytes", [{ ...said, content: `${"ü".repeat(256 * KIB)}x` }], ["history"]],
    ["names too", [{ ...said, content: "x".repeat(512 * KIB), name: "y" }], ["history"]],
    [
      "a message whose JSON is no row",
      [{ ...said, content: `a${"\u0001".repeat(200 * KIB)}` }],
      ["history.0.content"],
    ],
  ])("%s", (_name, history, paths) => {
    expect(pathsOf(history)).toEqual(paths);
  });
});

describe("[G3] a given history is taken", () => {
  it.each<[string, unknown]>([
    ["without messages", []],
    ["of as many messages as may be", many(500)],
    ["of as many bytes as may be", [{ ...said, content: "ü".repeat(256 * KIB) }]],
    ["with names", [{ ...said, name: "x".repeat(200) }]],
    ["that is longer than a message of a person's", [{ ...said, content: "x".repeat(100_000) }]],
  ])("%s", (_name, history) => {
    expect(pathsOf(history)).toEqual([]);
  });

  it("in a body that has room for it, however it is escaped", () => {
    const worst = `a${"\u0001".repeat(100 * KIB)}`;
    const history = many(5, { role: "assistant", content: worst });
    expect(pathsOf(history)).toEqual([]);
    expect(JSON.stringify({ history }).length).toBeLessThan(LIMITS.createBodyBytes);
  });
});
