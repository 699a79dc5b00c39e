import { describe, expect, it } from "vitest";
import { verdictOn, waitAfter } from "../../../src/engine/user/webhook-rules";

const HOUR = 60 * 60 * 1000;
const attempt = { attempts: 1, giveUpAt: 24 * HOUR, now: 0, initialMs: 5000 };

describe("an attempt to deliver", () => {
  it.each([200, 201, 204, 299])("has arrived with %i", (status) => {
    expect(verdictOn({ status }, attempt)).toEqual({ outcome: "delivered" });
  });

  it.each([undefined, 100, 301, 302, 400, 401, 404, 408, 429, 500, 503])(
    "is made again after %s",
    (status) => {
      expect(verdictOn({ status }, attempt)).toEqual({ outcome: "again", at: 5000 });
    },
  );

  it("is the last where the receiver is gone", () => {
    expect(verdictOn({ status: 410 }, attempt)).toEqual({ outcome: "failed", gone: true });
  });

  it("is made once more when the time is up, and then no more", () => {
    const late = { ...attempt, attempts: 9, now: 23.5 * HOUR };
    expect(verdictOn({}, late)).toEqual({ outcome: "again", at: 24 * HOUR });
    expect(verdictOn({}, { ...late, now: 24 * HOUR })).toEqual({ outcome: "failed", gone: false });
  });

  it("waits 5 s, 30 s, 2 min, 10 min, then an hour each time", () => {
    const waits = [1, 2, 3, 4, 5, 6, 30].map((attempts) => waitAfter(attempts, 5000) / 1000);
    expect(waits).toEqual([5, 30, 120, 600, 3600, 3600, 3600]);
  });

  it("never waits longer than an hour, unless the first wait is", () => {
    expect(waitAfter(5, 60_000)).toBe(HOUR);
    expect(waitAfter(5, 2 * HOUR)).toBe(2 * HOUR);
  });
});
