import { TaskState } from "@a2a-js/sdk";
import { afterEach, describe, expect, it } from "vitest";
import type { StepRecord, StepRequest } from "../../../src/resources/step";
import { FlakyRoad } from "../../support/flaky-road";
import { gate } from "../../support/model-script";
import type { Heard } from "../../support/scripted-model";
import { until } from "../../support/until";
import { joined, listening, modelAt, settingsFor, stepFor } from "../../unit/agents/step";
import { callAgent } from "../../../src/agents/call-agent";
import { AnotherFollows } from "../../../src/agents/agent";
import { startSdkAgent, type SdkAgent, type Work } from "./sdk-agent";

const COMPLETED = TaskState.TASK_STATE_COMPLETED;
const settings = settingsFor("http://127.0.0.1:1/v1", { ALLOW_PRIVATE_TARGETS: "true" });
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function agentOf(
  work: (work: Work) => Promise<void>,
  options: Parameters<typeof startSdkAgent>[1] = {},
): Promise<SdkAgent> {
  const agent = await startSdkAgent(work, options);
  open.push(agent);
  return agent;
}

function stepAt(url: string, changes: Partial<StepRequest> = {}, headers = {}): StepRequest {
  const step = stepFor(modelAt("http://127.0.0.1:1/v1"));
  const runtime = { runtime: "a2a" as const, url, headers };
  return { ...step, config: { ...step.config, bot: "user_1/far", runtime }, ...changes };
}

type Attempt = { heard: Heard[]; end: Promise<unknown>; stop(reason?: Error): void; held: Promise<unknown>[] };

function attempt(request: StepRequest): Attempt {
  const heard: Heard[] = [];
  const over = new AbortController();
  const held: Promise<unknown>[] = [];
  const hold = (work: Promise<unknown>) => void held.push(work);
  const unseal = async (text: string) => text;
  const doors = { settings, own: {}, hold, unseal };
  const end = callAgent(request, listening(heard), over.signal, doors);
  return { heard, end, held, stop: (reason) => over.abort(reason) };
}

async function all(request: StepRequest): Promise<{ heard: Heard[]; end: unknown }> {
  const one = attempt(request);
  const end = await one.end;
  return { heard: one.heard, end };
}

/** What the next attempt is given of what this one has committed. */
function after(heard: Heard[], request: StepRequest, changes: Partial<StepRequest> = {}): StepRequest {
  const records = heard.filter((one): one is StepRecord & Heard => one.type === "resumable");
  const memo = records.flatMap((one) => (one.type === "resumable" ? [one.memo] : [])).at(-1);
  const { bot } = request.config;
  const rounds = memo === undefined ? [] : [{ round: 0, bot, text: "", calls: [], memo }];
  return { ...request, attempt: request.attempt + 1, rounds, ...changes };
}

const finish = { type: "finish", finishReason: "stop", model: "user_1/far" };

describe.each(["1.0", "0.3"] as const)("an agent of A2A %s, served by the makers' package", (version) => {
  it("[J6] writes its answer as it comes, with how far it is", async () => {
    const agent = await agentOf(
      async ({ begin, write, state, text }) => {
        begin();
        state(TaskState.TASK_STATE_WORKING, "Thinking");
        write(`You said ${text}. `);
        write("So be it.", { isMore: true });
        write("And this.", { id: "more", data: { url: "https://site.example" } });
        state(COMPLETED);
      },
      { version },
    );
    const { heard, end } = await all(stepAt(agent.url));
    expect(end).toEqual({ ...finish, data: { url: "https://site.example" } });
    expect(joined(heard, "text")).toBe("You said Hello?. So be it.\n\nAnd this.");
    expect(heard).toContainEqual({ type: "progress", percentComplete: 0, message: "Thinking" });
    expect(agent.runs).toEqual(["turn_1:assistant:1"]);
    expect(agent.calls[0]?.headers).toMatchObject({ "a2a-version": version, "taskroom-depth": "1" });
  });
});
