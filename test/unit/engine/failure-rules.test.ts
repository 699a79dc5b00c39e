import { describe, expect, it } from "vitest";
import { confirmStep } from "../../../src/engine/task/people";
import { LIMITS } from "../../../src/protocol/limits";
import type { MemberPlan, TeamPlan } from "../../../src/resources/team-plan";
import { agent, member, OWNER, pipeline, RETRY, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const ONCE = { ...RETRY, maxAttempts: 1 };
const understudy: MemberPlan["onFailure"] = { fallback: agent("understudy") };

function started(plan: TeamPlan): [World, string] {
  const world = new World(plan);
  return [world, world.send("a game")];
}

function statuses(world: World, turnId: string): string[] {
  return world.turn(turnId).steps.map(({ status }) => status);
}

describe("abort", () => {
  it("fails the turn and skips the phases that are left", () => {
    const [world, turnId] = started(pipeline(["plan", "build", "check"]));
    world.finish();
    world.fail("model_rejected");
    expect(world.turn(turnId)).toMatchObject({
      status: "FAILED",
      error: { code: "model_rejected" },
    });
    expect(statuses(world, turnId)).toEqual(["COMPLETED", "FAILED", "SKIPPED"]);
  });

  it("leaves the phase's result, with its error, attempts and duration", () => {
    const [world, turnId] = started(
      pipeline([member("plan", { retry: { ...RETRY, maxAttempts: 2 } })]),
    );
    world.now += 1000;
    world.fail();
    world.waitForAlarm();
    world.now += 500;
    world.fail();
    expect(world.turn(turnId).steps[0]?.result).toEqual({
      status: "FAILED",
      output: "",
      error: { code: "model_unavailable", message: "it was model_unavailable" },
      attempts: 2,
      durationMs: 3500,
    });
  });
});

describe("continue", () => {
  const plan = pipeline(["plan", member("build", { onFailure: "continue" }), "check"]);

  it("goes on with the next phase and completes the turn as partial", () => {
    const [world, turnId] = started(plan);
    world.finish();
    world.fail("model_rejected");
    expect(world.log.filter(({ type }) => type === "task:error")).toHaveLength(1);
    expect(world.attempt.step).toBe("check");
    world.finish();
    expect(world.turn(turnId)).toMatchObject({ status: "COMPLETED", reason: "partial" });
    expect(statuses(world, turnId)).toEqual(["COMPLETED", "FAILED", "COMPLETED"]);
    expect(world.room.state.task.status).toBe("COMPLETED");
  });

  it("also where the failed phase is the last", () => {
    const [world, turnId] = started(pipeline([member("plan", { onFailure: "continue" })]));
    world.fail("model_rejected");
    expect(world.turn(turnId)).toMatchObject({ status: "COMPLETED", reason: "partial" });
  });

  it("but a turn without a failure has no reason", () => {
    const [world, turnId] = started(plan);
    for (let i = 0; i < 3; i++) world.finish();
    expect(world.turn(turnId)).not.toHaveProperty("reason");
  });
});

describe("a critical phase always aborts", () => {
  it.each<[string, MemberPlan["onFailure"]]>([
    ["continue", "continue"],
    ["a fallback", understudy],
    ["a rollback", { rollbackTo: "plan" }],
  ])("although it has %s", (_, onFailure) => {
    const [world, turnId] = started(
      pipeline(["plan", member("build", { onFailure, critical: true })]),
    );
    world.finish();
    world.fail("model_rejected");
    expect(world.turn(turnId).status).toBe("FAILED");
  });
});

describe.each([
  ["a phase", pipeline([member("assistant", { onFailure: understudy }), "check"])],
  ["a chat turn", solo({ onFailure: understudy })],
])("a fallback of %s", (_, plan) => {
  it("takes over in a further attempt of the same run, and the turn is never seen to fail", () => {
    const [world, turnId] = started(plan);
    const from = world.log.length;
    world.write("half");
    world.fail("model_rejected");
    const said = world.since(from).filter((text) => /^(chat|turn)/.test(text));
    expect(said).toEqual(["chat:error retried", "chat:start assistant"]);
    expect(world.turn(turnId).steps[0]).toMatchObject({
      status: "RUNNING",
      bot: "system/understudy",
      attempt: 2,
      run: 1,
    });
    expect(world.request()?.config.bot).toBe("system/understudy");
  });

  it("has retries of its own, and when they are used up the turn fails", () => {
    const [world, turnId] = started(plan);
    world.fail("model_rejected");
    for (let i = 0; i < 3; i++) {
      world.fail();
      world.waitForAlarm();
    }
    expect(world.attempts).toHaveLength(4);
    expect(world.turn(turnId).status).toBe("FAILED");
  });

  it("is part of the same step: what it took counts from the step's start", () => {
    const [world, turnId] = started(plan);
    world.now += 1000;
    world.fail("model_rejected");
    world.now += 500;
    world.finish("from me");
    const [step] = world.turn(turnId).steps;
    expect(step).toMatchObject({ durationMs: 1500 });
    if (plan.collaboration === "pipeline") expect(step?.result?.durationMs).toBe(1500);
  });

  it("signs its message", () => {
    const [world] = started(plan);
    world.fail("model_rejected");
    world.finish("from me");
    expect(world.room.state.messages.at(-1)?.bot).toBe("system/understudy");
  });
});

describe("rollback", () => {
  const plan = pipeline([
    "plan",
    "build",
    member("check", { onFailure: { rollbackTo: "build" }, retry: ONCE }),
    "ship",
  ]);

  it("does everything again from the named phase on, in a new run and higher attempts", () => {
    const [world, turnId] = started(plan);
    world.finish("the plan");
    world.finish("built");
    const from = world.log.length;
    world.fail("model_rejected");
    expect(world.since(from)).toEqual([
      "chat:error final",
      "phase:error check",
      "log error",
      "log warn",
      "phase:retry build",
      "phase:retry check",
      "phase:start build",
      "log info",
      "chat:start build",
    ]);
    expect(world.turn(turnId)).toMatchObject({
      status: "PROCESSING",
      steps: [
        { status: "COMPLETED", attempt: 1, run: 1 },
        { status: "RUNNING", attempt: 2, run: 2 },
        { status: "PENDING", attempt: 1, run: 2 },
        { status: "PENDING", attempt: 0, run: 1 },
      ],
    });
    expect(world.request()?.idempotencyKey).toBe(`${turnId}:build:2`);
  });

  it("lets the turn complete as a whole when it goes well at last", () => {
    const [world, turnId] = started(plan);
    world.finish();
    world.finish();
    world.fail("model_rejected");
    for (let i = 0; i < 3; i++) world.finish();
    expect(world.turn(turnId).status).toBe("COMPLETED");
    expect(world.turn(turnId)).not.toHaveProperty("reason");
    expect(world.room.state.messages.filter(({ role }) => role === "assistant")).toHaveLength(4);
  });

  it(`is done at most ${LIMITS.rollbacksPerTurn} times a turn; the next failure aborts`, () => {
    const [world, turnId] = started(plan);
    world.finish();
    for (let i = 0; i < LIMITS.rollbacksPerTurn; i++) {
      world.finish();
      world.fail("model_rejected");
      expect(world.turn(turnId).status).toBe("PROCESSING");
    }
    world.finish();
    world.fail("model_rejected");
    expect(world.turn(turnId)).toMatchObject({
      status: "FAILED",
      error: { code: "model_rejected" },
    });
    expect(statuses(world, turnId)).toEqual(["COMPLETED", "COMPLETED", "FAILED", "SKIPPED"]);
  });

  it("asks again for the yes to a phase that it does again", () => {
    const [world, turnId] = started(
      pipeline([
        member("plan", { requireConfirmation: true }),
        member("build", { onFailure: { rollbackTo: "plan" }, retry: ONCE }),
      ]),
    );
    const yes = { turnId, step: "plan", approve: true, by: OWNER };
    world.act((draft) => confirmStep(draft, yes));
    world.finish();
    world.fail("model_rejected");
    expect(world.turn(turnId)).toMatchObject({ status: "WAITING", steps: [{ run: 2 }, {}] });
    expect(world.refusal((draft) => confirmStep(draft, { ...yes, step: "build" })).code).toBe(
      "invalid_transition",
    );
    world.act((draft) => confirmStep(draft, yes));
    expect(world.attempt).toMatchObject({ step: "plan", attempt: 2 });
  });

  it.each([
    ["to a role that there isn't", "design"],
    ["to a later phase", "ship"],
  ])("%s aborts", (_, rollbackTo) => {
    const [world, turnId] = started(
      pipeline(["plan", member("build", { onFailure: { rollbackTo } }), "ship"]),
    );
    world.finish();
    world.fail("model_rejected");
    expect(world.turn(turnId).status).toBe("FAILED");
  });

  it("of a phase to itself works, in a chat turn too", () => {
    const [world, turnId] = started(solo({ onFailure: { rollbackTo: "assistant" } }));
    world.fail("model_rejected");
    expect(world.turn(turnId)).toMatchObject({
      status: "PROCESSING",
      steps: [{ status: "RUNNING", attempt: 2, run: 2 }],
    });
  });

  it("does not hand on what a phase said before it was done again and failed", () => {
    const rules: Partial<MemberPlan> = { onFailure: "continue", retry: ONCE };
    const [world] = started(
      pipeline([
        member("build", rules),
        member("check", { onFailure: { rollbackTo: "build" }, retry: ONCE }),
      ]),
    );
    world.finish("built badly");
    world.fail("model_rejected");
    world.fail("model_rejected");
    expect(world.attempt.step).toBe("check");
    expect(world.request()?.context).toEqual([]);
  });
});

describe("the error budget", () => {
  it("counts the failed attempts of the whole turn, and ends it whatever the rules say", () => {
    const [world, turnId] = started(
      pipeline(["plan", member("build", { onFailure: "continue" })], { errorBudget: 2 }),
    );
    world.fail();
    world.waitForAlarm();
    world.finish();
    world.fail();
    world.waitForAlarm();
    expect(world.turn(turnId).status).toBe("PROCESSING");
    world.fail();
    expect(world.turn(turnId)).toMatchObject({ status: "FAILED", error: { code: "error_budget" } });
    expect(world.turn(turnId).error?.message).toContain("it was model_unavailable");
  });

  it("of 0 allows no failure at all", () => {
    const [world, turnId] = started(solo({}, { errorBudget: 0 }));
    world.fail();
    expect(world.turn(turnId).error?.code).toBe("error_budget");
  });
});
