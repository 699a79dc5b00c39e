import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryDelay } from "../../../src/engine/step/backoff";
import { RETRY } from "../../support/engine-builders";

describe("the wait before the next attempt", () => {
  it.each([
    [1, 2000],
    [2, 4000],
    [3, 8000],
    [4, 16_000],
    [6, 60_000],
    [50, 60_000],
  ])("doubles from 2 s up to the rule's most: after %i failures %i ms", (tries, ms) => {
    expect(retryDelay(RETRY, tries, 0.9)).toBe(ms);
  });

  it.each([
    [5000, 5000],
    [1000, 2000],
    [300_000, 300_000],
  ])("is never shorter than the provider asked for: Retry-After %i ms gives %i ms", (asked, ms) => {
    expect(retryDelay(RETRY, 1, 0, asked)).toBe(ms);
  });

  it.each([
    [0, 1000],
    [0.5, 1500],
    [0.999999, 2000],
  ])("with jitter lies between half and all of it: random %d gives %i ms", (random, ms) => {
    expect(retryDelay({ ...RETRY, jitter: true }, 1, random)).toBe(ms);
  });

  it("is a whole number of milliseconds within the rule's bounds", () => {
    const rule = fc.record({
      maxAttempts: fc.constant(10),
      initialMs: fc.integer({ min: 1, max: 600_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      maxMs: fc.integer({ min: 1, max: 3_600_000 }),
      jitter: fc.boolean(),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(rule, fc.integer({ min: 1, max: 10 }), random, (given, tries, chance) => {
        const wait = retryDelay(given, tries, chance);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(given.maxMs);
      }),
    );
  });
});
