import { describe, expect, it } from "vitest";
import { cancelTurn } from "../../../src/engine/task/people";
import { setTaskStatus } from "../../../src/engine/task/task-rules";
import { failBegin } from "../../../src/engine/turn/begin";
import { send } from "../../../src/engine/turn/send";
import { LIMITS } from "../../../src/protocol/limits";
import type { OnBusy } from "../../../src/protocol/turn";
import { member, OWNER, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

type Where = "idle" | "not begun" | "running" | "in a retry wait" | "waiting for a person";

const asking = solo({}, { members: [member("assistant", { requireConfirmation: true })] });

/** A room whose first turn is where the case wants it. */
function roomWith(where: Where): World {
  const world = new World(where === "waiting for a person" ? asking : solo());
  if (where === "idle") return world;
  world.beginsByItself = where !== "not begun";
  world.send("first");
  if (where === "in a retry wait") world.fail();
  return world;
}

function statuses(world: World): string[] {
  return world.turnIds.slice(0, 2).map((id) => world.turn(id).status);
}

const wheres: Where[] = ["not begun", "running", "in a retry wait", "waiting for a person"];
const ACTIVE: Record<Where, string> = {
  idle: "",
  "not begun": "PENDING",
  running: "PROCESSING",
  "in a retry wait": "PROCESSING",
  "waiting for a person": "WAITING",
};

describe("while nothing is open, a message starts a turn, whatever it says of being busy", () => {
  it.each<OnBusy | undefined>([undefined, "enqueue", "interrupt", "reject", "guide"])(
    "%s",
    (onBusy) => {
      const world = roomWith("idle");
      const from = world.log.length;
      const turnId = world.send("hello", onBusy);
      expect(world.turn(turnId)).toMatchObject({
        status: "PROCESSING",
        onBusy: onBusy ?? "enqueue",
      });
      expect(world.since(from)).toEqual([
        "chat:message",
        "turn:status PENDING",
        "task:status RUNNING",
        "turn:status PROCESSING",
        "chat:start assistant",
      ]);
    },
  );
});

describe.each(wheres)("while a turn is %s", (where) => {
  it("enqueue waits behind it", () => {
    const world = roomWith(where);
    world.send("second", "enqueue");
    expect(statuses(world)).toEqual([ACTIVE[where], "PENDING"]);
  });

  it("reject is refused as turn_active, and nothing changes", () => {
    const world = roomWith(where);
    const before = world.room;
    const input = world.draftSend("second", "reject");
    expect(world.refusal((draft) => send(draft, input)).code).toBe("turn_active");
    expect(world.room).toBe(before);
  });

  it("interrupt stops it and goes before all that wait", () => {
    const world = roomWith(where);
    world.send("second", "enqueue");
    const from = world.log.length;
    const third = world.send("third", "interrupt");
    expect(statuses(world)).toEqual(["INTERRUPTED", "PENDING"]);
    expect(world.room.state.openTurns[0]?.id).toBe(third);
    expect(world.since(from).slice(0, 4)).toEqual([
      "chat:message",
      "turn:status PENDING",
      "chat:cancelled",
      "turn:status INTERRUPTED",
    ]);
    expect(world.room.state.task.status).toBe("RUNNING");
  });

  it("guide is kept for its next call, and answers with its id", () => {
    const world = roomWith(where);
    const [first] = world.turnIds;
    expect(world.send("shorter", "guide")).toBe(first);
    expect(world.room.state.openTurns).toHaveLength(1);
  });
});

it("the team's onBusy counts where the message says nothing", () => {
  const world = new World(solo({}, { onBusy: "reject" }));
  world.send();
  const input = world.draftSend();
  expect(world.refusal((draft) => send(draft, input)).code).toBe("turn_active");
});

it("the queue has an end: one more message is refused as queue_full, also as an interrupt", () => {
  const world = new World(solo());
  for (let i = 0; i <= LIMITS.waitingTurns; i++) world.send();
  for (const onBusy of ["enqueue", "interrupt"] as const) {
    const input = world.draftSend("one more", onBusy);
    expect(world.refusal((draft) => send(draft, input)).code).toBe("queue_full");
  }
});

it("a cancelled task takes no message", () => {
  const world = new World(solo());
  world.act((draft) => setTaskStatus(draft, { status: "CANCELLED" }, OWNER));
  const input = world.draftSend();
  expect(world.refusal((draft) => send(draft, input)).code).toBe("task_cancelled");
});

it("turns run one after the other, in the order of the queue", () => {
  const world = new World(solo());
  const turns = ["a", "b", "c"].map((text) => world.send(text));
  for (const turnId of turns) {
    expect(world.room.state.task.activeTurnId).toBe(turnId);
    world.finish();
  }
  expect(world.room.state.task.status).toBe("COMPLETED");
});

it("a waiting turn that is cancelled leaves the queue, and the others keep their order", () => {
  const world = new World(solo());
  const [a = "", b = "", c = ""] = ["a", "b", "c"].map((text) => world.send(text));
  world.act((draft) => cancelTurn(draft, { turnId: b, by: OWNER }));
  expect(world.room.state.openTurns.map(({ id }) => id)).toEqual([a, c]);
});

it("a turn whose team no longer resolves fails with last words, and the next begins", () => {
  const world = new World(solo(), { beginsByItself: false });
  world.send("a");
  world.send("b");
  const from = world.log.length;
  const error = { code: "model_rejected" as const, message: "The team is gone." };
  world.act((draft) => failBegin(draft, error));
  expect(world.since(from)).toEqual(["chat:error final", "task:error", "turn:status FAILED"]);
  expect(world.effects.at(-1)).toEqual({ type: "begin" });
  expect(world.turn(world.turnIds[0] ?? "").error).toEqual(error);
});
