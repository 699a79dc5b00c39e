import { describe, expect, it } from "vitest";
import { cancelTurn } from "../../../src/engine/task/people";
import { guideTurn } from "../../../src/engine/turn/send";
import { LIMITS } from "../../../src/protocol/limits";
import { OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function guided(world: World) {
  return world.log.flatMap((event) => (event.type === "chat:guided" ? [event.data] : []));
}

function inputOf(world: World): string | undefined {
  return world.request()?.input;
}

describe("guidance takes effect at the turn's next call", () => {
  it("which may be its next step", () => {
    const world = new World(pipeline(["plan", "build"]));
    const turnId = world.send("a game");
    world.send("with cats", "guide");
    expect(guided(world)).toEqual([]);
    world.finish("the plan");
    expect(guided(world)).toEqual([{ turnId, content: "with cats", outcome: "applied" }]);
    expect(inputOf(world)).toBe("a game\n\nwith cats");
  });

  it("or its next attempt", () => {
    const world = new World(solo());
    world.send("a game");
    world.send("with cats", "guide");
    world.send("and dogs", "guide");
    world.fail();
    world.waitForAlarm();
    expect(guided(world).map(({ outcome }) => outcome)).toEqual(["applied", "applied"]);
    expect(inputOf(world)).toBe("a game\n\nwith cats\n\nand dogs");
  });

  it("or its first, where it has not begun", () => {
    const world = new World(solo(), { beginsByItself: false });
    world.send("a game");
    world.send("with cats", "guide");
    world.begin();
    expect(guided(world)).toMatchObject([{ outcome: "applied" }]);
    expect(inputOf(world)).toBe("a game\n\nwith cats");
  });

  it("once, and later steps know it too", () => {
    const world = new World(pipeline(["plan", "build", "check"]));
    world.send("a game");
    world.send("with cats", "guide");
    world.finish();
    world.finish();
    expect(guided(world)).toHaveLength(1);
    expect(inputOf(world)).toBe("a game\n\nwith cats");
  });
});

describe("guidance that no call comes for expires, and becomes a queued turn with its own ids", () => {
  it.each([
    ["completed", (world: World) => world.finish()],
    ["failed", (world: World) => world.fail("model_rejected")],
    ["cancelled", (world: World) => void world.act((draft) => cancelTurn(draft, { by: OWNER }))],
    ["timed out", (world: World) => world.wait(600_000)],
  ])("when the turn has %s", (_, end) => {
    const world = new World(solo());
    const turnId = world.send("a game");
    world.send("with cats", "guide");
    const [, late = ""] = world.turnIds;
    end(world);
    expect(guided(world)).toEqual([{ turnId, content: "with cats", outcome: "expired" }]);
    expect(world.turn(late)).toMatchObject({ status: "PROCESSING", onBusy: "guide" });
    const message = world.room.state.messages.find((item) => item.turnId === late);
    expect(message).toMatchObject({ content: "with cats", author: { userId: OWNER } });
  });

  it("behind those that were waiting already", () => {
    const world = new World(solo());
    world.send("a game");
    world.send("with cats", "guide");
    const next = world.send("next");
    world.finish();
    expect(world.room.state.openTurns.map(({ id }) => id)).toEqual([next, world.turnIds[1]]);
  });
});

it("only so many pieces of guidance wait for one turn", () => {
  const world = new World(solo());
  const turnId = world.send();
  for (let i = 0; i < LIMITS.waitingTurns; i++) world.send("more", "guide");
  const input = world.draftSend("too much");
  expect(world.refusal((draft) => guideTurn(draft, turnId, input)).code).toBe("queue_full");
});

it("a closed turn can't be guided", () => {
  const world = new World(solo());
  const turnId = world.send();
  world.finish();
  const input = world.draftSend("too late");
  expect(world.refusal((draft) => guideTurn(draft, turnId, input)).code).toBe("not_found");
});
