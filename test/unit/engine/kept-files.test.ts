import { describe, expect, it } from "vitest";
import { cancelTurn, retryTurn } from "../../../src/engine/task/people";
import { LIMITS } from "../../../src/protocol/limits";
import type { Message } from "../../../src/protocol/message";
import type { StepRecord } from "../../../src/resources/step";
import type { TeamPlan } from "../../../src/resources/team-plan";
import { agent, member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function begun(plan: TeamPlan = solo()): [World, string] {
  const world = new World(plan);
  return [world, world.send()];
}

type File = Extract<StepRecord, { type: "file" }>;

function file(key: string, more: Partial<File> = {}): File {
  const attachment = {
    fileId: `file_${key.padStart(26, "0")}`,
    name: `${key}.png`,
    mediaType: "image/png",
    size: 1,
  };
  return { type: "file", key, attachment, ...more };
}

const round = (n = 0): StepRecord => ({
  ...{ type: "round", round: n, text: "Looking." },
  calls: [{ round: n, index: 0, toolCallId: "c", name: "shoot", input: {} }],
});
const gave = (n = 0): StepRecord => ({
  ...{ type: "tool-result", round: n, index: 0, toolCallId: "c", name: "shoot", output: "ok" },
});
const CALL = { round: 0, index: 0 };

/** Names of the files of a turn's last message, and what became of it. */
function said(world: World): [Message["status"], string[]] | undefined {
  const last = world.room.state.messages.findLast(({ role }) => role === "assistant");
  return last && [last.status, (last.attachments ?? []).map(({ name }) => name)];
}

const requested = (world: World) => world.request()?.files.map(({ key }) => key);

describe("[FM6] the files of an answer", () => {
  it("are in its message, in the order in which they were made, each key once", () => {
    const [world] = begun();
    world.record([file("a")]);
    world.record([file("b")]);
    world.record([file("a")]);
    world.finish("There.");
    expect(said(world)).toEqual(["complete", ["b.png", "a.png"]]);
  });

  it("make a message without a word", () => {
    const [world, turnId] = begun();
    world.record([file("a")]);
    world.finish("");
    expect(said(world)).toEqual(["complete", ["a.png"]]);
    expect(world.turn(turnId).status).toBe("COMPLETED");
  });

  it("are at most ten", () => {
    const [world] = begun();
    world.record(Array.from({ length: 12 }, (_, i) => file(`f${i}`)));
    world.finish();
    expect(said(world)?.[1]).toHaveLength(LIMITS.madeFiles);
  });

  it("are kept where a person stops it, and where it fails, also without a word", () => {
    const [stopped, turnId] = begun();
    stopped.record([file("a")]);
    stopped.act((draft) => cancelTurn(draft, { turnId, by: OWNER }));
    expect(said(stopped)).toEqual(["interrupted", ["a.png"]]);
    const [failed] = begun();
    failed.record([file("a")]);
    failed.fail("model_rejected");
    expect(said(failed)).toEqual(["failed", ["a.png"]]);
  });

  it("[A2] of an older attempt are nobody's", () => {
    const [world] = begun();
    const old = world.attempt;
    world.fail();
    world.waitForAlarm();
    world.record([file("late")], old);
    world.finish();
    expect(said(world)).toEqual(["complete", []]);
  });
});

describe("[FM6] a new attempt", () => {
  it.each(["fail", "crash"] as const)("after a %s begins without what was said last", (how) => {
    const [world] = begun();
    world.record([file("a")]);
    if (how === "crash") world.crash();
    else world.fail();
    if (how === "fail") world.waitForAlarm();
    expect(requested(world)).toEqual([]);
    world.record([file("b")]);
    world.finish();
    expect(said(world)).toEqual(["complete", ["b.png"]]);
  });

  it.each(["fail", "crash"] as const)("after a %s has what its rounds have", (how) => {
    const [world] = begun();
    world.record([file("said"), round()]);
    world.record([file("given", { call: CALL }), gave()]);
    world.record([file("last")]);
    if (how === "crash") world.crash();
    else world.fail();
    if (how === "fail") world.waitForAlarm();
    expect(requested(world)).toEqual(["said", "given"]);
    world.finish();
    expect(said(world)).toEqual(["complete", ["said.png", "given.png"]]);
  });

  it("of an agent of its own has what was there when it could go on", () => {
    const [world] = begun(solo({ agent: agent("remote", "http") }));
    world.write("one");
    world.record([file("before")]);
    world.record([{ type: "resumable", memo: null }]);
    world.record([file("after")]);
    world.crash();
    expect(requested(world)).toEqual(["before"]);
  });

  it("of another bot has those of a model's rounds, and none of what an agent of its own went on from", () => {
    const onFailure = { fallback: agent("understudy") };
    const [world] = begun(solo({ agent: agent("remote", "http"), onFailure }));
    world.record([round()]);
    world.record([file("given", { call: CALL }), gave()]);
    world.record([file("before")]);
    world.record([{ type: "resumable", memo: null }]);
    world.fail("model_rejected");
    expect(requested(world)).toEqual(["given"]);
  });

  it("has what an agent in code has kept, whatever came of its attempt", () => {
    const [world] = begun();
    world.record([file("own:k", { stays: "run" })]);
    world.crash();
    expect(requested(world)).toEqual(["own:k"]);
  });

  it("of a turn that is tried again has those of the rounds that it goes on from", () => {
    const [world, turnId] = begun();
    world.record([round()]);
    world.record([file("given", { call: CALL }), gave()]);
    world.record([file("last")]);
    world.fail("model_rejected");
    expect(said(world)?.[1]).toEqual(["given.png", "last.png"]);
    const closed = world.closed.get(turnId);
    if (closed) world.act((draft) => retryTurn(draft, closed));
    expect(requested(world)).toEqual(["given"]);
    world.finish();
    expect(said(world)).toEqual(["complete", ["given.png"]]);
  });

  it("of a step that was rolled back has none", () => {
    const rules = {
      onFailure: { rollbackTo: "draw" },
      retry: { ...member("x").retry, maxAttempts: 1 },
    };
    const [world] = begun(pipeline(["draw", member("check", rules)]));
    world.record([round()]);
    world.record([file("given", { call: CALL }), gave()]);
    world.finish();
    world.fail();
    expect(world.attempt.step).toBe("draw");
    expect(requested(world)).toEqual([]);
  });
});
