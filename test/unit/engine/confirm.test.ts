import { describe, expect, it } from "vitest";
import { confirmStep } from "../../../src/engine/task/people";
import { deadlines } from "../../../src/engine/turn/deadlines";
import { toTimestamp } from "../../../src/protocol/time";
import { member, OWNER, pipeline, solo, T0 } from "../../support/engine-builders";
import { CONFIRM_TIMEOUT_MS, World } from "../../support/engine-world";

const HOUR = 3_600_000;
const plan = pipeline(["plan", member("build", { requireConfirmation: true })], {
  timeoutMs: 100_000,
});

/** After 30 s of work the turn waits for a yes to its second phase. */
function waiting(): [World, string] {
  const world = new World(plan);
  const turnId = world.send();
  world.wait(30_000);
  world.finish("the plan");
  return [world, turnId];
}

function say(world: World, turnId: string, approve: boolean, step = "build"): void {
  world.act((draft) => confirmStep(draft, { turnId, step, approve, by: OWNER }));
}

describe("a step that wants a person's yes", () => {
  it("waits before its first call, and its turn with it", () => {
    const [world, turnId] = waiting();
    expect(world.attempts).toHaveLength(1);
    expect(world.turn(turnId)).toMatchObject({
      status: "WAITING",
      reason: "waiting for confirmation of build",
      deadlineAt: toTimestamp(T0 + 30_000 + CONFIRM_TIMEOUT_MS),
      steps: [{ status: "COMPLETED" }, { status: "WAITING", attempt: 0 }],
    });
  });

  it("holds the room: the queue stands", () => {
    const [world, turnId] = waiting();
    world.send("next");
    world.begin();
    expect(world.room.state.task.activeTurnId).toBe(turnId);
    expect(deadlines(world.room).map(({ name }) => name)).toEqual(["confirm"]);
  });

  it("starts at once after a yes, and is not asked again by its retries", () => {
    const [world, turnId] = waiting();
    say(world, turnId, true);
    expect(world.turn(turnId)).toMatchObject({ status: "PROCESSING" });
    expect(world.turn(turnId)).not.toHaveProperty("reason");
    world.fail();
    world.waitForAlarm();
    expect(world.attempt).toMatchObject({ step: "build", attempt: 2 });
  });

  it("fails with confirm_timeout when nobody answers", () => {
    const [world, turnId] = waiting();
    world.wait(CONFIRM_TIMEOUT_MS - 1);
    expect(world.turn(turnId).status).toBe("WAITING");
    world.wait(1);
    expect(world.turn(turnId)).toMatchObject({
      status: "FAILED",
      error: { code: "confirm_timeout" },
      steps: [{ status: "COMPLETED" }, { status: "FAILED" }],
    });
  });
});

describe("the turn's clock stands while a person is waited for", () => {
  it("so that a late yes leaves what was left", () => {
    const [world, turnId] = waiting();
    world.wait(20 * HOUR);
    say(world, turnId, true);
    expect(world.turn(turnId).deadlineAt).toBe(toTimestamp(world.now + 70_000));
    world.wait(69_999);
    expect(world.turn(turnId).status).toBe("PROCESSING");
    world.wait(1);
    expect(world.turn(turnId)).toMatchObject({ status: "FAILED", error: { code: "turn_timeout" } });
  });
});

describe("a confirmation is refused", () => {
  it.each([
    ["of no open turn", "turn_none", "build", "not_found"],
    ["of no step", "", "other", "not_found"],
    ["of a step that does not wait", "", "plan", "invalid_transition"],
  ])("%s", (_, other, step, code) => {
    const [world, turnId] = waiting();
    const input = { turnId: other || turnId, step, approve: true, by: OWNER };
    expect(world.refusal((draft) => confirmStep(draft, input)).code).toBe(code);
  });

  it("the second time", () => {
    const [world, turnId] = waiting();
    say(world, turnId, true);
    const input = { turnId, step: "build", approve: true, by: OWNER };
    expect(world.refusal((draft) => confirmStep(draft, input))).toMatchObject({
      code: "invalid_transition",
      from: "RUNNING",
    });
  });
});

describe("past the team's token limit", () => {
  const limited = pipeline(["plan", "build"], { tokenLimit: 100 });

  it.each([
    [100, "PROCESSING"],
    [101, "WAITING"],
  ])("a turn that has used %i of 100 is %s before its next step", (tokens, status) => {
    const world = new World(limited);
    const turnId = world.send();
    world.finish("the plan", world.attempt, tokens);
    expect(world.turn(turnId).status).toBe(status);
  });

  it("goes on after a yes instead of dying", () => {
    const world = new World(limited);
    const turnId = world.send();
    world.finish("the plan", world.attempt, 500);
    say(world, turnId, true);
    world.finish("built");
    expect(world.turn(turnId).status).toBe("COMPLETED");
  });
});

it("a chat turn may wait for a yes too, and tells so", () => {
  const world = new World(solo({ requireConfirmation: true }));
  const turnId = world.send();
  expect(world.since(0)).toContain("phase:waiting assistant");
  say(world, turnId, true, "assistant");
  world.finish();
  expect(world.turn(turnId).status).toBe("COMPLETED");
});
