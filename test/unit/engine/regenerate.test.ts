import { describe, expect, it } from "vitest";
import { cancelTurn, retryTurn } from "../../../src/engine/task/people";
import { failBegin } from "../../../src/engine/turn/begin";
import { supersede } from "../../../src/engine/turn/supersede";
import { LIMITS } from "../../../src/protocol/limits";
import { OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function shown(world: World): string[] {
  return world.room.state.messages.map(({ content }) => content);
}

/** A turn that is over, with its answer. */
function answered(plan = solo()): { world: World; turnId: string } {
  const world = new World(plan);
  const turnId = world.send("a poem");
  for (const { role } of plan.members) world.finish(`the ${role}'s`);
  return { world, turnId };
}

function anew(world: World, turnId: string): string {
  const record = world.closed.get(turnId);
  const next = record && world.regenerate(record);
  if (next === undefined) throw new Error("was refused");
  return next;
}

describe("[ED2] a completed turn's message is answered anew", () => {
  it("by a turn of its own, whose first event it names", () => {
    const { world, turnId } = answered();
    const head = world.log.length;
    const next = anew(world, turnId);
    const turn = world.turn(next);
    expect(turn).toMatchObject({
      messageId: world.turn(turnId).messageId,
      regenerates: turnId,
      threadId: "main",
      onBusy: "enqueue",
    });
    expect(turn.firstSeq).toBe(head + 1);
    expect(world.request()).toMatchObject({ input: "a poem" });
  });

  it("the old answers leave in the commit with which it begins, after it says so", () => {
    const { world, turnId } = answered(pipeline(["plan", "build"]));
    world.beginsByItself = false;
    const next = anew(world, turnId);
    expect(shown(world)).toEqual(["a poem", "the plan's", "the build's"]);
    const head = world.log.length;
    world.begin();
    expect(world.since(head).slice(0, 3)).toEqual([
      ...["turn:status PROCESSING", "messages:superseded", "phase:start plan"],
    ]);
    const gone = world.log.find(({ type }) => type === "messages:superseded");
    const steps = world.turn(turnId).steps.map(({ messageId }) => messageId);
    expect(gone?.data).toEqual({ messageIds: steps, by: next });
    expect(shown(world)).toEqual(["a poem"]);
  });

  it("again, of the first turn or of the second, and one answer stands", () => {
    const { world, turnId } = answered();
    const second = anew(world, turnId);
    world.finish("another");
    expect(shown(world)).toEqual(["a poem", "another"]);
    const third = anew(world, second);
    world.finish("a third");
    const fourth = anew(world, turnId);
    world.finish("a fourth");
    expect(shown(world)).toEqual(["a poem", "a fourth"]);
    expect([third, fourth].map((id) => world.turn(id).regenerates)).toEqual([second, turnId]);
  });

  it("stopped before it begins, or never begun, it takes nothing's place", () => {
    const { world, turnId } = answered();
    world.beginsByItself = false;
    const stopped = anew(world, turnId);
    world.act((draft) => cancelTurn(draft, { turnId: stopped, by: OWNER }));
    expect(shown(world)).toEqual(["a poem", "the assistant's"]);
    anew(world, turnId);
    world.act((draft) => failBegin(draft, { code: "model_rejected", message: "no such team" }));
    expect(shown(world)).toEqual(["a poem", "the assistant's"]);
  });

  it("one that failed is tried again, and takes the place then as it did", () => {
    const { world, turnId } = answered();
    const next = anew(world, turnId);
    world.fail("model_rejected");
    expect(shown(world)).toEqual(["a poem"]);
    const record = world.closed.get(next);
    if (record) world.act((draft) => retryTurn(draft, record));
    expect(world.request()?.input).toBe("a poem");
    world.finish("at last");
    expect(shown(world)).toEqual(["a poem", "at last"]);
  });

  it.each(["FAILED", "INTERRUPTED"] as const)("not of a turn that is %s", (status) => {
    const world = new World(solo());
    const turnId = world.send();
    if (status === "FAILED") world.fail("model_rejected");
    else world.act((draft) => cancelTurn(draft, { turnId, by: OWNER }));
    expect(world.turn(turnId).status).toBe(status);
    const record = world.closed.get(turnId);
    const head = world.log.length;
    expect(record && world.regenerate(record)).toBeUndefined();
    expect(world.since(head)).toEqual([]);
  });

  it("where nothing was answered before, a further try takes nobody's place, nor its own", () => {
    const world = new World(solo());
    const turnId = world.send();
    world.finish("");
    world.act((draft) =>
      supersede(
        draft,
        world.turn(turnId).steps.flatMap(({ messageId }) => messageId ?? []),
        "nobody",
      ),
    );
    const next = anew(world, turnId);
    world.write("half a ");
    world.fail("model_rejected");
    const record = world.closed.get(next);
    if (record) world.retry(record);
    world.finish("a poem");
    expect(shown(world)).toEqual(["hello", "a poem"]);
    expect(world.log.filter(({ type }) => type === "messages:superseded")).toHaveLength(1);
  });

  it("it waits in the queue like any other, which may be full", () => {
    const { world, turnId } = answered();
    for (let i = 0; i <= LIMITS.waitingTurns; i++) world.send();
    const record = world.closed.get(turnId);
    expect(record && world.regenerate(record)).toBeUndefined();
  });
});

describe("[ED2] of turns for one message that never began", () => {
  /** Two of them, both stopped in the queue. */
  function stopped() {
    const { world, turnId } = answered();
    world.beginsByItself = false;
    const records = [1, 2].map(() => {
      const id = anew(world, turnId);
      world.act((draft) => cancelTurn(draft, { turnId: id, by: OWNER }));
      return world.closed.get(id);
    });
    world.beginsByItself = true;
    const [first, second] = records;
    if (!first || !second) throw new Error("are not closed");
    return { world, first, second };
  }

  it("one is tried again at a time: while it is open it is the answer", () => {
    const { world, first, second } = stopped();
    world.retry(first);
    expect(world.retry(second)).toMatchObject({ refusal: { code: "conflict" } });
  });

  it("one that is tried again after the other has answered takes that answer's place", () => {
    const { world, first, second } = stopped();
    world.retry(first);
    world.finish("another");
    world.retry(second);
    world.finish("a third");
    expect(shown(world)).toEqual(["a poem", "a third"]);
  });
});

describe("[ED4] nobody waits any more for what was answered anew, or edited", () => {
  it("a turn that another has taken the place of is not tried again", () => {
    const { world, turnId } = answered();
    const second = anew(world, turnId);
    world.fail("model_rejected");
    const third = anew(world, turnId);
    world.finish("a third");
    const record = world.closed.get(second);
    if (!record) throw new Error("is not closed");
    const isSuperseded = world.isOver(record);
    const refusal = world.refusal((draft) => retryTurn(draft, record, { isSuperseded }));
    expect(refusal.code).toBe("conflict");
    expect(world.turn(third).status).toBe("COMPLETED");
  });
});
