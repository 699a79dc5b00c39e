import { describe, expect, it } from "vitest";
import { finishStep } from "../../../src/engine/step/end";
import { failStep } from "../../../src/engine/step/fail";
import { recordReports } from "../../../src/engine/step/reports";
import type { StepFailure } from "../../../src/resources/step";
import { solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

function begun(): [World, string] {
  const world = new World(solo());
  return [world, world.send()];
}

const refused: StepFailure = {
  ...{ type: "failure", code: "model_rejected", message: "No.", retryable: false },
  ...{ reason: "unsupported_parameter", parameter: "top_k", httpStatus: 400 },
};
const details = { reason: "unsupported_parameter", parameter: "top_k", httpStatus: 400 };

describe("the end of an attempt", () => {
  it("has the thinking that was heard as text in its place", () => {
    const [world] = begun();
    world.write("so: ", world.attempt, "thinking");
    world.write("One. I must see. Two.");
    const thoughts = [[5, 17]] as const;
    world.act((draft) => finishStep(draft, { ...world.attempt, metadata: {}, thoughts }));
    expect(world.log.find(({ type }) => type === "chat:done")?.data).toMatchObject({
      message: { content: "One. Two.", thinking: "I must see. so: " },
    });
  });

  it("says what a refusal said to a machine: in the error, the turn and the task's log", () => {
    const [world, turnId] = begun();
    world.act((draft) => failStep(draft, world.attempt, refused));
    expect(world.turn(turnId)?.error).toMatchObject(details);
    const told = new Map(world.log.map(({ type, data }) => [type, data]));
    expect(told.get("chat:error")).toMatchObject(details);
    expect(told.get("task:error")).toMatchObject(details);
    expect(told.get("log")).toMatchObject({ level: "error", metadata: details });
  });

  it("[A7] keeps what was written of one that was cut off, and says that nobody knows its end", () => {
    const [world] = begun();
    world.write("half an");
    const cut = { ...refused, finishReason: "unknown" };
    world.act((draft) => failStep(draft, world.attempt, cut));
    expect(world.log.find(({ type }) => type === "chat:error")?.data).toMatchObject({
      partial: { content: "half an", status: "failed", metadata: { finishReason: "unknown" } },
    });
  });

  it("[A10] costs what was told of it, failed or asked for again", () => {
    const [world, turnId] = begun();
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
    const { attempt } = world;
    world.act((draft) => recordReports(draft, attempt, [{ type: "usage", usage }]));
    world.act((draft) => failStep(draft, attempt, { ...refused, usage }));
    expect(world.turn(turnId)?.usage).toMatchObject({ inputTokens: 20, totalTokens: 30 });
  });
});
