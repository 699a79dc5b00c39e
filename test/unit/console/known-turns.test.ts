import { expect, it } from "vitest";
import type { Turn } from "../../../src/client";
import { closedAfter, merged, type Retry, waitOf } from "../../../src/console/room/known-turns";

const turn = (id: string, status: Turn["status"]) => ({ id, status }) as Turn;
const by = (turns: Turn[]) => new Map(turns.map((one) => [one.id, one]));

it("a turn that begins again is not the one that had failed, also before its end was looked up", () => {
  const closed = by([turn("1", "FAILED"), turn("2", "COMPLETED")]);
  const next = closedAfter(closed, { turnId: "1", status: "PENDING" });
  expect(merged(next, [])).toEqual([turn("2", "COMPLETED")]);
  expect(merged(next, [turn("1", "PROCESSING")])).toHaveLength(2);
  expect(closedAfter(closed, { turnId: "1", status: "FAILED" })).toBe(closed);
  expect(closedAfter(closed, { turnId: "3", status: "PENDING" })).toBe(closed);
});

it.each([
  ["right", 0, 4000],
  ["an hour behind", -3_600_000, -3_596_000],
  ["an hour ahead", 3_600_000, 4000],
])("a wait is no longer than it is by a clock that is %s", (_, now, until) => {
  const data = { turnId: "1", message: "busy", retryInMs: 4000 };
  const retry = { type: "chat:error", seq: 1, ts: new Date(0).toISOString(), data } as Retry;
  expect(waitOf(retry, now)).toEqual([["1", { until, why: "busy" }]]);
});
