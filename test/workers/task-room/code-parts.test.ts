import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { codeAgent } from "../../../src/agents/code/code-agent";
import { AgentFailed, OutcomeUnknown, type OwnAgent } from "../../../src/agents/code/own-agent";
import { Voice } from "../../../src/agents/voice";
import { settings } from "../../../src/platform/settings";
import { NO_FILES } from "../../../src/resources/step-files";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { control } from "../../worker/control";

let alice: string;
let taskId: string;
let client: RoomClient;
let done: string[];
let turnId: string;

beforeEach(async () => {
  alice = newUser();
  done = [];
  control.settings = { RETRY_INITIAL_MS: 1 };
});

/** Has a deployer's agent answer every turn of a task. */
async function begin(own: OwnAgent): Promise<void> {
  control.model = (request, hearing, signal) => {
    const doors = { settings: settings.parse({}), own: { mine: own }, files: NO_FILES };
    const agent = codeAgent({ runtime: "code", agent: "mine" }, doors);
    return agent(request, new Voice(hearing, signal), signal);
  };
  taskId = await newTask(alice);
  client = await RoomClient.join(alice, taskId);
  const { data } = await client.ask("chat:send", { content: "go" });
  turnId = z.looseObject({ turnId: z.string() }).parse(data).turnId;
}

/** Whenever the client came, it is told so in the end. */
const ended = (status: "COMPLETED" | "FAILED") =>
  client.frames.next(() => client.frames.state?.task.status === status);

const never = () => new Promise<never>(() => undefined);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await scheduler.wait(1);
}

/** The object dies where the agent stands now, and another goes on. */
async function kill(): Promise<void> {
  await abortAllDurableObjects();
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
  client = await RoomClient.join(alice, taskId);
}

describe("[E6] a part of the work of an agent in code", () => {
  it("is done once: later attempts and a turn that is tried again are given what it gave", async () => {
    let attempts = 0;
    await begin(async (_, voice) => {
      attempts++;
      const paid = await voice.step("pay", async () => {
        done.push("pay");
        return { receipt: 7 };
      });
      if (attempts === 1) await never();
      if (attempts <= 4) throw new AgentFailed("not yet");
      voice.text(JSON.stringify(paid));
      return { type: "finish" };
    });
    await until(() => done.length === 1);
    // What it gave is committed before the agent goes on.
    await until(() => attempts === 1);
    await client.ask("history:sync");
    await kill();
    await ended("FAILED");
    await client.ask("chat:retry", { turnId });
    await ended("COMPLETED");
    expect(client.frames.state?.messages.at(-1)?.content).toBe('{"receipt":7}');
    expect(done).toEqual(["pay"]);
  });

  it.each([
    [false, ["begun"]],
    [true, ["begun", "begun"]],
  ])(
    "that died in its middle is done again only where it is repeatable: %s",
    async (repeatable, all) => {
      await begin(async (_, voice) => {
        const work = async () => {
          done.push("begun");
          return done.length === 1 ? never() : "done";
        };
        try {
          voice.text(await voice.step("post", work, { repeatable }));
        } catch (error) {
          if (!(error instanceof OutcomeUnknown)) throw error;
          voice.text(`unknown: ${error.key}`);
        }
        return { type: "finish" };
      });
      await until(() => done.length === 1);
      await kill();
      await ended("COMPLETED");
      const said = client.frames.state?.messages.at(-1)?.content;
      expect(said).toBe(repeatable ? "done" : "unknown: post");
      expect(done).toEqual(all);
    },
  );

  it("that throws has said how it ended, and begins once more with the next attempt", async () => {
    await begin(async (_, voice) => {
      const given = await voice.step("ask", async () => {
        done.push("ask");
        if (done.length === 1) throw new AgentFailed("busy");
        return "yes";
      });
      voice.text(given);
      return { type: "finish" };
    });
    await ended("COMPLETED");
    expect(done).toEqual(["ask", "ask"]);
  });

  it.each<[string, string, unknown, string]>([
    ["more than 256 KiB", "k", "x".repeat(300_000), "agent_rejected"],
    ["what is no JSON", "k", { n: 1n }, "agent_rejected"],
    ["a key of 300 units", "k".repeat(300), 1, "agent_malformed"],
    ["no key", "", 1, "agent_malformed"],
  ])("gives %s: the step fails, and says so", async (_, key, value, code) => {
    await begin(async (__, voice) => {
      await voice.step(key, () => value as string);
      return { type: "finish", output: "never" };
    });
    await ended("FAILED");
    const last = client.frames.of("chat:error").at(-1)?.data;
    expect(last).toMatchObject({ code });
  });
});
