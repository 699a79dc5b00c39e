import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentFailed } from "../../../src/agents/agent";
import type { OwnAgent } from "../../../src/agents/code/own-agent";
import { answer, status } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { joined, modelAt, outputsOf, settingsFor, stepFor } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const DONE = { type: "finish", finishReason: "stop", model: "own" } as const;

function run(agent: OwnAgent, name = "mine") {
  const step = stepFor(modelAt(server.url));
  const config = { ...step.config, runtime: { runtime: "code" as const, agent: name } };
  const doors = { settings: settingsFor(server.url), own: { mine: agent } };
  return outputsOf({ ...step, config }, doors);
}

describe("an agent in code", () => {
  it("speaks, reports and ends", async () => {
    const outputs = await run(async ({ input }, voice) => {
      voice.progress(50, "half");
      voice.text(`You said ${input}`);
      return DONE;
    });
    expect(outputs).toEqual([
      { type: "progress", percentComplete: 50, message: "half" },
      { type: "text", delta: "You said Hello?" },
      DONE,
    ]);
  });

  it("asks its bot's model, which the turn pays, and says of it what it likes", async () => {
    server.script(answer("Bonjour"));
    const outputs = await run(async ({ model, input }, voice) => {
      const { text } = await model.ask(`In French: ${input}`);
      voice.text(text.toUpperCase());
      return DONE;
    });
    expect(joined(outputs, "text")).toBe("BONJOUR");
    expect(outputs).toContainEqual(expect.objectContaining({ type: "usage" }));
  });

  it("fails as its model does, where it does not catch that", async () => {
    server.script(status(401));
    const outputs = await run(async ({ model }) => {
      await model.ask("Hello");
      return DONE;
    });
    expect(outputs).toMatchObject([{ code: "model_rejected", reason: "bad_credentials" }]);
  });

  it("gives up in its own words", async () => {
    const outputs = await run(async () => {
      throw new AgentFailed("The shop is closed.", { retryable: false });
    });
    expect(outputs).toMatchObject([{ code: "agent_rejected", message: "The shop is closed." }]);
  });

  it("that throws anything else is unavailable, and nobody reads what it threw", async () => {
    const outputs = await run(async () => {
      throw new Error("password 4711");
    });
    expect(outputs).toMatchObject([{ code: "agent_unavailable", retryable: true }]);
    expect(JSON.stringify(outputs)).not.toContain("4711");
  });

  it.each(["another", "constructor"])("that has gone since is rejected: %s", async (name) => {
    expect(await run(async () => DONE, name)).toMatchObject([
      { code: "agent_rejected", retryable: false },
    ]);
  });
});
