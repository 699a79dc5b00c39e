import { describe, expect, it } from "vitest";
import { confirmStep } from "../../../src/engine/task/people";
import { LIMITS } from "../../../src/protocol/limits";
import { member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

describe("a running step whose runtime died", () => {
  it("gets a new attempt at once, which supersedes what was shown", () => {
    const world = new World(solo());
    const turnId = world.send();
    world.write("half");
    const from = world.log.length;
    world.crash();
    expect(world.since(from)).toEqual(["chat:error retried", "log warn", "chat:start assistant"]);
    expect(world.attempt).toMatchObject({ turnId, attempt: 2 });
    expect(world.room.state.streams).toMatchObject([{ attempt: 2, text: "" }]);
  });

  it("pays for it outside of its retry and error budgets", () => {
    const world = new World(solo({}, { errorBudget: 2 }));
    const turnId = world.send();
    for (let i = 0; i < LIMITS.restartsPerTurn; i++) world.crash();
    world.fail();
    world.waitForAlarm();
    world.fail();
    world.waitForAlarm();
    world.finish();
    expect(world.turn(turnId)).toMatchObject({ status: "COMPLETED", steps: [{ attempt: 6 }] });
  });

  it(`fails with runtime_restarted at the ${LIMITS.restartsPerTurn + 1}th time`, () => {
    const world = new World(solo());
    const turnId = world.send();
    for (let i = 0; i < LIMITS.restartsPerTurn; i++) world.crash();
    expect(world.turn(turnId).status).toBe("PROCESSING");
    world.crash();
    expect(world.turn(turnId)).toMatchObject({
      status: "FAILED",
      error: { code: "runtime_restarted" },
      steps: [{ status: "FAILED", attempt: 4 }],
    });
  });

  it("counts the restarts of the whole turn, not of a phase", () => {
    const world = new World(pipeline(["plan", "build"]));
    const turnId = world.send();
    world.crash();
    world.crash();
    world.finish();
    world.crash();
    world.crash();
    expect(world.turn(turnId).error?.code).toBe("runtime_restarted");
  });
});

describe("a restart leaves alone", () => {
  it("a turn in a retry wait: its alarm is what comes next", () => {
    const world = new World(solo());
    world.send();
    world.fail();
    const from = world.log.length;
    world.crash();
    expect(world.since(from)).toEqual([]);
    world.waitForAlarm();
    expect(world.attempt.attempt).toBe(2);
  });

  it("a turn that waits for a person", () => {
    const world = new World(solo({ requireConfirmation: true }));
    const turnId = world.send();
    world.crash();
    const yes = { turnId, step: "assistant", approve: true, by: OWNER };
    world.act((draft) => confirmStep(draft, yes));
    expect(world.attempt.attempt).toBe(1);
  });

  it("the queue, which begins as soon as an alarm rings", () => {
    const world = new World(solo(), { beginsByItself: false });
    const turnId = world.send();
    world.crash();
    world.beginsByItself = true;
    expect(world.waitForAlarm()).toBe(true);
    expect(world.turn(turnId).status).toBe("PROCESSING");
  });
});

describe("a report of an attempt that is over does nothing", () => {
  type Report = [string, (world: World) => void];
  const first = (world: World) => {
    const [attempt] = world.attempts;
    if (!attempt) throw new Error("nothing was started");
    return attempt;
  };
  const reports: Report[] = [
    ["finish", (world) => world.finish("late", first(world))],
    ["failure", (world) => world.fail("model_rejected", first(world))],
    ["text", (world) => world.write("late", first(world))],
    ["progress", (world) => world.progress(99, first(world))],
  ];
  const afterwards: Report[] = [
    ["while the next attempt runs", (world) => world.crash()],
    ["in the wait before the next attempt", (world) => world.fail()],
    ["once the next step runs", (world) => world.finish()],
    ["once the turn has failed", (world) => world.fail("model_rejected")],
    ["while the next step waits for a person", (world) => world.finish()],
  ];

  describe.each(afterwards)("%s", (when, then) => {
    it.each(reports)("%s", (_, report) => {
      const next = member("build", { requireConfirmation: when.includes("person") });
      const world = new World(pipeline(["plan", next]));
      world.send();
      then(world);
      const before = world.room.state;
      report(world);
      expect(world.room.state).toBe(before);
    });
  });
});
