import { describe, expect, it } from "vitest";
import { waitInStep } from "../../../src/engine/step/go-on";
import { decideCall, takeOutput } from "../../../src/engine/step/tool-answers";
import { cancelTurn, retryTurn } from "../../../src/engine/task/people";
import { usesIn } from "../../../src/protocol/tools/tool-use";
import { OWNER, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const SAME = "call_1";
const CALLS = [0, 1, 2, 3].map((index) => ({
  ...{ round: 0, index, toolCallId: SAME },
  ...{ name: index < 2 ? "pay" : "open", input: { index } },
}));

/** Two calls that wait for a person and two that wait for the client, all with one id. */
function asked(options: { confirmTimeoutMs?: number } = {}): { world: World; turnId: string } {
  const world = new World(solo(), options);
  const turnId = world.send();
  world.record([
    { type: "round", round: 0, text: "", calls: CALLS },
    ...CALLS.slice(0, 2).map((call) => ({ type: "tool-approval" as const, ...call })),
    ...CALLS.slice(2).map((call) => ({
      ...{ type: "tool-call" as const, where: "client" as const, ...call },
    })),
  ]);
  world.act((draft) => waitInStep(draft, world.attempt));
  return { world, turnId };
}

function statesOf(world: World) {
  return world
    .rounds()
    .flatMap(({ calls }) =>
      calls.map(({ approval, output, error }) => error ?? output ?? approval ?? "open"),
    );
}

describe("[E4] of calls that share an id", () => {
  it("an answer with a place is to that one, without one to the first that waits", () => {
    const { world, turnId } = asked();
    const named = { turnId, toolCallId: SAME, by: OWNER };
    world.act((draft) => decideCall(draft, { ...named, round: 0, index: 1, approve: true }));
    expect(statesOf(world)).toEqual(["asked", "given", "open", "open"]);
    world.act((draft) => decideCall(draft, { ...named, approve: true }));
    const client = { ...named, isOwner: true };
    world.act((draft) => takeOutput(draft, { ...client, round: 0, index: 3, output: "last" }));
    expect(statesOf(world)).toEqual(["given", "given", "open", "last"]);
    world.act((draft) => takeOutput(draft, { ...client, output: "first" }));
    expect(statesOf(world)).toEqual(["given", "given", "first", "last"]);
    expect(world.turn(turnId).status).toBe("PROCESSING");
  });

  it.each([
    ["is answered", { index: 1 }, "invalid_transition"],
    ["is the client's", { round: 0, index: 2 }, "invalid_transition"],
    ["is in no round", { round: 1 }, "not_found"],
    ["has another id", { index: 0, toolCallId: "call_2" }, "not_found"],
  ])("a yes to one that %s is refused", (_, place, code) => {
    const { world, turnId } = asked();
    const named = { turnId, toolCallId: SAME, by: OWNER, approve: true };
    world.act((draft) => decideCall(draft, { ...named, index: 1 }));
    expect(world.refusal((draft) => decideCall(draft, { ...named, ...place })).code).toBe(code);
  });
});

describe("[E4] what waits for a person and for the client", () => {
  it("fails for want of a person only while one is asked", () => {
    const { world, turnId } = asked({ confirmTimeoutMs: 60_000 });
    const named = { turnId, toolCallId: SAME, by: OWNER, approve: true };
    for (const index of [0, 1]) world.act((draft) => decideCall(draft, { ...named, index }));
    world.wait(60_000);
    expect(world.turn(turnId).status).toBe("WAITING");
    world.waitForAlarm();
    expect(world.turn(turnId).status).toBe("PROCESSING");
    expect(statesOf(world).slice(2)).toEqual(Array(2).fill("The client did not answer in time."));
  });
});

describe("[E4] a call that a person has refused", () => {
  it("says so in the state and in the message, also of a turn that is tried again", () => {
    const { world, turnId } = asked();
    const named = { turnId, toolCallId: SAME, by: OWNER };
    world.act((draft) => decideCall(draft, { ...named, approve: false, note: "too dear" }));
    const refused = { refused: true, error: "A person did not approve of the call: too dear." };
    expect(world.rounds()[0]?.calls[0]).toMatchObject(refused);
    world.act((draft) => cancelTurn(draft, { by: OWNER }));
    const record = world.closed.get(turnId);
    if (!record) throw new Error("the turn is open");
    world.act((draft) => retryTurn(draft, record));
    expect(world.rounds()[0]?.calls[0]).toMatchObject({ ...refused, approval: "refused" });
    world.finish("Well then.");
    const [first, second] = usesIn(world.room.state.messages.at(-1)?.metadata);
    expect(first).toMatchObject(refused);
    expect(second).not.toHaveProperty("refused");
  });
});
