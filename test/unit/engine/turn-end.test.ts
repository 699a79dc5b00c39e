import { describe, expect, it } from "vitest";
import { cancelTurn, confirmStep } from "../../../src/engine/task/people";
import { recoverTurn } from "../../../src/engine/turn/recover";
import type { TaskStatus } from "../../../src/protocol/task";
import type { TeamPlan } from "../../../src/resources/team-plan";
import { member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { CONFIRM_TIMEOUT_MS, World } from "../../support/engine-world";

const two = pipeline(["plan", "build"], { timeoutMs: 60_000 });
const asking = pipeline([member("plan", { requireConfirmation: true }), "build"]);

type Case = [name: string, plan: TeamPlan, end: (world: World) => void, events: string[]];

const cases: Case[] = [
  [
    "a chat turn completes",
    solo(),
    (world) => world.finish(),
    ["chat:done", "turn:status COMPLETED", "task:status COMPLETED"],
  ],
  [
    "a chat turn fails",
    solo(),
    (world) => world.fail("model_rejected"),
    ["chat:error final", "log error", "task:error", "turn:status FAILED", "task:status FAILED"],
  ],
  [
    "a chat turn fails in a retry wait",
    solo({}, { timeoutMs: 2500, isCapped: true }),
    (world) => {
      world.fail();
      world.wait(2500);
    },
    [
      "chat:error retried",
      "log warn",
      "chat:error final",
      "log error",
      "task:error",
      "turn:status FAILED",
      "task:status FAILED",
    ],
  ],
  [
    "a pipeline completes",
    pipeline(["plan"]),
    (world) => world.finish(),
    [
      "chat:done",
      "phase:done plan",
      "log success",
      "turn:status COMPLETED",
      "task:status COMPLETED",
    ],
  ],
  [
    "a phase fails for good",
    two,
    (world) => world.fail("model_rejected"),
    [
      "chat:error final",
      "phase:error plan",
      "log error",
      "phase:skipped build",
      "task:error",
      "turn:status FAILED",
      "task:status FAILED",
    ],
  ],
  [
    "a pipeline's time is up",
    two,
    (world) => world.wait(60_000),
    [
      "chat:error final",
      "phase:error plan",
      "log error",
      "phase:skipped build",
      "task:error",
      "turn:status FAILED",
      "task:status FAILED",
    ],
  ],
  [
    "nobody confirms",
    asking,
    (world) => world.wait(CONFIRM_TIMEOUT_MS),
    [
      "chat:error final",
      "phase:error plan",
      "log error",
      "phase:skipped build",
      "task:error",
      "turn:status FAILED",
      "task:status FAILED",
    ],
  ],
  [
    "somebody says no",
    asking,
    (world) => {
      const turnId = world.turnIds[0] ?? "";
      const no = { turnId, step: "plan", approve: false, by: OWNER };
      world.act((draft) => confirmStep(draft, no));
    },
    ["chat:cancelled", "turn:status INTERRUPTED", "task:status COMPLETED"],
  ],
  [
    "somebody stops it",
    two,
    (world) => void world.act((draft) => cancelTurn(draft, { by: OWNER })),
    ["chat:cancelled", "turn:status INTERRUPTED", "task:status COMPLETED"],
  ],
  [
    "guidance came too late",
    solo(),
    (world) => {
      world.beginsByItself = false;
      world.send("shorter", "guide");
      world.finish();
    },
    [
      "chat:done",
      "chat:guided expired",
      "turn:status COMPLETED",
      "chat:message",
      "turn:status PENDING",
    ],
  ],
];

describe("last words, then the turn's end, then the task's status, where", () => {
  it.each(cases)("%s", (_, plan, end, events) => {
    const world = new World(plan);
    world.send();
    const from = world.log.length;
    end(world);
    expect(world.since(from)).toEqual(events);
  });
});

describe("the task takes the outcome of the turn that closed last", () => {
  it.each<[TaskStatus, string | undefined, (world: World) => void]>([
    ["COMPLETED", undefined, (world) => world.finish()],
    ["FAILED", undefined, (world) => world.fail("model_rejected")],
    [
      "COMPLETED",
      "interrupted",
      (world) => void world.act((draft) => cancelTurn(draft, { by: OWNER })),
    ],
  ])("%s, reason %s", (status, statusReason, end) => {
    const world = new World(solo());
    world.send("first");
    world.fail("model_rejected");
    world.send("last");
    end(world);
    expect(world.room.state.task.status).toBe(status);
    expect(world.room.state.task.statusReason).toBe(statusReason);
  });

  it("and runs again with the next message, with no reason left over", () => {
    const world = new World(solo());
    world.send("first");
    world.act((draft) => cancelTurn(draft, { by: OWNER }));
    world.send("next");
    const { task } = world.room.state;
    expect(task.status).toBe("RUNNING");
    expect(task).not.toHaveProperty("statusReason");
    expect(task).not.toHaveProperty("endedAt");
  });
});

it("a failed attempt's text is kept as a failed message", () => {
  const world = new World(solo());
  world.send();
  world.write("half a sen");
  world.fail("model_rejected");
  const error = world.log.find((event) => event.type === "chat:error");
  expect(error?.data).toMatchObject({ retryable: false, partial: { content: "half a sen" } });
  expect(world.room.state.messages.at(-1)).toMatchObject({ status: "failed" });
});

it("usage of all steps is told at the turn's end", () => {
  const world = new World(pipeline(["plan", "build"]));
  const turnId = world.send();
  world.finish("a", world.attempt, 30);
  world.finish("b", world.attempt, 12);
  expect(world.turn(turnId).usage).toEqual({ totalTokens: 42 });
});

it("an idle room does nothing when an alarm or a restart comes", () => {
  const world = new World(solo());
  const from = world.log.length;
  world.wait(1_000_000);
  world.act(recoverTurn);
  world.begin();
  expect(world.since(from)).toEqual([]);
});
