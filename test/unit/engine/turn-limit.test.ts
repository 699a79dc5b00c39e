import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confirmStep } from "../../../src/engine/task/people";
import { deadlines } from "../../../src/engine/turn/deadlines";
import type { MemberPlan } from "../../../src/resources/team-plan";
import { turnBudgetMs } from "../../../src/resources/turn-budget";
import { agent, member, OWNER, pipeline, T0 } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

type Phase = MemberPlan & { timeoutMs: number };

/** What a runner does with an attempt, after `share` of its phase's limit; and how late alarms are. */
type Fate = {
  does: "hang" | "hang" | "finish" | "fail" | "reject" | "crash";
  share: number;
  lateMs: number;
};

const ROLES = ["plan", "draw", "build", "ship"];

const phases: fc.Arbitrary<Phase[]> = fc
  .array(
    fc.record({
      timeoutMs: fc.integer({ min: 1000, max: 120_000 }),
      maxAttempts: fc.integer({ min: 1, max: 4 }),
      initialMs: fc.integer({ min: 1, max: 5000 }),
      factor: fc.constantFrom(1, 1.5, 2, 10),
      jitter: fc.boolean(),
      rule: fc.constantFrom("abort", "continue", "fallback", "back", "again"),
      back: fc.nat({ max: 3 }),
      critical: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
      requireConfirmation: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((drawn) =>
    drawn.map(({ rule, back, maxAttempts, initialMs, factor, jitter, timeoutMs, ...rest }, at) => ({
      ...member(ROLES[at] ?? "more", {
        ...rest,
        retry: { maxAttempts, initialMs, factor, jitter, maxMs: 20_000 },
        onFailure: failureRule(rule, at, back),
      }),
      timeoutMs,
    })),
  );

function failureRule(rule: string, at: number, back: number): MemberPlan["onFailure"] {
  switch (rule) {
    case "fallback":
      return { fallback: agent("understudy") };
    case "back":
      return { rollbackTo: ROLES[Math.max(0, at - back)] ?? "plan" };
    case "again":
      return { rollbackTo: ROLES[at] ?? "plan" };
    default:
      return rule === "continue" ? "continue" : "abort";
  }
}

const fates: fc.Arbitrary<Fate[]> = fc.array(
  fc.record({
    does: fc.constantFrom<Fate["does"]>("hang", "hang", "finish", "fail", "reject", "crash"),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    lateMs: fc.oneof(fc.constant(0), fc.nat({ max: 50 }), fc.nat({ max: 3_600_000 })),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Plays a turn to its end; gives the time on which its clock ran, late alarms left out. */
function played(world: World, turnId: string, given: Fate[]): number {
  let excusedMs = 0;
  for (let i = 0; i < 2000 && world.room.state.openTurns.length > 0; i++) {
    const fate = given[i % given.length] ?? { does: "hang", share: 1, lateMs: 0 };
    const step = world
      .turn(turnId)
      .steps.find(({ status }) => ["RUNNING", "RETRYING", "WAITING"].includes(status));
    if (step?.status === "WAITING") {
      world.now += fate.lateMs;
      excusedMs += fate.lateMs;
      const answer = { turnId, step: step.step, approve: true, by: OWNER };
      world.act((draft) => confirmStep(draft, answer));
    } else excusedMs += acted(world, fate, step?.status === "RUNNING");
  }
  return world.now - T0 - excusedMs;
}

/** Gives by how much what was due came late. */
function acted(world: World, { does, share, lateMs }: Fate, runs: boolean): number {
  const next = Math.min(...deadlines(world.room).map(({ at }) => at));
  if (!runs || does === "hang") {
    world.wait(Math.max(0, next - world.now) + lateMs);
    return lateMs;
  }
  const isLate = does === "crash" && share > 0.5;
  world.now += isLate ? next - world.now + lateMs : Math.floor(share * (next - world.now));
  if (does === "finish") world.finish("text");
  else if (does === "crash") world.crash();
  else world.fail(does === "fail" ? "agent_unavailable" : "agent_rejected");
  return isLate ? lateMs : 0;
}

describe("[D2] the limit of a pipeline's turn", () => {
  it("has room for all that its phases' rules allow: none that times out ends it as turn_timeout", () => {
    const rule = fc.property(phases, fates, (members, given) => {
      const timeoutMs = turnBudgetMs(members);
      const world = new World(pipeline(members, { timeoutMs }));
      const turnId = world.send();
      const took = played(world, turnId, given);
      expect(world.room.state.openTurns).toEqual([]);
      expect(world.turn(turnId).error?.code).not.toBe("turn_timeout");
      expect(took).toBeLessThanOrEqual(timeoutMs);
    });
    fc.assert(rule, { numRuns: 500 });
  });

  it("no more than that: where every attempt hangs and the way back is gone twice, it is used up", () => {
    const rule = fc.property(phases, (drawn) => {
      const [first] = drawn;
      if (!first) return;
      const members = drawn.map((phase) => ({
        ...phase,
        retry: { ...phase.retry, jitter: false },
        ...{ critical: false, requireConfirmation: false, onFailure: "continue" as const },
      }));
      const last = members.at(-1) ?? first;
      const all = [...members.slice(0, -1), { ...last, onFailure: { rollbackTo: first.role } }];
      const world = new World(pipeline(all, { timeoutMs: turnBudgetMs(all) }));
      world.send();
      while (world.waitForAlarm());
      const spare = turnBudgetMs(all) - (world.now - T0);
      const restarts = 3 * Math.max(...all.map(({ timeoutMs }) => timeoutMs));
      // Waits are rounded to whole milliseconds.
      expect(spare - restarts).toBeGreaterThanOrEqual(0);
      expect(spare - restarts).toBeLessThan(100);
    });
    fc.assert(rule, { numRuns: 200 });
  });

  it("holds as it is where the team names it, late alarms or not", () => {
    const rule = fc.property(phases, fates, fc.integer({ min: 1, max: 600_000 }), (...input) => {
      const [members, given, timeoutMs] = input;
      const prompt = given.map((fate) => ({ ...fate, lateMs: 0 }));
      const calm = members.map((phase) => ({ ...phase, requireConfirmation: false }));
      const world = new World(pipeline(calm, { timeoutMs, isCapped: true }));
      const turnId = world.send();
      expect(played(world, turnId, prompt)).toBeLessThanOrEqual(timeoutMs);
      const late = new World(pipeline(calm, { timeoutMs, isCapped: true }));
      const other = late.send();
      late.wait(timeoutMs + 1_000_000);
      while (late.waitForAlarm());
      expect(late.now).toBe(T0 + timeoutMs + 1_000_000);
      expect(late.turn(other).status).toMatch(/COMPLETED|FAILED/);
    });
    fc.assert(rule, { numRuns: 200 });
  });
});
