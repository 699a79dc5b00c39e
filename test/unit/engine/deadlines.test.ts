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
    expect(world.effects.at(-1)).toEqual({ type: "abort", turnId });
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
    const world = new World(solo({}, { timeoutMs: 10_000 }));
    const turnId = world.send();
    world.fail("model_rate_limited", world.attempt, 3_600_000);
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

describe("an alarm that comes late", () => {
  it("settles each turn once: its own limit goes before its step's", () => {
    const world = new World(solo({ timeoutMs: 30_000 }));
    const turnId = world.send();
    world.wait(10_000_000);
    expect(world.turn(turnId).error?.code).toBe("turn_timeout");
    expect(world.log.filter(({ type }) => type === "task:error")).toHaveLength(1);
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
