import { describe, expect, it } from "vitest";
import { type Descent, nextDescent, tooDeep } from "../../../src/protocol/depth";
import { newId } from "../../../src/protocol/ids";
import { descentIn } from "../../../src/worker/descent";
import type { RefusedRequest } from "../../../src/worker/problem";

const tasks = [1, 2, 3, 4].map((now) => newId("task", now));
const [first = "", second = "", third = ""] = tasks;

describe("[CR1] the requests of a turn's agents", () => {
  it.each<[string, Descent | undefined, Descent]>([
    ["a person's turn", undefined, { depth: 1, tasks: [third] }],
    ["a called turn", { depth: 1, tasks: [first] }, { depth: 2, tasks: [first, third] }],
    ["a turn whose callers named no task", { depth: 2, tasks: [] }, { depth: 3, tasks: [third] }],
  ])("are one deeper than the request of %s, and name its task last", (_of, before, after) => {
    expect(nextDescent(before, third)).toEqual(after);
  });
});

function read(headers: Record<string, string>): unknown {
  try {
    return descentIn(new Headers(headers));
  } catch (error) {
    return (error as RefusedRequest).refusal.code;
  }
}

describe("[CR1] a request says how deep it is", () => {
  it.each<[string, Record<string, string>, unknown]>([
    ["a person's", {}, undefined],
    ["names without a depth", { "taskroom-tasks": first }, undefined],
    [
      "an agent's",
      { "taskroom-depth": "1", "taskroom-tasks": first },
      { depth: 1, tasks: [first] },
    ],
    [
      "the deepest",
      { "taskroom-depth": "3", "taskroom-tasks": `${first},${second},${third}` },
      { depth: 3, tasks: [first, second, third] },
    ],
    [
      "one with names that are no tasks'",
      { "taskroom-depth": "2", "taskroom-tasks": `x,,${second}` },
      { depth: 2, tasks: [second] },
    ],
    [
      "one with more names than there may be",
      { "taskroom-depth": "3", "taskroom-tasks": tasks.join(",") },
      { depth: 3, tasks: tasks.slice(1) },
    ],
    ["one too deep", { "taskroom-depth": "4" }, { depth: 4, tasks: [] }],
    ["one whose depth is none", { "taskroom-depth": "deep" }, "invalid_request"],
    ["one that has not begun", { "taskroom-depth": "0" }, "invalid_request"],
    ["one that is half way", { "taskroom-depth": "1.5" }, "invalid_request"],
    ["one that says nothing", { "taskroom-depth": "" }, "invalid_request"],
  ])("%s", (_which, headers, told) => {
    expect(read(headers)).toEqual(told);
  });
});

it.each([
  [1, undefined],
  [3, undefined],
  [4, "forbidden"],
  [1_000_000, "forbidden"],
])("[CR2] a call that has come through %i turns", (depth, code) => {
  expect(tooDeep({ depth, tasks: [] })?.code).toBe(code);
});
