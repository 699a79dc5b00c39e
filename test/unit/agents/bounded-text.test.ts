import * as fc from "fast-check";
import { expect, it } from "vitest";
import { BoundedText } from "../../../src/agents/model/bounded-text";
import { ByteBudget } from "../../../src/agents/model/byte-budget";
import { jsonBytes, utf8Bytes } from "../../../src/protocol/bytes";

type Bounds = { bytes: number; jsonBytes: number };

function passOn(deltas: string[], bounds: Bounds): { given: string[]; full: boolean } {
  const bounded = new BoundedText(new ByteBudget(bounds));
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
      const { given, full } = passOn(deltas, { bytes: 10_000, jsonBytes: 10_000 });
      expect(given.join("")).toBe(text.slice(0, deltas.join("").length));
      expect(full).toBe(false);
      expect(given.every((delta) => delta.isWellFormed())).toBe(true);
    }),
  );
});

/** Bytes of a text as a JSON string, without its quotes. */
const bytesInJson = (text: string) => jsonBytes(text) - 2;
/** The most that one character takes: four bytes of UTF-8, six of JSON. */
const CHARACTER = { bytes: 4, jsonBytes: 6 };

it("past its bounds it is a well-formed beginning of the text, at most one character short of one of them", () => {
  fc.assert(
    fc.property(cutAnywhere, fc.nat(60), fc.nat(60), ({ deltas }, bytes, inJson) => {
      const text = deltas.join("").toWellFormed();
      const { given, full } = passOn(deltas, { bytes, jsonBytes: inJson });
      const out = given.join("");
      expect(full).toBe(utf8Bytes(text) > bytes || bytesInJson(text) > inJson);
      expect(text.startsWith(out)).toBe(true);
      expect(out.isWellFormed()).toBe(true);
      expect(utf8Bytes(out)).toBeLessThanOrEqual(bytes);
      expect(bytesInJson(out)).toBeLessThanOrEqual(inJson);
      const isNearOne =
        utf8Bytes(out) > bytes - CHARACTER.bytes || bytesInJson(out) > inJson - CHARACTER.jsonBytes;
      if (full) expect(isNearOne).toBe(true);
    }),
  );
});

it("a text and its reasoning share one budget", () => {
  const budget = new ByteBudget({ bytes: 10, jsonBytes: 100 });
  const text = new BoundedText(budget);
  const thinking = new BoundedText(budget);
  expect(thinking.take("漢漢")).toBe("漢漢");
  expect(text.take("12345")).toBe("1234");
  expect([text.full, thinking.full]).toEqual([true, false]);
});
