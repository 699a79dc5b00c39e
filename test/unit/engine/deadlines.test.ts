import { describe, expect, it } from "vitest";
import { deadlines } from "../../../src/engine/turn/deadlines";
import { toTimestamp } from "../../../src/protocol/time";
import { agent, member, pipeline, RETRY, solo, T0 } from "../../support/engine-builders";
import { CONFIRM_TIMEOUT_MS, World } from "../../support/engine-world";

function due(world: World): Record<string, number> {
  return Object.fromEntries(deadlines(world.room).map(({ name, at }) => [name, at - T0]));
}

describe("every state that waits has its deadlines", () => {
  it("an idle room has none", () => {
    const world = new World(solo());
    expect(due(world)).toEqual({});
    world.send();
    world.finish();
    expect(due(world)).toEqual({});
  });

  it("a queue with no active turn is due at once", () => {
    const world = new World(solo(), { beginsByItself: false });
    world.send();
    world.send();
    expect(deadlines(world.room)).toEqual([{ name: "begin", turnId: world.turnIds[0], at: 0 }]);
    const from = world.effects.length;
    world.wait(0);
    expect(world.effects.slice(from)).toEqual([{ type: "begin" }]);
  });

  it("a running turn has its own limit, and its step's where there is one", () => {
    const world = new World(solo({ timeoutMs: 30_000 }));
    const turnId = world.send();
    expect(due(world)).toEqual({ turn: 600_000, step: 30_000 });
    expect(world.turn(turnId).deadlineAt).toBe(toTimestamp(T0 + 600_000));
  });

  it("a retry wait has the time of the next attempt instead of the step's limit", () => {
    const world = new World(solo({ timeoutMs: 30_000 }));
    world.send();
    world.fail();
    expect(due(world)).toEqual({ turn: 600_000, retry: 2000 });
    world.waitForAlarm();
    expect(due(world)).toEqual({ turn: 600_000, step: 32_000 });
  });

  it("a turn that waits for a person has that alone", () => {
    const world = new World(solo({ requireConfirmation: true }));
    world.send();
    expect(due(world)).toEqual({ confirm: CONFIRM_TIMEOUT_MS });
  });
});

describe("[D1] a retry's wait when the clock goes back", () => {
  it.each([
    ["by an hour is over: nobody knows how long it was", 3_600_000, "RUNNING"],
    ["by less than clocks differ goes on", 50_000, "RETRYING"],
  ])("%s", (_, backMs, status) => {
    const world = new World(solo());
    world.wait(3_600_000);
    const turnId = world.send();
    world.fail();
    world.wait(-backMs);
    expect(world.turn(turnId).steps[0]?.status).toBe(status);
  });
});

describe("an attempt that takes longer than its step may", () => {
  it.each([
    ["chat", "model_timeout"],
    ["http", "agent_timeout"],
  ] as const)("of a %s runtime is aborted as %s, and made again", (runtime, code) => {
    const world = new World(solo({ timeoutMs: 30_000, agent: agent("assistant", runtime) }));
    const turnId = world.send();
    world.wait(29_999);
    expect(world.turn(turnId).steps[0]?.status).toBe("RUNNING");
    world.wait(1);
    expect(world.turn(turnId).steps[0]?.status).toBe("RETRYING");
    expect(world.effects.at(-1)).toEqual({ type: "abort", turnId, another: true });
    expect(world.log.find(({ type }) => type === "chat:error")?.data).toMatchObject({ code });
    world.wait(2000);
    expect(world.attempt.attempt).toBe(2);
  });

  it("each time with the whole limit, until no retry is left", () => {
    const world = new World(solo({ timeoutMs: 30_000, retry: { ...RETRY, maxAttempts: 2 } }));
    const turnId = world.send();
    while (world.waitForAlarm());
    expect(world.now - T0).toBe(62_000);
    expect(world.turn(turnId)).toMatchObject({
      status: "FAILED",
      error: { code: "model_timeout" },
    });
  });

  it("leaves the other bot to its work where the fallback takes over", () => {
    const world = new World(
      solo({
        timeoutMs: 30_000,
        retry: { ...RETRY, maxAttempts: 1 },
        onFailure: { fallback: agent("understudy") },
      }),
    );
    const turnId = world.send();
    const from = world.effects.length;
    world.wait(30_000);
    expect(world.effects.slice(from)).toEqual([
      { type: "abort", turnId },
      { type: "run", turnId, step: "assistant", attempt: 2 },
    ]);
  });
});

describe("a turn that takes longer than it may", () => {
  it("fails with turn_timeout, whatever it was doing, and the next begins", () => {
    const world = new World(solo({}, { timeoutMs: 10_000, isCapped: true }));
    const turnId = world.send();
    world.fail("model_rate_limited", world.attempt, 9_000);
    const next = world.send();
    world.wait(10_000);
    expect(world.turn(turnId)).toMatchObject({ status: "FAILED", error: { code: "turn_timeout" } });
    expect(world.turn(next).status).toBe("PROCESSING");
  });

  it("counts all its phases, and the waits between attempts", () => {
    const world = new World(pipeline(["plan", "build"], { timeoutMs: 10_000 }));
    const turnId = world.send();
    world.now += 6000;
    world.fail();
    world.waitForAlarm();
    world.finish();
    world.wait(1999);
    expect(world.turn(turnId).status).toBe("PROCESSING");
    world.wait(1);
    expect(world.turn(turnId).status).toBe("FAILED");
  });
});

describe("a wait that would pass the turn's end is not waited", () => {
  it("the step fails at once, and its rule decides", () => {
    const onFailure = { fallback: agent("understudy") };
    const world = new World(solo({ onFailure }, { timeoutMs: 20_000 }));
    const turnId = world.send();
    world.fail("model_rate_limited", world.attempt, 20_000);
    expect(world.attempt.attempt).toBe(2);
    world.fail("model_rate_limited", world.attempt, 20_000);
    expect(world.now).toBe(T0);
    expect(world.turn(turnId).error?.code).toBe("model_rate_limited");
  });

  it("one that ends before it is", () => {
    const world = new World(solo({}, { timeoutMs: 20_000 }));
    const turnId = world.send();
    world.fail("model_rate_limited", world.attempt, 19_999);
    expect(world.turn(turnId).steps[0]?.status).toBe("RETRYING");
    world.waitForAlarm();
    expect(world.attempt.attempt).toBe(2);
  });
});

describe("[D2] a phase and its turn that end in the same moment", () => {
  it.each([
    ["the phase fails by its own limit", "abort", "FAILED", "agent_timeout"],
    ["its rule lets the turn go on", "continue", "COMPLETED", undefined],
  ] as const)("%s", (_, onFailure, status, code) => {
    const retry = { ...RETRY, maxAttempts: 1 };
    const rules = { timeoutMs: 30_000, retry, onFailure, agent: agent("build", "http") };
    const world = new World(pipeline([member("build", rules)], { timeoutMs: 30_000 }));
    const turnId = world.send();
    while (world.waitForAlarm());
    expect(world.now).toBe(T0 + 30_000);
    expect(world.turn(turnId)).toMatchObject({ status, steps: [{ status: "FAILED" }] });
    expect(world.turn(turnId).error?.code).toBe(code);
  });
});

describe("an alarm that comes late", () => {
  it("ends the step first; what it was late by is not the turn's", () => {
    const world = new World(solo({ timeoutMs: 30_000 }));
    const turnId = world.send();
    world.wait(10_000_000);
    expect(world.turn(turnId).steps[0]?.status).toBe("RETRYING");
    expect(due(world)).toEqual({ turn: 10_000_000 + 570_000, retry: 10_000_000 + 2000 });
  });

  it("ends a turn whose limit is set, once, whatever its step would do next", () => {
    const world = new World(solo({ timeoutMs: 30_000 }, { isCapped: true }));
    const turnId = world.send();
    world.wait(10_000_000);
    expect(world.turn(turnId).status).toBe("FAILED");
    expect(world.log.filter(({ type }) => type === "task:error")).toHaveLength(1);
  });

  it("in a retry wait makes the attempt that was due, or none where the set limit is over", () => {
    const isRetried = (isCapped: boolean) => {
      const world = new World(solo({}, { isCapped }));
      world.send();
      world.fail();
      world.wait(10_000_000);
      return world.attempt.attempt;
    };
    expect([isRetried(false), isRetried(true)]).toEqual([2, 1]);
  });

  it("or twice does nothing the second time", () => {
    const world = new World(solo({ timeoutMs: 30_000 }));
    world.send();
    world.wait(30_000);
    const from = world.log.length;
    world.wait(0);
    expect(world.since(from)).toEqual([]);
  });
});

it("a phase's limit is the same in every phase that has none of its own: the turn's", () => {
  const world = new World(pipeline(["plan", member("build", { timeoutMs: 5000 })]));
  world.send();
  expect(due(world)).toEqual({ turn: 600_000 });
  world.finish();
  expect(due(world)).toEqual({ turn: 600_000, step: 5000 });
});
