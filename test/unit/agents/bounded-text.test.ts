import * as fc from "fast-check";
import { expect, it } from "vitest";
import { BoundedText } from "../../../src/agents/model/bounded-text";

function passOn(deltas: string[], limit: number): { given: string[]; full: boolean } {
  const bounded = new BoundedText(limit);
  const given = deltas.map((delta) => bounded.take(delta));
  given.push(bounded.rest());
  return { given, full: bounded.full };
}

const cutAnywhere = fc
  .tuple(fc.string({ unit: "binary" }), fc.array(fc.nat(40)))
  .map(([text, cuts]) => {
    const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
    return { text, deltas: places.slice(1).map((end, i) => text.slice(places[i], end)) };
  });

it("however a text is cut, it comes out whole, and each delta by itself is well formed", () => {
  fc.assert(
    fc.property(cutAnywhere, ({ text, deltas }) => {
      const { given, full } = passOn(deltas, 1000);
      expect(given.join("")).toBe(text.slice(0, deltas.join("").length));
      expect(full).toBe(false);
      expect(given.every((delta) => delta.isWellFormed())).toBe(true);
    }),
  );
});

it("past the limit it is a well-formed beginning of the text, at most one unit short", () => {
  fc.assert(
    fc.property(cutAnywhere, fc.nat(30), ({ deltas }, limit) => {
      const text = deltas.join("");
      const { given, full } = passOn(deltas, limit);
      const out = given.join("");
      expect(full).toBe(text.length > limit);
      expect(text.startsWith(out)).toBe(true);
      expect(out.isWellFormed()).toBe(true);
      expect(out.length).toBeLessThanOrEqual(limit);
      expect(out.length).toBeGreaterThanOrEqual(Math.min(limit, text.length) - 1);
    }),
  );
});
