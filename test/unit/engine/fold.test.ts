import { describe, expect, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import { restoredState } from "../../../src/engine/fold/restore";
import { updateTask } from "../../../src/engine/task/task-rules";
import type { LogEvent, MomentaryEvent, RoomEvent } from "../../../src/protocol/events";
import type { RoomState } from "../../../src/protocol/room-state";
import { member, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const TS = "2026-01-01T00:00:00.000Z";

/** A room in which a first attempt is writing. */
function writing(plan = solo()): World {
  const world = new World(plan);
  world.send();
  return world;
}

function chunk(
  world: World,
  data: { offset: number; delta: string; attempt?: number },
  type: "chat:chunk" | "chat:thinking" = "chat:chunk",
): MomentaryEvent {
  const [stream] = world.room.state.streams;
  if (!stream) throw new Error("nothing is being written");
  const { turnId, messageId, attempt } = stream;
  return { type, ts: TS, data: { turnId, messageId, attempt, ...data } };
}

function folded(state: RoomState | undefined, events: RoomEvent[]): RoomState {
  const after = events.reduce(applyEvent, state);
  if (!after) throw new Error("there is no state");
  return after;
}

describe("a chunk is placed by its offset, in UTF-16 units", () => {
  it.each<[string, { offset: number; delta: string }[], string]>([
    [
      "at the end",
      [
        { offset: 0, delta: "Hel" },
        { offset: 3, delta: "lo" },
      ],
      "Hello",
    ],
    [
      "after emoji of two units",
      [
        { offset: 0, delta: "🙂" },
        { offset: 2, delta: "🚀!" },
      ],
      "🙂🚀!",
    ],
    [
      "after emoji of many units",
      [
        { offset: 0, delta: "👩‍🚀" },
        { offset: 5, delta: " up" },
      ],
      "👩‍🚀 up",
    ],
    [
      "of 0 with all of it, as after a resume",
      [
        { offset: 0, delta: "Hel" },
        { offset: 0, delta: "Hello wor" },
        { offset: 9, delta: "ld" },
      ],
      "Hello world",
    ],
    [
      "that was had already, once more",
      [
        { offset: 0, delta: "Hel" },
        { offset: 3, delta: "lo" },
        { offset: 3, delta: "lo" },
      ],
      "Hello",
    ],
    [
      "before the end, replacing what follows",
      [
        { offset: 0, delta: "Hello" },
        { offset: 1, delta: "i" },
      ],
      "Hi",
    ],
  ])("%s", (_, deltas, text) => {
    const world = writing();
    const events = deltas.map((data) => chunk(world, data));
    expect(folded(world.room.state, events).streams).toMatchObject([{ text, thinking: "" }]);
  });

  it("in the reasoning apart from the text", () => {
    const world = writing();
    const events = [
      chunk(world, { offset: 0, delta: "I think" }, "chat:thinking"),
      chunk(world, { offset: 0, delta: "so" }),
    ];
    expect(folded(world.room.state, events).streams).toMatchObject([
      { text: "so", thinking: "I think" },
    ]);
  });
});

describe("attempts supersede", () => {
  function second(): World {
    const world = writing();
    world.write("old");
    world.fail();
    world.waitForAlarm();
    return world;
  }

  it("a new attempt starts its text at nothing", () => {
    expect(second().room.state.streams).toMatchObject([{ attempt: 2, text: "" }]);
  });

  it.each([1, 3])("a chunk of attempt %i is ignored while 2 is written", (attempt) => {
    const world = second();
    const late = chunk(world, { offset: 0, delta: "late", attempt });
    expect(folded(world.room.state, [late])).toEqual(world.room.state);
  });

  it("a chunk of a message that is done is ignored", () => {
    const world = writing();
    const late = chunk(world, { offset: 0, delta: "late" });
    world.finish("done");
    expect(folded(world.room.state, [late])).toEqual(world.room.state);
  });

  it("a percent of an older attempt is ignored", () => {
    const world = writing(pipeline(["plan"]));
    world.crash();
    const data = {
      turnId: world.attempt.turnId,
      step: "plan",
      phase: "plan",
      attempt: 1,
      percentComplete: 90,
    };
    const late: MomentaryEvent = { type: "phase:update", ts: TS, data };
    expect(folded(world.room.state, [late])).toEqual(world.room.state);
  });
});

describe("percents", () => {
  it("of a step make the task's progress", () => {
    const world = writing(pipeline(["plan", "build"]));
    world.progress(50);
    expect(world.room.state.task.progress).toBe(25);
    world.finish();
    expect(world.room.state.task.progress).toBe(50);
    world.finish();
    expect(world.room.state.task.progress).toBe(100);
  });

  it.each<[string, (world: World) => void]>([
    ["is tried again", (world) => world.fail()],
    ["failed, and the turn goes on", (world) => world.fail("model_rejected")],
    ["was cut off by a restart", (world) => world.crash()],
  ])("are dropped once the attempt %s: who missed them comes to the same state", (_, end) => {
    const world = writing(pipeline([member("plan", { onFailure: "continue" }), "build"]));
    world.progress(40);
    end(world);
    expect(world.room.state.openTurns[0]?.steps[0]).not.toHaveProperty("percentComplete");
    expect(folded(undefined, world.log)).toEqual(world.room.state);
  });
});

describe("the queue", () => {
  it("takes a turn in at the position that it is told", () => {
    const world = writing();
    const [a] = world.turnIds;
    const b = world.send("b");
    const c = world.send("c");
    const order = () => folded(undefined, world.log).openTurns.map(({ id }) => id);
    expect(order()).toEqual([a, b, c]);
    const d = world.send("d", "interrupt");
    expect(order()).toEqual([d, b, c]);
  });

  it("tells each turn its position, 1 being next", () => {
    const world = writing();
    for (const text of ["b", "c"]) world.send(text);
    const positions = world.log.flatMap((event) =>
      event.type === "turn:status" && event.data.status === "PENDING"
        ? [event.data.queuePosition]
        : [],
    );
    expect(positions).toEqual([1, 1, 2]);
  });
});

describe("a state that is sent whole", () => {
  const whole = writing(pipeline(["plan"])).room.state;
  const { task } = whole;

  it("history:reset replaces whatever there was", () => {
    const other = writing().room.state;
    const reset: MomentaryEvent = {
      type: "history:reset",
      ts: TS,
      data: { state: whole, headSeq: task.headSeq, epoch: "e2", reason: "epoch" },
    };
    expect(applyEvent(other, reset)).toBe(whole);
    expect(applyEvent(undefined, reset)).toBe(whole);
  });

  const ready = (state?: RoomState): MomentaryEvent => ({
    type: "session:ready",
    ts: TS,
    data: {
      sessionId: `sess_${"0".repeat(26)}`,
      recoveryToken: "r".repeat(43),
      resumed: false,
      expiresAt: TS,
      headSeq: task.headSeq,
      epoch: "e1",
      presence: [],
      limits: {
        frameBytes: 1,
        contentUnits: 1,
        commandsPerWindow: 1,
        commandWindowMs: 1,
        waitingTurns: 1,
      },
      ...(state && { state }),
    },
  });

  it("session:ready brings its snapshot", () => {
    expect(applyEvent(undefined, ready(whole))).toBe(whole);
  });

  it("or leaves alone what is continued from", () => {
    expect(applyEvent(whole, ready())).toBe(whole);
    expect(applyEvent(undefined, ready())).toBeUndefined();
  });
});

describe("the log", () => {
  it("starts with the task; what comes before that is nothing yet", () => {
    const world = writing();
    const [first, ...rest] = world.log;
    expect(first).toMatchObject({ type: "task:updated", seq: 1 });
    expect(rest.reduce<RoomState | undefined>(applyEvent, undefined)).toBeUndefined();
  });

  it("an event of old leaves the very same state", () => {
    const world = writing();
    const { state } = world.room;
    for (const event of world.log) expect(applyEvent(state, event)).toBe(state);
  });

  it("moves the head by every event, also of those that a fold shows nothing of", () => {
    const world = writing();
    const head = world.room.state.task.headSeq;
    const log: LogEvent = {
      type: "log",
      seq: head + 1,
      ts: TS,
      data: { timestamp: TS, agentType: "plan", level: "info", message: "hi" },
    };
    expect(folded(world.room.state, [log]).task.headSeq).toBe(head + 1);
  });

  it("a turn that the state has never seen is passed over", () => {
    const { state } = writing().room;
    const event: LogEvent = {
      type: "turn:status",
      seq: state.task.headSeq + 1,
      ts: TS,
      data: { turnId: `turn_${"z".repeat(26)}`, status: "PROCESSING", previous: "PENDING" },
    };
    expect(folded(state, [event]).openTurns).toEqual(state.openTurns);
  });

  it("turns that an event does not name stay the very same", () => {
    const world = writing();
    world.send("next");
    const [, next] = world.room.state.openTurns;
    world.fail();
    expect(world.room.state.openTurns[1]).toBe(next);
  });
});

describe("a task's own reader keeps their role", () => {
  it("although the log tells nobody's", () => {
    const world = writing();
    const mine = {
      ...world.room.state,
      task: { ...world.room.state.task, role: "viewer" as const },
    };
    world.act((draft) => updateTask(draft, { title: "New" }));
    const event = world.log.at(-1);
    expect(event && applyEvent(mine, event)?.task).toMatchObject({ title: "New", role: "viewer" });
  });
});

describe("a room that starts from what is stored", () => {
  it("has everything but the text that was being written", () => {
    const world = writing(pipeline(["plan", "build"]));
    world.finish();
    world.send("next");
    world.write("lost");
    const { state } = world.room;
    const { headSeq, activeTurnId, progress, ...task } = state.task;
    const streams = state.streams.map((stream) => ({ ...stream, text: "" }));
    expect(restoredState(task, headSeq, state.openTurns)).toEqual({
      ...state,
      streams,
      messages: [],
    });
  });
});
