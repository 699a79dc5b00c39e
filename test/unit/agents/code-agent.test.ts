import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentFailed } from "../../../src/agents/agent";
import type { OwnAgent } from "../../../src/agents/code/own-agent";
import { answer, finish, status, usage } from "../../support/model-script";
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

  it("says its output where it has written nothing", async () => {
    const outputs = await run(async () => ({ type: "finish", output: "Whole", data: { a: [1] } }));
    expect(joined(outputs, "text")).toBe("Whole");
    expect(outputs.at(-1)).toMatchObject({ output: "Whole", data: { a: [1] } });
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

  it("asks it with what was said before, and aloud", async () => {
    server.script(answer("Bonjour"));
    const context = [
      { role: "user" as const, content: "Hello" },
      { role: "assistant" as const, content: "Hi" },
    ];
    const outputs = await run(async ({ model }) => {
      await model.ask("And in French?", { system: "Translate.", context, aloud: true });
      return { type: "finish" };
    });
    expect(joined(outputs, "text")).toBe("Bonjour");
    expect(server.requests.at(-1)?.body).toMatchObject({
      messages: [
        { role: "system", content: "Translate." },
        { role: "user", content: "Hello" },
        { role: "assistant", content: "Hi" },
        { role: "user", content: "And in French?" },
      ],
    });
  });

  it("pays for a call that failed though it catches that, and once", async () => {
    server.script([finish("content_filter"), usage(3, 4), { do: "done" }]);
    const outputs = await run(async ({ model }) => {
      await model.ask("Hello").catch(() => undefined);
      return { type: "finish", output: "Sorry" };
    });
    const paid = outputs.filter((one) => "usage" in one);
    expect(paid).toMatchObject([{ type: "usage", usage: { totalTokens: 7 } }]);
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

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "done"],
    ["no known end", { type: "done" }],
    ["no words at all", { type: "finish" }],
    ["data that JSON cannot hold", { type: "finish", output: "x", data: 1n }],
    ["an output that is no text", { type: "finish", output: 7 }],
    ["more than a row", { type: "finish", output: "x".repeat(2_000_000) }],
    ["a cost below nothing", { type: "finish", output: "x", usage: { inputTokens: -1 } }],
    ["a code that there is not", { type: "failure", code: "oops", message: "", retryable: true }],
  ])("that ends with %s is malformed", async (_, said) => {
    const outputs = await run(async () => said as never);
    expect(outputs).toMatchObject([{ type: "failure", code: "agent_malformed" }]);
  });

  it("is bounded in what it reports, as an agent over HTTP is", async () => {
    const outputs = await run(async (_, voice) => {
      for (let i = 0; i < 1010; i++) voice.log("info", "x".repeat(5000), { i });
      for (let i = 0; i < 30; i++) voice.notify("t".repeat(500), { body: "b".repeat(9000) });
      return { type: "finish", output: "done" };
    });
    const lengths = (type: string, of: string) =>
      outputs.flatMap((one) => (one.type === type ? [String(Reflect.get(one, of)).length] : []));
    expect(new Set(lengths("log", "message").slice(0, 1000))).toEqual(new Set([4000]));
    expect(lengths("log", "message")).toHaveLength(1001);
    expect(new Set(lengths("notify", "title"))).toEqual(new Set([200]));
    expect(lengths("notify", "body")).toHaveLength(20);
  });

  it("keeps its work where a log entry says what JSON cannot hold", async () => {
    const outputs = await run(async (_, voice) => {
      const self: Record<string, unknown> = {};
      self.self = self;
      voice.log("warn", "half \ud83d", self as never);
      return { type: "finish", output: "done" };
    });
    expect(outputs[0]).toEqual({ type: "log", level: "warn", message: "half \ufffd" });
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it.each(["another", "constructor"])("that has gone since is rejected: %s", async (name) => {
    expect(await run(async () => DONE, name)).toMatchObject([
      { code: "agent_rejected", retryable: false },
    ]);
  });
});
