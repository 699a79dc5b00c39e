import { describe, expect, it } from "vitest";
import { cancelTurn, retryTurn } from "../../../src/engine/task/people";
import { guideTurn, makesNoTurn, send } from "../../../src/engine/turn/send";
import { LIMITS } from "../../../src/protocol/limits";
import { member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function shown(world: World): string[] {
  return world.room.state.messages.map(({ content }) => content);
}

/** A room with a turn at work. */
function busy(): World {
  const world = new World(solo());
  world.send("first");
  return world;
}

function waiting(world: World): number {
  return world.room.state.openTurns.filter(({ status }) => status === "PENDING").length;
}

describe("[ED7] with onBusy merge", () => {
  it("waiting messages of one sender become one turn, which is asked all of them in order", () => {
    const world = busy();
    const turnId = world.send("one", "merge");
    expect(world.send("two", "merge")).toBe(turnId);
    expect(world.send("three", "merge")).toBe(turnId);
    expect(waiting(world)).toBe(1);
    expect(world.turn(turnId).onBusy).toBe("enqueue");
    const own = world.room.state.messages.filter((message) => message.turnId === turnId);
    expect(own.map(({ content }) => content)).toEqual(["one", "two", "three"]);
    world.finish();
    expect(world.request()?.input).toBe("one\n\ntwo\n\nthree");
  });

  it("a message may join one that was sent otherwise, and with no turn open it just begins", () => {
    const world = new World(solo());
    world.send("one", "merge");
    expect(world.request()?.input).toBe("one");
    const turnId = world.send("two");
    expect(world.send("three", "merge")).toBe(turnId);
  });

  it("a message makes no turn exactly where it joins one", () => {
    const world = busy();
    const input = world.draftSend("two", "merge");
    expect(makesNoTurn(world.room, input)).toBe(false);
    world.send("one", "merge");
    expect(makesNoTurn(world.room, input)).toBe(true);
  });

  const others: [string, (world: World) => void][] = [
    ["another's", (world) => sendAs(world, { author: { userId: "bob" } })],
    ["of another thread", (world) => sendAs(world, { threadId: "side" })],
    ["that was begun before", stoppedAndTriedAgain],
    [
      "with other tools",
      (world) => sendAs(world, { clientTools: [{ name: "look", inputSchema: {} }] }),
    ],
    [
      "as long as one may be",
      (world) => sendAs(world, { content: "x".repeat(LIMITS.contentUnits) }),
    ],
    ["joined by as many as may", (world) => joinedByMost(world)],
  ];
  it.each(others)("it does not join a turn %s", (_, wait) => {
    const world = busy();
    wait(world);
    const before = waiting(world);
    const input = { ...world.draftSend("mine", "merge"), clientTools: [] };
    world.act((draft) => send(draft, input));
    expect(waiting(world)).toBe(before + 1);
  });

  it("what another has said in between keeps its place", () => {
    const world = busy();
    const mine = world.send("mine", "merge");
    sendAs(world, { author: { userId: "bob" } });
    expect(world.send("mine too", "merge")).not.toBe(mine);
  });

  it("a turn that answers anew is joined by nothing", () => {
    const world = new World(solo());
    const turnId = world.send("a poem");
    world.finish();
    world.send("at work");
    const record = world.closed.get(turnId);
    const anew = record && world.regenerate(record);
    expect(world.send("more", "merge")).not.toBe(anew);
  });
});

function sendAs(world: World, patch: object): void {
  const input = { ...world.draftSend("theirs"), ...patch };
  world.act((draft) => send(draft, input));
}

function joinedByMost(world: World): void {
  for (let i = 0; i <= LIMITS.joinedMessages; i++) world.send("x", "merge");
}

function stoppedAndTriedAgain(world: World): void {
  const turnId = world.turnIds[0] ?? "";
  world.act((draft) => cancelTurn(draft, { turnId, by: OWNER }));
  world.send("in between");
  const record = world.closed.get(turnId);
  if (record) world.act((draft) => retryTurn(draft, record));
}

describe("[ED8] with onBusy rollback", () => {
  it("the active turn is stopped and superseded, with what it has answered, and the message goes first", () => {
    const world = new World(pipeline(["plan", "build"]));
    world.send("before");
    world.finish("its plan");
    world.finish("its build");
    const old = world.send("a game");
    world.finish("the plan");
    world.write("the bui");
    world.send("later");
    const head = world.log.length;
    const turnId = world.send("a film", "rollback");
    expect(world.turn(old).status).toBe("INTERRUPTED");
    expect(shown(world)).toEqual(["before", "its plan", "its build", "later", "a film"]);
    expect(world.turn(turnId).onBusy).toBe("interrupt");
    const { messageId } = world.turn(turnId);
    const gone = world.log.slice(head).find(({ type }) => type === "messages:superseded");
    expect(gone?.data).toMatchObject({ by: messageId });
    expect(world.request()?.input).toBe("a film");
  });

  it("what it has answered is all of it: in earlier tries, and in phases that are to be done anew", () => {
    const world = new World(
      pipeline(["plan", member("build", { onFailure: { rollbackTo: "plan" } })]),
    );
    const turnId = world.send("a game");
    world.finish("the plan");
    world.write("half a build");
    world.fail("model_rejected");
    expect(shown(world)).toEqual(["a game", "half a build"]);
    world.act((draft) => cancelTurn(draft, { by: OWNER }));
    world.send("between");
    const record = world.closed.get(turnId);
    if (record) world.retry(record);
    world.act((draft) => cancelTurn(draft, { by: OWNER }));
    world.send("a film", "rollback");
    expect(shown(world)).toEqual(["between", "a film"]);
  });

  it("names nothing that was never said", () => {
    const world = busy();
    const { messageId } = world.turn(world.turnIds[0] ?? "");
    world.send("second", "rollback");
    const gone = world.log.find(({ type }) => type === "messages:superseded");
    expect(gone?.data).toMatchObject({ messageIds: [messageId] });
  });

  it("before any has begun it is the queue's first, with all that joined it", () => {
    const world = new World(solo(), { beginsByItself: false });
    world.send("one", "merge");
    world.send("two", "merge");
    world.send("three", "rollback");
    expect(shown(world)).toEqual(["three"]);
    expect(waiting(world)).toBe(1);
  });

  it("what guided it goes with it, and with no turn open the message just begins", () => {
    const world = busy();
    const input = world.draftSend("shorter");
    world.act((draft) => guideTurn(draft, world.turnIds[0] ?? "", input));
    world.send("second", "rollback");
    expect(world.room.state.openTurns).toHaveLength(1);
    world.finish();
    world.send("third", "rollback");
    expect(shown(world)).toContain("second");
  });
});

describe("[Q2] where a message says nothing, its team's policy holds", () => {
  it.each(["merge", "rollback"] as const)("%s", (policy) => {
    const world = new World(solo({}, { laterOnBusy: policy }));
    const first = world.send("first");
    const second = world.send("second");
    const third = world.send("third");
    expect(second === third).toBe(policy === "merge");
    expect(world.room.state.openTurns.some(({ id }) => id === first)).toBe(policy === "merge");
    expect(shown(world)).toEqual(policy === "merge" ? ["first", "second", "third"] : ["third"]);
  });

  it("but the message's own comes first", () => {
    const world = new World(solo({}, { laterOnBusy: "merge" }));
    world.send("first");
    expect(world.send("second")).not.toBe(world.send("third", "enqueue"));
  });
});
