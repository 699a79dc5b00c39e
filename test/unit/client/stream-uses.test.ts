import { expect, it } from "vitest";
import { isOutcomeUnknown, type StreamCall, streamUses, type ToolUse } from "../../../src/client";
import { usesOf } from "../../../src/engine/step/tool-uses";
import { OUTCOME_UNKNOWN } from "../../../src/protocol/tools/rounds";
import { idNumber } from "../../support/engine-builders";

function call(index: number, more: Partial<StreamCall> = {}): StreamCall {
  return { index, toolCallId: "same", name: "look", input: {}, ...more };
}

const stream = {
  turnId: idNumber("turn", 1),
  messageId: idNumber("msg", 1),
  ...{ step: "s1", attempt: 1, thinking: "" },
  text: "First.\n\nThird.\n\nAnd now",
  rounds: [
    { round: 0, text: "First.", calls: [call(0, { output: 1 }), call(1, { error: "no" })] },
    { round: 1, text: " \n", calls: [call(0, { isMade: true })] },
    { round: 2, text: "Third.", calls: [call(0, { approval: "asked" })] },
  ],
};

it("places the uses of a running answer in its text, in order", () => {
  const before = streamUses(stream).map(({ round, index, textOffset }) => ({
    ...{ at: `${round}.${index}`, text: stream.text.slice(0, textOffset) },
  }));
  expect(before).toEqual([
    { at: "0.0", text: "First." },
    { at: "0.1", text: "First." },
    { at: "1.0", text: "First." },
    { at: "2.0", text: "First.\n\nThird." },
  ]);
});

it("places them where the message that stays has them", () => {
  const place = ({ round, index, textOffset }: Pick<ToolUse, "round" | "index" | "textOffset">) =>
    [round, index, textOffset].join();
  expect(streamUses(stream).map(place)).toEqual(usesOf(stream).tools?.map(place));
});

it("has none where there is no round", () => {
  expect(streamUses({})).toEqual([]);
});

it.each([
  ["without an end", {}, true],
  ["that may have had its effect", { error: OUTCOME_UNKNOWN }, true],
  ["that failed", { error: "There is no such city." }, false],
  ["with an output, null too", { output: null }, false],
])("a use %s: is its outcome unknown? %#", (_, use, expected) => {
  expect(isOutcomeUnknown(use)).toBe(expected);
});
