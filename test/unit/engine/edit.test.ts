import { describe, expect, it } from "vitest";
import { addNote } from "../../../src/engine/turn/note";
import { guideTurn, send } from "../../../src/engine/turn/send";
import { LIMITS } from "../../../src/protocol/limits";
import type { Message } from "../../../src/protocol/message";
import { member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function shown(world: World): string[] {
  return world.room.state.messages.map(({ content }) => content);
}

/** The message that somebody sent. */
function said(world: World, content: string): Message {
  const found = world.room.state.messages.find((message) => message.content === content);
  if (!found) throw new Error(`nobody said ${content}`);
  return found;
}

function note(world: World): Message {
  const input = world.draftSend("a note");
  world.act((draft) => addNote(draft, input));
  return said(world, "a note");
}

/** Three exchanges. */
function talk(): World {
  const world = new World(solo());
  for (const word of ["one", "two", "three"]) {
    world.send(word);
    world.finish(`about ${word}`);
  }
  return world;
}

function code(decision: ReturnType<World["edit" | "retry"]>): string | undefined {
  return "refusal" in decision ? decision.refusal.code : undefined;
}

describe("[ED5] an edited message", () => {
  it("stands in the place of the old one and of all that followed it in its thread", () => {
    const world = talk();
    const aside = world.draftSend("elsewhere");
    world.act((draft) => send(draft, { ...aside, threadId: "side" }));
    world.finish("aside");
    const old = said(world, "two");
    const head = world.log.length;
    world.edit(old, "zwei");
    expect(shown(world)).toEqual(["one", "about one", "elsewhere", "aside", "zwei"]);
    expect(world.since(head).slice(0, 4)).toEqual([
      ...["chat:message", "turn:status PENDING", "task:status RUNNING", "messages:superseded"],
    ]);
    const message = said(world, "zwei");
    expect(message).toMatchObject({
      replaces: old.id,
      threadId: "main",
      author: { userId: OWNER },
    });
    const gone = world.log.flatMap((event) =>
      event.type === "messages:superseded" ? [event.data] : [],
    );
    expect(gone).toMatchObject([{ by: message.id }]);
    expect(gone[0]?.messageIds).toHaveLength(4);
    expect(world.request()?.input).toBe("zwei");
  });

  it("may be a note, which then is a message with a turn", () => {
    const world = talk();
    world.edit(note(world), "an order");
    expect(said(world, "an order").note).toBeUndefined();
    expect(world.request()?.input).toBe("an order");
  });

  it("takes very many others' place in several events of one commit", () => {
    const world = talk();
    const old = said(world, "one");
    const more = Array.from({ length: LIMITS.supersededIds }, (_, i) => ({
      ...old,
      id: `msg_${String(i).padStart(26, "0")}`,
      seq: old.seq + 1 + i,
    }));
    world.room = {
      ...world.room,
      state: { ...world.room.state, messages: [...world.room.state.messages, ...more] },
    };
    const head = world.log.length;
    world.edit(old, "eins");
    const sizes = world.log
      .slice(head)
      .flatMap((event) =>
        event.type === "messages:superseded" ? [event.data.messageIds.length] : [],
      );
    expect(sizes).toEqual([LIMITS.supersededIds, 6]);
    expect(shown(world)).toEqual(["eins"]);
  });

  it.each([
    ["its sender", "bob", "bob", undefined],
    ["an owner", "bob", OWNER, undefined],
    ["nobody else", "bob", "carol", "forbidden"],
  ])("is edited by %s", (_, author, by, refusal) => {
    const world = new World(solo());
    const input = world.draftSend("hers");
    world.act((draft) => send(draft, { ...input, author: { userId: author } }));
    world.finish("yes");
    expect(code(world.edit(said(world, "hers"), "his", { by }))).toBe(refusal);
  });

  it("that was said elsewhere is edited by owners alone, whoever brought it", () => {
    const world = talk();
    const old = { ...said(world, "two"), imported: true as const, author: { userId: "bob" } };
    expect(code(world.edit(old, "x", { by: "bob" }))).toBe("forbidden");
    expect(code(world.edit(old, "x"))).toBeUndefined();
  });

  it("is no answer, and stands itself", () => {
    const world = talk();
    const old = said(world, "two");
    expect(code(world.edit(said(world, "about two")))).toBe("conflict");
    world.edit(old, "zwei");
    world.finish("about zwei");
    expect(code(world.edit(old, "deux"))).toBe("conflict");
  });
});

describe("[ED5] while a turn of the message's thread is open", () => {
  it("an edit is refused, or stops all that is open there and goes to the head", () => {
    const world = talk();
    world.send("four");
    world.write("about fo");
    world.send("five");
    const old = said(world, "three");
    expect(code(world.edit(old))).toBe("turn_active");
    world.edit(old, "drei", { interrupts: true });
    expect(shown(world)).toEqual(["one", "about one", "two", "about two", "drei"]);
    expect(world.room.state.openTurns).toHaveLength(1);
    expect(world.request()?.input).toBe("drei");
  });

  it("guidance that was not taken up goes with the turn that it was for", () => {
    const world = talk();
    const turnId = world.send("four");
    const input = world.draftSend("shorter");
    world.act((draft) => guideTurn(draft, turnId, input));
    world.edit(said(world, "four"), "vier", { interrupts: true });
    expect(world.room.state.openTurns).toHaveLength(1);
    expect(world.log.find(({ type }) => type === "chat:guided")?.data).toMatchObject({
      outcome: "expired",
    });
  });

  it("what was answered before the message stands, and the turn is tried again from there", () => {
    const world = new World(pipeline(["plan", "build"]));
    const turnId = world.send("a game");
    world.finish("the plan");
    note(world);
    world.write("half a build");
    world.edit(said(world, "a note"), "an order", { interrupts: true });
    expect(shown(world)).toEqual(["a game", "the plan", "an order"]);
    world.finish("done");
    world.finish("done too");
    const record = world.closed.get(turnId);
    // Its second phase was writing: that would come back.
    expect(record && code(world.retry(record))).toBe("conflict");
  });

  it("names nothing that was never said, so that nothing comes back with a try of the turn", () => {
    const world = new World(pipeline([member("plan", { onFailure: "continue" }), "build"]));
    const turnId = world.send("a game");
    world.fail("model_rejected");
    const remark = note(world);
    world.edit(remark, "an order", { interrupts: true });
    const gone = world.log.find(({ type }) => type === "messages:superseded");
    expect(gone?.data).toMatchObject({ messageIds: [remark.id] });
    world.finish("ordered");
    world.finish("ordered too");
    const record = world.closed.get(turnId);
    expect(record && code(world.retry(record))).toBeUndefined();
    world.finish("the plan");
    expect(shown(world)).toContain("the plan");
  });

  it("turns of other threads go on, and it waits for them", () => {
    const world = talk();
    const aside = world.draftSend("elsewhere");
    world.act((draft) => send(draft, { ...aside, threadId: "side" }));
    expect(code(world.edit(said(world, "three"), "drei", { interrupts: true }))).toBeUndefined();
    expect(world.turn(aside.turnId).status).toBe("PROCESSING");
    world.finish("aside");
    expect(world.request()?.input).toBe("drei");
  });
});

describe("[ED6] a note", () => {
  it("begins nothing, in whatever state the task is that is not cancelled", () => {
    const world = new World(solo());
    const input = world.draftSend("remember");
    world.act((draft) => addNote(draft, input));
    expect(world.log.slice(1).map(({ type }) => type)).toEqual(["chat:message"]);
    expect(said(world, "remember")).toMatchObject({ note: true, role: "user" });
    expect(world.room.state.task.status).toBe("PENDING");
    expect(world.room.state.openTurns).toEqual([]);
  });
});
