import fc from "fast-check";
import { expect, it } from "vitest";
import { base64Of, base64Size, bytesOfBase64 } from "../../../src/platform/base64";

const bytes = fc.uint8Array({ maxLength: 100 });

it("writes bytes as everybody does, and reads them back, padded or not, in both alphabets", () => {
  fc.assert(
    fc.property(bytes, (some) => {
      const text = Buffer.from(some).toString("base64");
      expect(base64Of(some)).toBe(text);
      for (const form of [
        text,
        text.replaceAll("=", ""),
        Buffer.from(some).toString("base64url"),
      ]) {
        expect(bytesOfBase64(form)).toEqual(some);
      }
      expect(base64Size(text) - some.length).toBeGreaterThanOrEqual(0);
      expect(base64Size(text) - some.length).toBeLessThanOrEqual(2);
    }),
  );
});

it.each(["A", "AAAAA", "A=AA", "AA A", "not base64!", "ÄÄÄÄ", "AA==AA==", "===="])(
  "%s is none",
  (text) => {
    expect(bytesOfBase64(text)).toBeUndefined();
  },
);
