import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutHalves } from "../../../src/protocol/json";

// Characters, halves of pairs, and what JSON writes with a backslash.
const unit = fc.oneof(
  fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code)),
  fc.constantFrom("\\", '"', "u", "d83d", "\ud83d\ude00", "a", "\n"),
);
const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(""));

/** The same text with every unit as an escape. */
const escaped = (said: string) =>
  `"${[...Array(said.length).keys()]
    .map((at) => `\\u${said.charCodeAt(at).toString(16).padStart(4, "0")}`)
    .join("")}"`;

describe("JSON text without halves of surrogate pairs", () => {
  it("says what was said, with the replacement character for each half", () => {
    fc.assert(
      fc.property(text, (said) => {
        const whole = said.toWellFormed();
        expect(JSON.parse(withoutHalves(JSON.stringify({ [said]: said })))).toEqual({
          [whole]: whole,
        });
        expect(JSON.parse(withoutHalves(escaped(said)))).toBe(whole);
      }),
      { numRuns: 500 },
    );
  });

  it("leaves alone what has none", () => {
    const json = JSON.stringify({ a: "\ud83d\ude00 \\ud83d" });
    expect(withoutHalves(json)).toBe(json);
  });
});
