import fc from "fast-check";
import { expect, it } from "vitest";
import { Voice } from "../../../src/agents/voice";
import { jsonBytes } from "../../../src/protocol/bytes";
import { LIMITS } from "../../../src/protocol/limits";
import { using } from "../../support/tool-story";
import { modelAt, stepFor } from "./step";

const KIB = 1024;
const { signal } = new AbortController();

const said = fc.record({
  unit: fc.constantFrom("a", "漢", "🚤", "\n", '"', "\u0001"),
  units: fc.integer({ min: 0, max: 300 * KIB }),
  kind: fc.constantFrom("text" as const, "thinking" as const),
});

it("[L11] what an answer says, and what its rounds have said, fit into a state together", () => {
  const rule = fc.property(fc.array(said, { maxLength: 8 }), fc.boolean(), (parts, dies) => {
    let words = "";
    const hearing = {
      say: (_: string, delta: string) => {
        words += delta;
      },
      report: () => undefined,
      record: async () => undefined,
    };
    let voice = new Voice(hearing, signal);
    let settled = "";
    for (const { unit, units, kind } of parts) {
      voice[kind](unit.repeat(units));
      if (voice.isFull || !voice.maySettle) break;
      voice.settle(words);
      settled = words;
      // The next attempt goes on from what the rounds have said.
      if (dies) voice = new Voice(hearing, signal, { text: words, thinking: "" });
    }
    expect(jsonBytes(words) + jsonBytes(settled)).toBeLessThanOrEqual(LIMITS.answerJsonBytes + 4);
  });
  fc.assert(rule, { numRuns: 40 });
});

it.each([
  ["is short", 100, ["stop", "tool-result"]],
  ["would not fit into a state twice", 500 * KIB, ["length"]],
])("[L11] the tools of a round whose text %s", async (_, units, [finishReason, ...uses]) => {
  const records: string[] = [];
  const hearing = {
    say: () => undefined,
    report: () => undefined,
    record: async (all: { type: string }[]) => void records.push(...all.map(({ type }) => type)),
  };
  const ask = using([{ name: "use", input: {}, output: "done" }], "x".repeat(units));
  expect(await ask(stepFor(modelAt("http://127.0.0.1:1/v1")), hearing, signal)).toMatchObject({
    type: "finish",
    finishReason,
  });
  expect(records.filter((type) => type === "tool-result")).toEqual(uses);
});
