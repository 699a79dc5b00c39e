import { describe, expect, it } from "vitest";
import { waitInStep } from "../../../src/engine/step/go-on";
import { decideCall } from "../../../src/engine/step/tool-answers";
import { confirmStep, retryTurn } from "../../../src/engine/task/people";
import type { AttemptReason } from "../../../src/protocol/events/chat-start";
import { agent, member, OWNER, pipeline, RETRY, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

const ONCE = { ...RETRY, maxAttempts: 1 };

/** The reasons of a world's attempts, by step. */
function reasons({ log }: World): string[] {
  return log.flatMap(({ type, data }) =>
    type === "chat:start" ? [`${data.step} ${data.reason}`] : [],
  );
}

/** Each begins a second attempt of the one step, by what ended the first. */
const SECOND: [AttemptReason, (world: World, turnId: string) => void][] = [
  [
    "retry",
    (world) => {
      world.fail();
      world.waitForAlarm();
    },
  ],
  ["restart", (world) => world.crash()],
  ["fallback", (world) => world.fail("model_rejected")],
  [
    "retry",
    (world, turnId) => {
      world.fail("model_rejected");
      world.fail("model_rejected");
      const record = world.closed.get(turnId);
      if (record) world.act((draft) => retryTurn(draft, record));
    },
  ],
];

describe("[A12] an attempt says why it follows", () => {
  it.each(SECOND)("%s", (reason, end) => {
    const world = new World(pipeline([member("one", { onFailure: { fallback: agent("other") } })]));
    const turnId = world.send();
    end(world, turnId);
    expect(reasons(world).at(0)).toBe("one first");
    expect(reasons(world).at(-1)).toBe(`one ${reason}`);
    expect(reasons(world).length).toBeGreaterThan(1);
  });

  it("a phase that others failed after was rolled back; one that never ran is the first", () => {
    const world = new World(
      pipeline([
        member("one"),
        member("two", { retry: ONCE, onFailure: { rollbackTo: "one" } }),
        member("three"),
      ]),
    );
    world.send();
    world.finish();
    world.fail("model_rejected");
    world.finish();
    world.finish();
    expect(reasons(world)).toEqual([
      "one first",
      "two first",
      "one rollback",
      "two rollback",
      "three first",
    ]);
  });

  it("one that a person was asked for before is a first", () => {
    const world = new World(pipeline([member("one", { requireConfirmation: true })]));
    const turnId = world.send();
    world.act((draft) => confirmStep(draft, { turnId, step: "one", approve: true, by: OWNER }));
    expect(reasons(world)).toEqual(["one first"]);
  });

  it("one whose call was answered is resumed, and its wait names step and call", () => {
    const world = new World(solo());
    const turnId = world.send();
    const call = { round: 0, index: 0, toolCallId: "call-1", name: "pay", input: {} };
    world.record([
      { type: "round", round: 0, text: "", calls: [call] },
      { type: "tool-approval", ...call },
    ]);
    world.act((draft) => waitInStep(draft, world.attempt));
    const waits = world.log.findLast(({ type }) => type === "turn:status");
    const { step } = world.attempt;
    expect(waits?.data).toMatchObject({ waitingFor: "approval", step, toolCallId: "call-1" });
    const yes = { turnId, toolCallId: "call-1", by: OWNER, approve: true };
    world.act((draft) => decideCall(draft, yes));
    expect(reasons(world)).toEqual([`${step} first`, `${step} resumed`]);
  });
});

describe("[L12] a turn names the number of its first event", () => {
  it("from which a feed hears all of it", () => {
    const world = new World(solo());
    world.send("one");
    const turnId = world.send("two");
    const { firstSeq } = world.turn(turnId);
    const first = world.log.find(({ seq }) => seq === firstSeq);
    expect(first).toMatchObject({ type: "chat:message", data: { message: { turnId } } });
    const before = world.log.filter(({ seq }) => seq < (firstSeq ?? 0));
    expect(JSON.stringify(before)).not.toContain(turnId);
  });
});
