import { describe, expect, it } from "vitest";
import { cancelTurn, confirmStep, retryTurn } from "../../../src/engine/task/people";
import { failBegin } from "../../../src/engine/turn/begin";
import type { TurnRecord } from "../../../src/engine/turn/room";
import { LIMITS } from "../../../src/protocol/limits";
import { toTimestamp } from "../../../src/protocol/time";
import type { MemberPlan, TeamPlan } from "../../../src/resources/team-plan";
import { agent, member, OWNER, pipeline, RETRY, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function recordOf(world: World, turnId: string): TurnRecord {
  const record = world.closed.get(turnId);
  if (!record) throw new Error(`turn ${turnId} is not closed`);
  return record;
}

function retry(world: World, turnId: string): void {
  const record = recordOf(world, turnId);
  world.act((draft) => retryTurn(draft, record));
}

/** The first phase of `plan, build, check` is done, the second failed. */
function halfDone(plan: TeamPlan = pipeline(["plan", "build", "check"])): [World, string] {
  const world = new World(plan);
  const turnId = world.send();
  world.finish("the plan");
  world.fail("model_rejected");
  return [world, turnId];
}

describe("an attempt that may be mended is made again", () => {
  it("three times by default, after 2 s and 4 s; then the turn fails", () => {
    const world = new World(solo());
    const turnId = world.send();
    const starts: number[] = [];
    for (let i = 0; i < 3; i++) {
      starts.push(world.now);
      world.fail("model_unavailable");
      world.waitForAlarm();
    }
    expect(starts.map((at) => at - (starts[0] ?? 0))).toEqual([0, 2000, 6000]);
    expect(world.attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(world.turn(turnId)).toMatchObject({
      status: "FAILED",
      error: { code: "model_unavailable" },
    });
  });

  it("not before its time, though an alarm rings early", () => {
    const world = new World(solo());
    world.send();
    world.fail();
    world.wait(1999);
    expect(world.attempts).toHaveLength(1);
    world.wait(1);
    world.wait(0);
    expect(world.attempts).toHaveLength(2);
  });

  it("later where the provider asked for it", () => {
    const world = new World(solo());
    world.send();
    world.fail("model_rate_limited", world.attempt, 30_000);
    world.wait(29_999);
    expect(world.attempts).toHaveLength(1);
    world.wait(1);
    expect(world.attempts).toHaveLength(2);
  });

  it("while the turn stays PROCESSING and nothing is shown of what was written", () => {
    const world = new World(solo());
    const turnId = world.send();
    world.write("half");
    world.fail();
    expect(world.turn(turnId)).toMatchObject({
      status: "PROCESSING",
      steps: [{ status: "RETRYING" }],
    });
    expect(world.room.state.streams).toEqual([]);
    world.waitForAlarm();
    expect(world.room.state.streams).toMatchObject([{ attempt: 2, text: "" }]);
  });

  it("but never where the failure is final", () => {
    const world = new World(solo());
    const turnId = world.send();
    world.fail("model_rejected");
    expect(world.attempts).toHaveLength(1);
    expect(world.turn(turnId).status).toBe("FAILED");
  });
});

describe("chat:retry", () => {
  it.each([
    ["FAILED", (world: World) => world.fail("model_rejected")],
    ["INTERRUPTED", (world: World) => void world.act((draft) => cancelTurn(draft, { by: OWNER }))],
  ])("puts a turn that is %s at the queue's tail, as it was but open", (status, end) => {
    const world = new World(solo());
    const turnId = world.send("a");
    world.send("b");
    world.send("c");
    end(world);
    expect(world.turn(turnId).status).toBe(status);
    retry(world, turnId);
    expect(world.room.state.openTurns.at(-1)?.id).toBe(turnId);
    const event = world.log.at(-1);
    expect(event).toMatchObject({
      type: "turn:status",
      data: { status: "PENDING", previous: status, queuePosition: 2, turn: { status: "PENDING" } },
    });
    expect(world.turn(turnId)).not.toHaveProperty("error");
    expect(world.turn(turnId)).not.toHaveProperty("endedAt");
  });

  it("restarts at the first step that isn't COMPLETED, in a new run and attempt", () => {
    const [world, turnId] = halfDone();
    const messageId = world.turn(turnId).steps[1]?.messageId;
    retry(world, turnId);
    expect(world.attempt).toMatchObject({ step: "build", attempt: 2 });
    expect(world.turn(turnId).steps).toMatchObject([
      { status: "COMPLETED", attempt: 1, run: 1 },
      { status: "RUNNING", attempt: 2, run: 2, messageId },
      { status: "PENDING", attempt: 0, run: 2 },
    ]);
    world.finish("built");
    world.finish("checked");
    expect(world.turn(turnId).status).toBe("COMPLETED");
  });

  it("gives the turn a retry budget and a clock of its own", () => {
    const world = new World(solo({}, { errorBudget: 2, timeoutMs: 20_000 }));
    const turnId = world.send();
    for (let i = 0; i < 3; i++) {
      world.fail();
      world.waitForAlarm();
    }
    world.now += 3_600_000;
    retry(world, turnId);
    world.fail();
    expect(world.turn(turnId).status).toBe("PROCESSING");
    world.waitForAlarm();
    world.finish();
    expect(world.turn(turnId).status).toBe("COMPLETED");
  });

  it("forgets the time, the restarts and the rollbacks of before", () => {
    const again: MemberPlan["onFailure"] = { rollbackTo: "plan" };
    const plan = pipeline(
      [
        member("plan", { retry: { ...RETRY, maxAttempts: 1 }, onFailure: again }),
        member("build", { requireConfirmation: true }),
      ],
      { timeoutMs: 60_000 },
    );
    const world = new World(plan);
    const turnId = world.send();
    for (let i = 0; i < LIMITS.restartsPerTurn; i++) world.crash();
    for (let i = 0; i < LIMITS.rollbacksPerTurn; i++) world.fail();
    world.now += 50_000;
    world.finish();
    expect(world.turn(turnId).status).toBe("WAITING");
    world.act((draft) => cancelTurn(draft, { by: OWNER }));
    retry(world, turnId);
    world.act((draft) => confirmStep(draft, { turnId, step: "build", approve: true, by: OWNER }));
    expect(world.turn(turnId).deadlineAt).toBe(toTimestamp(world.now + 60_000));
    world.crash();
    expect(world.turn(turnId).status).toBe("PROCESSING");
  });

  it("may be rolled back as often as the first time", () => {
    const again: MemberPlan["onFailure"] = { rollbackTo: "assistant" };
    const world = new World(solo({ onFailure: again }));
    const turnId = world.send();
    for (let i = 0; i <= LIMITS.rollbacksPerTurn; i++) world.fail("model_rejected");
    expect(world.turn(turnId).status).toBe("FAILED");
    retry(world, turnId);
    world.fail("model_rejected");
    expect(world.turn(turnId).status).toBe("PROCESSING");
  });

  it("supersedes the message that the failed attempt left", () => {
    const world = new World(solo());
    const turnId = world.send();
    world.write("half");
    world.fail("model_rejected");
    expect(world.room.state.messages).toHaveLength(2);
    retry(world, turnId);
    expect(world.room.state.messages).toHaveLength(1);
    world.finish("whole");
    expect(world.room.state.messages.map(({ content }) => content)).toEqual(["hello", "whole"]);
  });

  it("of a turn that is open again is refused, however old the record of its end", () => {
    const [world, turnId] = halfDone();
    const record = recordOf(world, turnId);
    retry(world, turnId);
    const refusal = world.refusal((draft) => retryTurn(draft, record));
    expect(refusal).toMatchObject({
      code: "invalid_transition",
      from: "PROCESSING",
      to: "PENDING",
    });
  });

  it("of a completed turn is refused", () => {
    const world = new World(solo());
    const turnId = world.send();
    world.finish();
    const record = recordOf(world, turnId);
    const refusal = world.refusal((draft) => retryTurn(draft, record));
    expect(refusal).toMatchObject({ code: "invalid_transition", from: "COMPLETED" });
  });

  it("is refused while the queue is full", () => {
    const [world, turnId] = halfDone();
    for (let i = 0; i <= LIMITS.waitingTurns; i++) world.send();
    const record = recordOf(world, turnId);
    expect(world.refusal((draft) => retryTurn(draft, record)).code).toBe("queue_full");
  });
});

describe("a retried turn whose team has changed", () => {
  it("takes the new plan where the steps are the same, with the new bots", () => {
    const [world, turnId] = halfDone();
    world.plan = pipeline(["plan", member("build", { agent: agent("builder-two") }), "check"]);
    retry(world, turnId);
    expect(world.turn(turnId).steps).toMatchObject([
      { status: "COMPLETED", bot: "system/plan" },
      { status: "RUNNING", bot: "system/builder-two" },
      { status: "PENDING" },
    ]);
  });

  it("keeps its plan where steps are done that the new one lacks", () => {
    const [world, turnId] = halfDone();
    retry(world, turnId);
    world.plan = pipeline(["other"]);
    world.fail("model_rejected");
    retry(world, turnId);
    expect(world.attempt).toMatchObject({ step: "build", attempt: 3 });
  });

  it("starts over past all attempts and runs where its old plan is gone", () => {
    const [world, turnId] = halfDone();
    world.plan = pipeline(["build", "ship"]);
    world.send("another turn takes the new plan");
    world.finish();
    world.finish();
    retry(world, turnId);
    expect(world.turn(turnId).steps).toMatchObject([
      { step: "build", status: "RUNNING", attempt: 2, run: 3 },
      { step: "ship", status: "PENDING", attempt: 1, run: 3 },
    ]);
    world.fail("model_unavailable", { turnId, step: "build", attempt: 1 });
    expect(world.turn(turnId).steps[0]?.status).toBe("RUNNING");
    world.finish();
    world.finish();
    expect(world.turn(turnId).status).toBe("COMPLETED");
  });
});

it("a rule's own number of attempts counts", () => {
  const world = new World(solo({ retry: { ...RETRY, maxAttempts: 1 } }));
  const turnId = world.send();
  world.fail();
  expect(world.turn(turnId).status).toBe("FAILED");
});

describe("[E2] what a turn goes on from that is tried again", () => {
  const CALL = { round: 0, index: 0, toolCallId: "c", name: "pay", input: {} };

  /** A turn whose model has had a tool called, and then failed. */
  function paid(plan: TeamPlan = solo()): [World, string] {
    const world = new World(plan);
    const turnId = world.send();
    const { input, ...named } = CALL;
    world.record([
      { type: "round", round: 0, text: "I pay.", calls: [CALL] },
      { type: "tool-call", ...CALL },
      { type: "tool-result", ...named, output: "paid" },
    ]);
    world.fail("model_rejected");
    return [world, turnId];
  }

  it("is not lost where it could not begin meanwhile", () => {
    const [world, turnId] = paid();
    world.beginsByItself = false;
    retry(world, turnId);
    world.act((draft) => failBegin(draft, { code: "model_rejected", message: "no such team" }));
    expect(world.turn(turnId).status).toBe("FAILED");
    retry(world, turnId);
    world.begin();
    expect(world.rounds()).toMatchObject([{ round: 0, calls: [{ output: "paid" }] }]);
  });

  it("has the keys of the run in which it was done, however many runs came to nothing since", () => {
    const [world, turnId] = paid();
    world.beginsByItself = false;
    for (let i = 0; i < 2; i++) {
      retry(world, turnId);
      world.act((draft) => cancelTurn(draft, { by: OWNER }));
    }
    retry(world, turnId);
    world.begin();
    expect(world.turn(turnId).steps[0]?.run).toBe(4);
    expect(world.rounds()).toMatchObject([{ round: 0, run: 1 }]);
  });

  it("is what a model's tools did, also where an agent of its own went on from there, and another takes over", () => {
    const onFailure = { fallback: agent("understudy") };
    const [world, turnId] = paid(solo({ onFailure }));
    world.fail("model_rejected");
    world.plan = solo({ agent: agent("remote", "http"), onFailure });
    retry(world, turnId);
    world.write("\n\nPaid, and so on.");
    world.record([{ type: "resumable", memo: null }]);
    expect(world.rounds()).toHaveLength(2);
    world.fail("model_rejected");
    expect(world.request()?.config.bot).toBe("system/understudy");
    expect(world.rounds()).toMatchObject([{ round: 0, run: 1, calls: [{ output: "paid" }] }]);
    world.crash();
    expect(world.rounds()).toHaveLength(1);
    world.write("\n\nIt is done.");
    world.finish("");
    expect(world.room.state.messages.at(-1)?.content).toBe("I pay.\n\nIt is done.");
  });

  it("is over with the answer that has gone on from it", () => {
    const [world, turnId] = paid(pipeline(["build", "check"]));
    retry(world, turnId);
    world.finish("built");
    world.fail("model_rejected");
    // All phases are new ones, and begin anew.
    world.plan = pipeline(["build"]);
    world.closed.set(turnId, withoutPlan(recordOf(world, turnId)));
    retry(world, turnId);
    expect(world.rounds()).toEqual([]);
    world.fail("model_rejected");
    retry(world, turnId);
    expect(world.rounds()).toEqual([]);
  });
});

/** As if the room had let go of the plan that the turn was begun with. */
function withoutPlan({ turn, run: { planId, ...run } }: TurnRecord): TurnRecord {
  return { turn, run };
}
