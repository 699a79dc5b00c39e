import * as fc from "fast-check";
import { expect, it } from "vitest";
import { bytesOf, SpokenBytes, WholeCharacters } from "../../../src/agents/model/bounded-text";

const cutAnywhere = fc
  .tuple(fc.string({ unit: "binary" }), fc.array(fc.nat(40)))
  .map(([text, cuts]) => {
    const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
    return { text, deltas: places.slice(1).map((end, i) => text.slice(places[i], end)) };
  });

it("however a text is cut, it comes out whole, and each delta by itself is well formed", () => {
  fc.assert(
    fc.property(cutAnywhere, ({ deltas }) => {
      const whole = new WholeCharacters();
      const given = [...deltas.map((delta) => whole.take(delta)), whole.rest()];
      expect(given.join("")).toBe(deltas.join(""));
      expect(given.every((delta) => delta.isWellFormed())).toBe(true);
    }),
  );
});

it("half of a character whose other half never comes is replaced", () => {
  const whole = new WholeCharacters();
  expect([whole.take("a\ud83d"), whole.rest()]).toEqual(["a", "\ufffd"]);
});

it("a text of white space is blank, until there is a word", () => {
  const whole = new WholeCharacters();
  whole.take(" \n");
  expect(whole.isBlank).toBe(true);
  whole.take("a");
  expect(whole.isBlank).toBe(false);
});

it("past the limit it is a beginning of the text in whole characters, as many as fit in bytes", () => {
  fc.assert(
    fc.property(cutAnywhere, fc.nat(60), ({ deltas }, limit) => {
      const text = deltas.join("");
      const whole = new WholeCharacters();
      const spoken = new SpokenBytes(limit);
      const out = deltas.map((delta) => spoken.take(whole.take(delta))).join("");
      expect(spoken.isFull).toBe(Buffer.byteLength(text) > limit);
      expect(text.startsWith(out)).toBe(true);
      expect(out.isWellFormed()).toBe(true);
      const bytes = Buffer.byteLength(out);
      expect(bytes).toBeLessThanOrEqual(limit);
      expect(bytes).toBeGreaterThanOrEqual(Math.min(limit - 3, Buffer.byteLength(text)));
    }),
  );
});

it("bytes are counted as UTF-8 has them", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(bytesOf(text)).toBe(Buffer.byteLength(text));
    }),
  );
});
