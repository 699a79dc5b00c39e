import { describe, expect, it } from "vitest";
import { cancelAll, cancelTurn, confirmStep, retryTurn } from "../../../src/engine/task/people";
import { setTaskStatus } from "../../../src/engine/task/task-rules";
import { member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const asking = pipeline([member("plan", { requireConfirmation: true })]);

const states: [string, () => World][] = [
  ["before it has begun", () => started(new World(solo(), { beginsByItself: false }))],
  ["while it runs", () => started(new World(solo()))],
  [
    "while it writes",
    () => {
      const world = started(new World(solo()));
      world.write("half a sen");
      return world;
    },
  ],
  [
    "in a retry wait",
    () => {
      const world = started(new World(solo()));
      world.fail();
      return world;
    },
  ],
  ["while it waits for a person", () => started(new World(asking))],
];

function started(world: World): World {
  world.send("hello");
  return world;
}

describe.each(states)("a cancel %s", (_, arrange) => {
  it.each(["by its id", "by default"])("%s ends it at once and takes its work with it", (how) => {
    const world = arrange();
    const [turnId = ""] = world.turnIds;
    const from = world.log.length;
    const target = how === "by its id" ? { turnId } : {};
    const reply = world.act((draft) => cancelTurn(draft, { ...target, by: OWNER, reason: "stop" }));
    expect(reply).toEqual({ turnId });
    expect(world.since(from)).toEqual([
      "chat:cancelled",
      "turn:status INTERRUPTED",
      "task:status COMPLETED",
    ]);
    expect(world.turn(turnId)).toMatchObject({ status: "INTERRUPTED", reason: "stop" });
    expect(world.turn(turnId).steps.map(({ status }) => status)).toEqual(["INTERRUPTED"]);
    expect(world.room.state.task).toMatchObject({ statusReason: "interrupted" });
    expect(world.effects).toContainEqual({ type: "abort", turnId });
  });

  it("said twice changes nothing the second time, and is no error", () => {
    const world = arrange();
    const [turnId = ""] = world.turnIds;
    world.act((draft) => cancelTurn(draft, { turnId, by: OWNER }));
    const from = world.log.length;
    const again = world.act((draft) => cancelTurn(draft, { turnId, by: OWNER }));
    expect(again).toEqual({ turnId: null });
    expect(world.act((draft) => cancelTurn(draft, { by: OWNER }))).toEqual({ turnId: null });
    expect(world.since(from)).toEqual([]);
  });

  it("is final for whatever its runner says later", () => {
    const world = arrange();
    world.act((draft) => cancelTurn(draft, { by: OWNER }));
    const [attempt] = world.attempts;
    const from = world.log.length;
    if (attempt) {
      world.write("too late", attempt);
      world.progress(50, attempt);
      world.fail("model_unavailable", attempt);
      world.finish("too late", attempt);
    }
    expect(world.since(from)).toEqual([]);
    expect(world.waitForAlarm()).toBe(false);
  });
});

it("a cancel keeps what was written as an interrupted message", () => {
  const world = started(new World(solo()));
  world.write("half a sen");
  world.write("I wonder", world.attempt, "thinking");
  world.act((draft) => cancelTurn(draft, { by: "bob" }));
  const cancelled = world.log.find((event) => event.type === "chat:cancelled");
  expect(cancelled?.data).toMatchObject({
    by: "bob",
    message: { content: "half a sen", thinking: "I wonder", status: "interrupted" },
  });
  expect(world.room.state.messages.at(-1)).toMatchObject({
    status: "interrupted",
    role: "assistant",
  });
  expect(world.room.state.streams).toEqual([]);
});

it("half of a surrogate pair is not kept", () => {
  const world = started(new World(solo()));
  world.write("ok \ud83d");
  world.act((draft) => cancelTurn(draft, { by: OWNER }));
  expect(world.room.state.messages.at(-1)?.content.isWellFormed()).toBe(true);
});

it("a cancel of the active turn lets the queue's next begin", () => {
  const world = started(new World(solo()));
  const next = world.send("next");
  world.act((draft) => cancelTurn(draft, { by: OWNER }));
  expect(world.room.state.task).toMatchObject({ status: "RUNNING", activeTurnId: next });
});

it("cancelling all ends every open turn, and none begins in between", () => {
  const world = started(new World(solo()));
  world.send("b");
  world.send("c");
  const from = world.effects.length;
  const reply = world.act((draft) => cancelAll(draft, { by: OWNER }));
  expect(reply).toEqual({ interrupted: 3 });
  const effects = new Set(world.effects.slice(from).map(({ type }) => type));
  expect([...effects]).toEqual(["abort"]);
  expect(world.room.state).toMatchObject({ openTurns: [], task: { status: "COMPLETED" } });
});

describe.each(states)("a task that is cancelled by hand %s", (_, arrange) => {
  it("interrupts every open turn, then is CANCELLED for good", () => {
    const world = arrange();
    const [turnId = ""] = world.turnIds;
    const from = world.log.length;
    world.act((draft) => setTaskStatus(draft, { status: "CANCELLED", reason: "enough" }, "bob"));
    expect(world.since(from)).toEqual([
      "chat:cancelled",
      "turn:status INTERRUPTED",
      "task:status CANCELLED",
    ]);
    expect(world.log.at(-1)?.data).toEqual({
      status: "CANCELLED",
      previous: "RUNNING",
      reason: "enough",
      actor: "bob",
    });
    const record = world.closed.get(turnId);
    if (!record) throw new Error("the turn was not kept");
    expect(world.refusal((draft) => retryTurn(draft, record)).code).toBe("task_cancelled");
  });
});

it("guidance that a cancelled task leaves expires without a turn of its own", () => {
  const world = started(new World(solo()));
  world.send("shorter", "guide");
  const from = world.log.length;
  world.act((draft) => setTaskStatus(draft, { status: "CANCELLED" }, OWNER));
  expect(world.since(from)).toEqual([
    "chat:cancelled",
    "chat:guided expired",
    "turn:status INTERRUPTED",
    "task:status CANCELLED",
  ]);
});

describe("by hand a task can only be cancelled", () => {
  it.each(["PENDING", "RUNNING", "COMPLETED", "FAILED"] as const)("not set to %s", (status) => {
    const world = started(new World(solo()));
    const refusal = world.refusal((draft) => setTaskStatus(draft, { status }, OWNER));
    expect(refusal).toMatchObject({
      code: "invalid_transition",
      from: "RUNNING",
      to: status,
      allowed: ["CANCELLED"],
    });
  });

  it.each(["PENDING", "RUNNING", "COMPLETED", "FAILED"] as const)("from %s", (from) => {
    const world = new World(solo());
    if (from !== "PENDING") world.send();
    if (from === "COMPLETED") world.finish();
    if (from === "FAILED") world.fail("model_rejected");
    expect(world.room.state.task.status).toBe(from);
    world.act((draft) => setTaskStatus(draft, { status: "CANCELLED" }, OWNER));
    expect(world.room.state.task.status).toBe("CANCELLED");
  });

  it("and only once", () => {
    const world = new World(solo());
    world.act((draft) => setTaskStatus(draft, { status: "CANCELLED" }, OWNER));
    const refusal = world.refusal((draft) => setTaskStatus(draft, { status: "CANCELLED" }, OWNER));
    expect(refusal).toMatchObject({ code: "invalid_transition", from: "CANCELLED", allowed: [] });
  });
});

it("a no to a step interrupts the turn, with the note as its reason", () => {
  const world = started(new World(asking));
  const [turnId = ""] = world.turnIds;
  const no = { turnId, step: "plan", approve: false, note: "too dear", by: OWNER };
  world.act((draft) => confirmStep(draft, no));
  expect(world.turn(turnId)).toMatchObject({ status: "INTERRUPTED", reason: "too dear" });
});
