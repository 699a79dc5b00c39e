import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamUse } from "../../../src/client";
import {
  liveUse,
  partsOf,
  type ShownUse,
  usesOf,
} from "../../../src/console/room/conversation/tools/shown-use";
import type { JsonValue } from "../../../src/protocol/json";
import { OUTCOME_UNKNOWN } from "../../../src/protocol/tools/rounds";
import { message } from "../scripts/chat/room-events";

const CALL = { round: 1, index: 0, toolCallId: "c", name: "look", input: {}, textOffset: 3 };

function kept(...tools: JsonValue[]) {
  return usesOf(message("assistant", "Done", { metadata: { tools } }));
}

describe("how far a call of a running answer is", () => {
  it.each<[string, Partial<StreamUse>]>([
    ["planned", {}],
    ["running", { isMade: true }],
    ["asks", { approval: "asked" }],
    ["planned", { approval: "given" }],
    ["running", { approval: "given", isMade: true }],
    ["refused", { approval: "refused", error: "A person did not approve.", refused: true }],
    ["with-client", { isMade: true, where: "client" }],
    ["done", { isMade: true, output: null }],
    ["done", { isMade: true, where: "client", output: 1 }],
    ["failed", { isMade: true, error: "No such city." }],
    ["unknown", { isMade: true, error: OUTCOME_UNKNOWN }],
  ])("%s: %o", (state, more) => {
    expect(liveUse({ ...CALL, ...more }).state).toBe(state);
  });

  it("between two attempts nobody knows what those did that were made", () => {
    const state = (more: Partial<StreamUse>) => liveUse({ ...CALL, ...more }, false).state;
    expect(state({ isMade: true })).toBe("unknown");
    expect(state({})).toBe("planned");
    expect(state({ isMade: true, output: 1 })).toBe("done");
  });
});

describe("what a finished message tells of its uses", () => {
  it.each([
    ["done", { output: 0 }],
    ["failed", { error: "No such city." }],
    ["refused", { error: "A person did not approve.", refused: true }],
    ["unknown", { error: OUTCOME_UNKNOWN }],
    ["unknown", {}],
  ])("%s: %o", (state, outcome) => {
    expect(kept({ ...CALL, ...outcome })).toMatchObject([{ state, textOffset: 3 }]);
  });

  it("reads those of before rounds were counted, and leaves out what is no use", () => {
    const old = { toolCallId: "c", name: "look", input: {}, output: "seen" };
    expect(kept(old, null, "use", { name: 1 })).toMatchObject([{ state: "done", textOffset: 0 }]);
  });

  it("has none in what a person put into a message of theirs", () => {
    expect(usesOf(message("user", "Hi", { metadata: { tools: [CALL] } }))).toEqual([]);
  });
});

describe("an answer in parts", () => {
  const use = (textOffset: number): ShownUse => ({
    ...{ key: "", toolCallId: "c", name: "n", state: "done", input: {}, isCut: false, textOffset },
  });

  it("has its uses where they were made, those of one place together", () => {
    const parts = partsOf("One.\n\nTwo.", [use(4), use(4), use(10)]);
    expect(parts.map(({ text, uses }) => [text, uses.length])).toEqual([
      ["One.", 2],
      ["\n\nTwo.", 1],
      ["", 0],
    ]);
  });

  it("keeps every character and every use, in order, whatever the offsets are", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(40)), (text, offsets) => {
        const uses = offsets.map(use);
        const parts = partsOf(text, uses);
        expect(parts.map((part) => part.text).join("")).toBe(text);
        expect(parts.flatMap((part) => part.uses)).toEqual(uses);
        expect(new Set(parts.map(({ key }) => key)).size).toBe(parts.length);
      }),
    );
  });
});
