import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  admitTurn,
  countUsage,
  dayOf,
  NOTHING_USED,
  releaseTurn,
  usageAt,
} from "../../../src/engine/user/usage-rules";
import type { UsageItem, UsageState } from "../../../src/protocol/rooms/metering";

const NOW = Date.UTC(2026, 10, 21, 23, 0);
const TODAY = dayOf(NOW);
const TASK = "task_1";

function item(seq: number, more: Partial<UsageItem> = {}): UsageItem {
  return { seq, day: TODAY, turns: 1, tokens: 10, ...more };
}

function counted(state: UsageState, ...items: UsageItem[]): UsageState {
  return countUsage(state, { taskId: TASK, epoch: "e", items });
}

describe("counting", () => {
  it("adds what each report has, by day and month", () => {
    const state = counted(
      NOTHING_USED,
      item(1, { day: "2026-10-31" }),
      item(2, { day: "2026-11-01" }),
      item(3),
    );
    expect(usageAt(state, NOW)).toEqual({
      today: { turns: 1, tokens: 10 },
      month: { turns: 2, tokens: 20 },
    });
  });

  it("a report of a room whose storage was lost, with another epoch, counts from its beginning", () => {
    const state = countUsage(counted(NOTHING_USED, item(5)), {
      taskId: TASK,
      epoch: "f",
      items: [item(1)],
    });
    expect(usageAt(state, NOW).today.turns).toBe(2);
  });

  it("however often reports are repeated and however they overlap, each event counts once", () => {
    const reports = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 10 })),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(reports, (ranges) => {
        let state = NOTHING_USED;
        let told = 0;
        for (const [back, ahead] of ranges) {
          const from = Math.max(0, told - back);
          const items = Array.from({ length: ahead }, (_, i) => item(from + i + 1));
          state = counted(state, ...items);
          told = Math.max(told, from + ahead);
        }
        expect(usageAt(state, NOW).today).toEqual({ turns: told, tokens: 10 * told });
      }),
    );
  });

  it("stays small, whatever is reported", () => {
    let state = NOTHING_USED;
    for (let n = 0; n < 2500; n++) {
      const day = dayOf(NOW - (n % 100) * 86_400_000);
      state = countUsage(state, { taskId: `task_${n}`, epoch: "e", items: [item(1, { day })] });
    }
    expect(state.tasks).toHaveLength(2000);
    expect(Object.keys(state.days)).toHaveLength(62);
    expect(state.days[TODAY]?.turns).toBe(25);
  });
});

describe("admission", () => {
  const limits = { turnsPerDay: 2, tokensPerDay: 0 };
  const ask = (state: UsageState, at = NOW, more = limits) =>
    admitTurn(state, { taskId: TASK, limits: more, now: at });

  it("turns that are let in count before their task has reported them, and only once", () => {
    const first = ask(NOTHING_USED);
    const second = ask(first.state);
    expect([first.refusal, second.refusal]).toEqual([null, null]);
    expect(ask(second.state).refusal).toMatchObject({ code: "quota_exceeded" });
    const reported = counted(second.state, item(1));
    expect(ask(reported).refusal).toMatchObject({ code: "quota_exceeded" });
    expect(reported.held).toHaveLength(1);
  });

  it("one that did not come about is given back; one that nobody reports is, after a minute", () => {
    const full = ask(ask(NOTHING_USED).state).state;
    expect(ask(releaseTurn(full, TASK)).refusal).toBeNull();
    expect(ask(full, NOW + 60_000).refusal).toBeNull();
  });

  it("one turn that is asked for again is held once", () => {
    const again = (state: UsageState, turnId: string) =>
      admitTurn(state, { taskId: TASK, turnId, limits, now: NOW });
    const first = again(again(NOTHING_USED, "turn_a").state, "turn_a");
    const second = again(first.state, "turn_b");
    expect([first.refusal, second.refusal]).toEqual([null, null]);
    expect(again(second.state, "turn_a").refusal).toBeNull();
    expect(again(second.state, "turn_c").refusal).toMatchObject({ code: "quota_exceeded" });
  });

  it("says for how long: until the day is over in UTC", () => {
    const full = counted(NOTHING_USED, item(1), item(2));
    expect(ask(full).refusal).toMatchObject({ retryAfterMs: 60 * 60 * 1000 });
    expect(ask(full, NOW + 60 * 60 * 1000).refusal).toBeNull();
  });

  it("tokens are a limit of their own", () => {
    const tokens = { turnsPerDay: 0, tokensPerDay: 20 };
    const state = counted(NOTHING_USED, item(1));
    expect(ask(state, NOW, tokens).refusal).toBeNull();
    expect(ask(counted(state, item(2)), NOW, tokens).refusal).toMatchObject({
      code: "quota_exceeded",
    });
  });
});
