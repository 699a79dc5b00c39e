import { describe, expect, it } from "vitest";
import { cancelAll, cancelTurn, retryTurn } from "../../../src/engine/task/people";
import { beginTurn, refuseBegin, unpaidTurn } from "../../../src/engine/turn/begin";
import { guideTurn, send } from "../../../src/engine/turn/send";
import { refuse } from "../../../src/protocol/errors";
import { LIMITS } from "../../../src/protocol/limits";
import type { ClientTool } from "../../../src/protocol/tools/tool-use";
import { idNumber, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const tool = (name: string): ClientTool => ({ name, inputSchema: { type: "object" } });

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

  it("[CR1] as part of the work that it came from, and in the thread that it was said in", () => {
    const world = new World(solo());
    world.send("a game");
    const descent = { depth: 2, tasks: [idNumber("task", 9)] };
    const input = { ...world.draftSend("with cats", "guide"), descent, threadId: "side" };
    world.act((draft) => send(draft, input));
    world.finish();
    expect(world.turn(input.turnId)).toMatchObject({ status: "PROCESSING", threadId: "side" });
    expect(world.request()?.descent).toMatchObject({ depth: 3 });
  });

  it.each([
    ["others than the turn's", [], [tool("show")]],
    ["the turn's own", [tool("open")], [tool("open")]],
    ["none", [tool("open")], []],
  ])("with its metadata and its sender's tools: %s", (_, turns, clientTools) => {
    const world = new World(solo());
    const first = { ...world.draftSend("a game"), clientTools: turns };
    world.act((draft) => send(draft, first));
    const input = {
      ...world.draftSend("with cats", "guide"),
      metadata: { from: "a" },
      clientTools,
    };
    world.act((draft) => send(draft, input));
    world.finish();
    expect(world.turn(input.turnId)).toMatchObject({ onBusy: "guide", metadata: { from: "a" } });
    expect(world.request()?.clientTools).toEqual(clientTools);
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

describe("[Q5] the guidance of a turn is bounded in bytes", () => {
  const most = LIMITS.guidanceBytes;
  const text = (bytes: number) => "é".repeat(bytes / 2);
  const guide = (world: World, turnId: string, content: string) => {
    const input = world.draftSend(content);
    const decision = world.decide((draft) => guideTurn(draft, turnId, input));
    return "refusal" in decision ? decision.refusal.code : "kept";
  };

  it("with the metadata and tools that it came with, where the turn has not the same tools", () => {
    const long = { ...tool("long"), description: text(LIMITS.clientToolsBytes) };
    const world = new World(solo());
    const first = { ...world.draftSend(), clientTools: [tool("open")] };
    const { turnId } = world.act((draft) => send(draft, first));
    const withTools = (clientTools: ClientTool[]) => {
      const input = { ...world.draftSend("x"), clientTools };
      return world.decide((draft) => guideTurn(draft, turnId, input));
    };
    expect(withTools([tool("open")])).not.toHaveProperty("refusal");
    expect(withTools([long])).not.toHaveProperty("refusal");
    expect(withTools([long])).toHaveProperty("refusal.code", "payload_too_large");
    expect(withTools([tool("open")])).not.toHaveProperty("refusal");
  });

  it("whether it was taken up or waits, and over all tries of the turn", () => {
    const world = new World(solo());
    const turnId = world.send();
    expect(guide(world, turnId, text(most / 2))).toBe("kept");
    world.fail();
    world.waitForAlarm();
    expect(guide(world, turnId, text(most / 2 + 2))).toBe("payload_too_large");
    expect(guide(world, turnId, text(most / 2))).toBe("kept");
    expect(guide(world, turnId, "x")).toBe("payload_too_large");
    world.fail("model_rejected");
    const record = world.closed.get(turnId);
    if (!record) throw new Error("the turn did not close");
    world.act((draft) => cancelAll(draft, { by: OWNER }));
    world.act((draft) => retryTurn(draft, record));
    expect(guide(world, turnId, "x")).toBe("payload_too_large");
  });

  it("and what was refused is not kept", () => {
    const world = new World(solo());
    const turnId = world.send("a game");
    guide(world, turnId, text(most + 2));
    world.fail();
    world.waitForAlarm();
    expect(guided(world)).toEqual([]);
    expect(inputOf(world)).toBe("a game");
  });
});

describe("[U3] a turn that was made of guidance", () => {
  function late(): { world: World; turnId: string } {
    const world = new World(solo(), { beginsByItself: false });
    world.send("a game");
    world.begin();
    world.send("with cats", "guide");
    world.finish();
    return { world, turnId: world.turnIds[1] ?? "" };
  }
  const counts = (world: World, turnId: string) =>
    world.log.flatMap(({ type, data }) =>
      type === "turn:status" && data.turnId === turnId ? [[data.status, data.turns]] : [],
    );
  const refusal = refuse("quota_exceeded", "Your quota of 1 turns a day is used up.");

  it("begins only once its user's meter has admitted it, and counts from then on, once", () => {
    const { world, turnId } = late();
    expect(unpaidTurn(world.room)).toEqual({ turnId, userId: OWNER });
    world.act((draft) => beginTurn(draft, world.plan));
    expect(world.turn(turnId).status).toBe("PENDING");
    world.act((draft) => beginTurn(draft, world.plan, turnId));
    expect(unpaidTurn(world.room)).toBeUndefined();
    world.fail("model_rejected");
    const record = world.closed.get(turnId);
    if (!record) throw new Error("the turn did not close");
    world.act((draft) => retryTurn(draft, record));
    expect(unpaidTurn(world.room)).toBeUndefined();
    world.act((draft) => beginTurn(draft, world.plan));
    expect(counts(world, turnId)).toEqual([
      ["PENDING", 0],
      ["PROCESSING", 1],
      ["FAILED", undefined],
      ["PENDING", undefined],
      ["PROCESSING", undefined],
    ]);
  });

  it("that is not admitted ends without having begun, says why, and the next begins", () => {
    const { world, turnId } = late();
    const next = world.send("next");
    world.act((draft) => refuseBegin(draft, turnId, refusal));
    expect(world.turn(turnId)).toMatchObject({
      status: "INTERRUPTED",
      reason: "quota_exceeded: Your quota of 1 turns a day is used up.",
    });
    expect(world.turn(turnId)).not.toHaveProperty("startedAt");
    expect(world.effects.at(-1)).toEqual({ type: "begin" });
    world.begin();
    expect(world.turn(next).status).toBe("PROCESSING");
    expect(counts(world, turnId).every(([, turns]) => !turns)).toBe(true);
  });

  it("is asked for again when it is tried again without ever having begun", () => {
    const { world, turnId } = late();
    world.act((draft) => refuseBegin(draft, turnId, refusal));
    const record = world.closed.get(turnId);
    if (!record) throw new Error("the turn did not close");
    world.act((draft) => retryTurn(draft, record));
    expect(unpaidTurn(world.room)?.turnId).toBe(turnId);
  });

  it("lets nothing happen to another that came to the queue's head while its meter was asked", () => {
    const { world, turnId } = late();
    world.act((draft) => cancelTurn(draft, { turnId, by: OWNER }));
    const next = world.send("next");
    world.act((draft) => refuseBegin(draft, turnId, refusal));
    expect(world.turn(next).status).toBe("PENDING");
    world.act((draft) => beginTurn(draft, world.plan, turnId));
    expect(world.turn(next).status).toBe("PROCESSING");
  });
});

it("a closed turn can't be guided", () => {
  const world = new World(solo());
  const turnId = world.send();
  world.finish();
  const input = world.draftSend("too late");
  expect(world.refusal((draft) => guideTurn(draft, turnId, input)).code).toBe("not_found");
});
