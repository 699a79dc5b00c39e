import { describe, expect, it } from "vitest";
import { stepMessageId } from "../../../src/engine/step/message";
import { messageId } from "../../../src/protocol/ids";
import { LIMITS } from "../../../src/protocol/limits";
import type { Message, MessageStatus } from "../../../src/protocol/message";
import type { ContextRule } from "../../../src/resources/specs";
import { idNumber, member, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function said(content: string, status: MessageStatus = "complete"): Message {
  return {
    id: idNumber("msg", 900),
    seq: 1,
    taskId: idNumber("task", 1),
    turnId: idNumber("turn", 900),
    threadId: "main",
    role: "user",
    content,
    status,
    createdAt: "2026-01-01T00:00:00.000Z",
    metadata: {},
  };
}

const history = [said("earlier"), said("broken", "failed"), said(""), said("cut", "interrupted")];
const before = ["user: earlier", "user: cut"];
const handed = ["plan: the plan", "build: the build"];

/** The third phase of three, with its rule for what it is told. */
function third(context: ContextRule, prompt?: string): World {
  const check = member("check", { context, ...(prompt !== undefined && { prompt }) });
  const world = new World(pipeline(["plan", "build", check]));
  world.send("a game");
  world.finish("the plan");
  world.finish("the build");
  return world;
}

describe("what a phase is told of what came before", () => {
  it.each<[ContextRule, string[]]>([
    ["none", []],
    ["input", []],
    ["previous", handed.slice(1)],
    ["all", [...before, ...handed]],
  ])("context %s", (context, told) => {
    const world = third(context);
    const request = world.request(history);
    expect(
      request?.context.map(({ role, phase, content }) => `${phase ?? role}: ${content}`),
    ).toEqual(told);
    expect(request?.input).toBe("a game");
  });

  it("without context its own instruction takes the input's place", () => {
    const world = third("none", "Check it.");
    expect(world.request(history)).toMatchObject({
      input: "Check it.",
      prompt: "Check it.",
    });
  });

  it("a phase that failed hands on nothing", () => {
    const world = new World(
      pipeline(["plan", member("build", { onFailure: "continue" }), "check"]),
    );
    world.send();
    world.finish("the plan");
    world.fail("model_rejected");
    const request = world.request();
    expect(request?.context.map(({ content }) => content)).toEqual(["the plan"]);
  });
});

describe("what a phase leaves", () => {
  it("is its result: output, attempts, duration and usage", () => {
    const world = new World(pipeline(["plan", "build"]));
    const turnId = world.send();
    world.now += 1000;
    world.fail();
    world.waitForAlarm();
    world.now += 500;
    world.finish("the plan", world.attempt, 7);
    expect(world.turn(turnId).steps[0]).toMatchObject({
      status: "COMPLETED",
      percentComplete: 100,
      result: {
        status: "COMPLETED",
        output: "the plan",
        attempts: 2,
        durationMs: 3500,
        usage: { totalTokens: 7 },
      },
    });
  });

  it("and a message without half of a surrogate pair", () => {
    const world = new World(solo());
    world.send();
    world.finish("done \ud83d");
    expect(world.room.state.messages.at(-1)).toMatchObject({
      role: "assistant",
      status: "complete",
      content: "done \ufffd",
      metadata: { attempt: 1 },
    });
  });
});

describe("what identifies the work", () => {
  it("the key is the same for all attempts of a run", () => {
    const world = new World(solo());
    const turnId = world.send();
    const key = () => world.request()?.idempotencyKey;
    expect(key()).toBe(`${turnId}:assistant:1`);
    world.fail();
    world.waitForAlarm();
    expect(key()).toBe(`${turnId}:assistant:1`);
  });

  it("there is no request for a turn that is closed, or a step that isn't", () => {
    const world = new World(solo());
    world.send();
    const { attempt } = world;
    expect(world.request([], { ...attempt, step: "other" })).toBeUndefined();
    world.finish();
    expect(world.request([], attempt)).toBeUndefined();
  });

  it("a step speaks in one message through all its attempts", () => {
    const world = new World(solo());
    world.send();
    world.fail();
    world.waitForAlarm();
    world.crash();
    const ids = world.log.flatMap((event) =>
      event.type === "chat:start" ? [event.data.messageId] : [],
    );
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it("the messages of a turn's steps are apart, and their ids are valid", () => {
    const turnId = `turn_${"z".repeat(26)}`;
    const ids = Array.from({ length: LIMITS.phases }, (_, at) => stepMessageId(turnId, at));
    expect(new Set(ids).size).toBe(LIMITS.phases);
    for (const id of ids) expect(messageId.safeParse(id).success).toBe(true);
  });
});
