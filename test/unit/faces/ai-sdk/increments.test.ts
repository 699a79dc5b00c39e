import { describe, expect, it } from "vitest";
import type { ShownPart, ToolPart, WordsPart } from "../../../../src/faces/ai-sdk/shown/part";
import { increments } from "../../../../src/faces/ai-sdk/stream/increments";

function words(text: string, more: Partial<WordsPart> = {}): WordsPart {
  const place = { messageId: "msg", round: 0, offset: 0 };
  return { kind: "text", ...place, text, isDone: false, isKept: false, cutBy: 0, ...more };
}

function tool(state: ToolPart["state"], more: Partial<ToolPart> = {}): ToolPart {
  const place = { messageId: "msg", round: 0, index: 0, toolCallId: "c" };
  return { kind: "tool", ...place, name: "look", input: 1, state, isClients: false, ...more };
}

function file(id: string): ShownPart {
  const about = { name: "a.png", mediaType: "image/png", size: 1, url: `https://rooms.test/${id}` };
  return { kind: "file", messageId: "msg", file: { id, ...about } };
}

const done = { isDone: true };
const asked = { approval: { id: "a" } };
const allowed = { approval: { id: "a", approved: true } };

const STEP_ANEW = ["reset-step", "text-start", "text-delta a"];

/** The chunks' types, and what is added to texts. */
function told(before: ShownPart[], after: ShownPart[]): string[] {
  return increments(before, after).map((chunk) =>
    "delta" in chunk ? `${chunk.type} ${chunk.delta}` : chunk.type,
  );
}

describe("what brings a client from one state to the next", () => {
  it.each<[string, ShownPart[], ShownPart[], string[]]>([
    ["a text begins", [], [words("a")], ["text-start", "text-delta a"]],
    ["a text grows", [words("a")], [words("ab")], ["text-delta b"]],
    ["a text ends", [words("a")], [words("ab", done)], ["text-delta b", "text-end"]],
    ["nothing is new", [words("a", done)], [words("a", done)], []],
    [
      "a thought grows that stands before a text",
      [words("a", { kind: "reasoning" }), words("b")],
      [words("aa", { kind: "reasoning" }), words("b")],
      ["reasoning-delta a"],
    ],
    ["a call", [], [tool("input-available")], ["tool-input-available"]],
    ["a file", [words("a", done)], [words("a", done), file("1")], ["file"]],
    ["a file that is there", [file("1")], [file("1"), file("2")], ["file"]],
    ["a file that is void", [words("a"), file("1")], [words("a")], STEP_ANEW],
    ["another file", [file("1")], [file("2")], ["reset-step", "file"]],
    [
      "a question",
      [tool("input-available")],
      [tool("approval-requested", asked)],
      ["tool-approval-request"],
    ],
    [
      "an answer and what came of it, at once",
      [tool("approval-requested", asked)],
      [tool("output-available", { ...allowed, output: 1 })],
      ["tool-approval-request", "tool-approval-response", "tool-output-available"],
    ],
    [
      "a text is cut short",
      [words("ab"), tool("input-available")],
      [words("a", { cutBy: 2 })],
      ["reset-step", "text-start", "text-delta a"],
    ],
    [
      "a text that is over goes on",
      [words("a", done)],
      [words("ab")],
      ["reset-step", "text-start", "text-delta ab"],
    ],
    ["everything is void", [words("a"), tool("output-error")], [], ["reset-step"]],
    [
      "a part comes between others",
      [words("b")],
      [words("a", { kind: "reasoning" }), words("b")],
      ["reset-step", "reasoning-start", "reasoning-delta a", "text-start", "text-delta b"],
    ],
    [
      "a call goes back",
      [tool("output-available", { output: 1 })],
      [tool("input-available")],
      ["reset-step", "tool-input-available"],
    ],
  ])("%s", (_, before, after, chunks) => {
    expect(told(before, after)).toEqual(chunks);
  });
});
