import { describe, expect, it } from "vitest";
import { titleOf } from "../../../src/worker/task-title";

describe("a title from a prompt", () => {
  it.each<[string, string | undefined, string]>([
    ["none", undefined, "New task"],
    ["nothing but space", " \n\t\r\n", "New task"],
    ["a line", "Write a poem", "Write a poem"],
    ["the first line of several", "Write a poem\nabout rain", "Write a poem"],
    ["the first line that says something", "\r\n  \r\n Write \r\nmore", "Write"],
    ["80 units", "x".repeat(80), "x".repeat(80)],
    ["more than 80 units", "x".repeat(81), "x".repeat(80)],
    ["a pair at the edge", `${"x".repeat(79)}😀`, "x".repeat(79)],
    ["a pair before the edge", `${"x".repeat(78)}😀y`, `${"x".repeat(78)}😀`],
  ])("%s", (_name, prompt, title) => {
    expect(titleOf(prompt)).toBe(title);
  });
});
