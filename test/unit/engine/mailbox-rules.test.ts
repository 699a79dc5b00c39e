import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, fitted } from "../../../src/engine/user/mailbox-rules";
import { LIMITS } from "../../../src/protocol/limits";

const told = fc.record({
  kind: fc.constant("agent" as const),
  title: fc.string({ maxLength: LIMITS.titleChars, unit: "binary" }),
  body: fc.option(fc.string({ maxLength: 30_000, unit: "binary", size: "max" }), {
    nil: undefined,
  }),
  data: fc.option(
    fc.dictionary(fc.string(), fc.string({ maxLength: 30_000, size: "max" }), { maxKeys: 2 }),
    { nil: undefined },
  ),
});
const draft = told.map(({ body, data, ...rest }) => ({
  ...rest,
  ...(body !== undefined && { body }),
  ...(data && { data }),
}));

describe("[N3] a notification", () => {
  it("never has more bytes than it may, and never half a character", () => {
    fc.assert(
      fc.property(draft, (one) => {
        const kept = fitted(one);
        expect(bytesOf(kept)).toBeLessThanOrEqual(LIMITS.notificationBytes);
        expect(kept.title).toBe(one.title);
        expect(kept.body?.isWellFormed() ?? true).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("that fits stays as it is", () => {
    const one = {
      kind: "agent" as const,
      title: "Up",
      body: "Look",
      data: { url: "https://a.test" },
    };
    expect(fitted(one)).toBe(one);
  });

  it("loses its data before its words", () => {
    const one = {
      kind: "agent" as const,
      title: "Up",
      body: "Look",
      data: { x: "y".repeat(20_480) },
    };
    expect(fitted(one)).toEqual({ kind: "agent", title: "Up", body: "Look" });
  });
});
