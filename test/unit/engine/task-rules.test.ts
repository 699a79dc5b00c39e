import { describe, expect, it } from "vitest";
import { updateTask } from "../../../src/engine/task/task-rules";
import { usePlan } from "../../../src/engine/turn/begin";
import { decide } from "../../../src/engine/turn/decide";
import { refuse } from "../../../src/protocol/errors";
import { member, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

describe("a task's first event", () => {
  it("is the task itself, with the log's first number", () => {
    const world = new World(solo());
    expect(world.log).toMatchObject([
      { type: "task:updated", seq: 1, data: { task: { status: "PENDING", headSeq: 1 } } },
    ]);
  });
});

describe("an update", () => {
  it("changes what it names and nothing else", () => {
    const world = new World(solo());
    world.send();
    const { task } = world.room.state;
    world.now += 5000;
    world.act((draft) => updateTask(draft, { labels: { team: "red" } }));
    expect(world.room.state.task).toEqual({
      ...task,
      labels: { team: "red" },
      updatedAt: "2026-01-01T00:00:05.000Z",
      headSeq: task.headSeq + 1,
    });
  });
});

describe("a decision", () => {
  it("that is refused changes nothing, though its rule had begun to", () => {
    const world = new World(solo());
    const before = structuredClone(world.room);
    const decision = decide(world.room, world.context, (draft) => {
      updateTask(draft, { title: "lost" });
      return refuse("conflict", "No.");
    });
    expect(decision).toEqual({ refusal: { code: "conflict", message: "No." } });
    expect(world.room).toEqual(before);
  });
});

describe("the plans of a room", () => {
  const ids = (world: World) => Object.keys(world.room.plans).map(Number);

  it("an equal plan keeps its number", () => {
    const world = new World(solo());
    world.act((draft) => usePlan(draft, solo()));
    expect(world.room.planId).toBe(1);
  });

  it("a running turn keeps the plan that it started with; the next takes the new one", () => {
    const world = new World(pipeline(["plan", "build"]));
    world.send("a");
    world.plan = pipeline(["plan"]);
    world.act((draft) => usePlan(draft, world.plan));
    const next = world.send("b");
    expect(ids(world)).toEqual([1, 2]);
    world.finish();
    expect(world.attempt.step).toBe("build");
    world.finish();
    expect(world.turn(next).steps.map(({ step }) => step)).toEqual(["plan"]);
  });

  it("are kept no longer than a turn uses them", () => {
    const world = new World(solo());
    world.send("a");
    world.act((draft) => usePlan(draft, solo({}, { timeoutMs: 5000 })));
    world.finish();
    expect(ids(world)).toEqual([2]);
  });

  it("a turn that waited while the team changed has the steps and bots of what it begins with", () => {
    const world = new World(pipeline(["plan"]), { beginsByItself: false });
    const turnId = world.send();
    world.plan = pipeline([member("plan"), member("build")]);
    world.begin();
    expect(world.turn(turnId).steps).toMatchObject([
      { step: "plan", status: "RUNNING", attempt: 1, run: 1 },
      { step: "build", status: "PENDING", attempt: 0, run: 1 },
    ]);
  });
});
