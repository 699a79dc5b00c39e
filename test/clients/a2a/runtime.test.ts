import { TaskState } from "@a2a-js/sdk";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { AnotherFollows } from "../../../src/agents/agent";
import { callAgent } from "../../../src/agents/call-agent";
import type { StepRecord, StepRequest } from "../../../src/resources/step";
import { NO_FILES } from "../../../src/resources/step-files";
import { FlakyRoad } from "../../support/flaky-road";
import { gate } from "../../support/model-script";
import type { Heard } from "../../support/scripted-model";
import { until } from "../../support/until";
import { joined, listening, modelAt, settingsFor, stepFor } from "../../unit/agents/step";
import { type SdkAgent, startSdkAgent, type Work } from "./sdk-agent";

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

type Attempt = {
  heard: Heard[];
  end: Promise<unknown>;
  stop(reason?: Error): void;
  held: Promise<unknown>[];
};

function attempt(request: StepRequest): Attempt {
  const heard: Heard[] = [];
  const over = new AbortController();
  const held: Promise<unknown>[] = [];
  const hold = (work: Promise<unknown>) => void held.push(work);
  const unseal = async (text: string) => text;
  const doors = { settings, own: {}, hold, unseal, files: NO_FILES };
  const end = callAgent(request, listening(heard), over.signal, doors);
  return { heard, end, held, stop: (reason) => over.abort(reason) };
}

async function all(request: StepRequest): Promise<{ heard: Heard[]; end: unknown }> {
  const one = attempt(request);
  const end = await one.end;
  return { heard: one.heard, end };
}

/** What the next attempt is given of what this one has committed. */
function after(
  heard: Heard[],
  request: StepRequest,
  changes: Partial<StepRequest> = {},
): StepRequest {
  const records = heard.filter((one): one is StepRecord & Heard => one.type === "resumable");
  const memo = records.flatMap((one) => (one.type === "resumable" ? [one.memo] : [])).at(-1);
  const { bot } = request.config;
  const rounds = memo === undefined ? [] : [{ round: 0, bot, text: "", calls: [], memo }];
  return { ...request, attempt: request.attempt + 1, rounds, ...changes };
}

const finish = { type: "finish", finishReason: "stop", model: "user_1/far" };

/** Writes half, waits, and then the rest. */
function halves(until: Promise<void>) {
  return async ({ begin, write, state }: Work) => {
    begin();
    write("one half, ");
    await until;
    write("the other half.", { isMore: true });
    state(COMPLETED);
  };
}
const WHOLE = "one half, the other half.";

const isSaid = (heard: Heard[], text: string) =>
  until("it is said", () => joined(heard, "text") === text);
const methodsOf = ({ calls }: SdkAgent) => calls.map(({ method }) => method);

describe.each([
  { version: "1.0", subscribe: "SubscribeToTask", cancel: "CancelTask" },
  { version: "0.3", subscribe: "tasks/resubscribe", cancel: "tasks/cancel" },
] as const)("an agent of A2A $version, served by the makers' package", ({ version, ...named }) => {
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
    const [call] = agent.calls;
    expect(call?.headers).toMatchObject({ "a2a-version": version, "taskroom-depth": "1" });
  });

  it("[J7] goes on where a connection breaks, with the same task", async () => {
    const opened = gate();
    const agent = await agentOf(halves(opened.opened), { version });
    const road = await FlakyRoad.to(agent.url);
    open.push(road);
    agent.isAt(road.url);
    const one = attempt(stepAt(agent.url));
    await isSaid(one.heard, "one half, ");
    road.cut();
    await until("it asks again", () => methodsOf(agent).includes(named.subscribe));
    opened.open();
    expect(await one.end).toEqual(finish);
    expect(joined(one.heard, "text")).toBe(WHOLE);
    expect(agent.runs).toHaveLength(1);
  });

  it("[J7] is gone on with by the next attempt, also where it is done meanwhile", async () => {
    const opened = gate();
    const agent = await agentOf(halves(opened.opened), { version });
    const request = stepAt(agent.url);
    const first = attempt(request);
    await isSaid(first.heard, "one half, ");
    first.stop(new AnotherFollows());
    const second = attempt(after(first.heard, request));
    await isSaid(second.heard, "one half, ");
    second.stop(new AnotherFollows());
    opened.open();
    const third = await all(after(first.heard, request));
    expect(third.end).toEqual(finish);
    expect(joined(third.heard, "text")).toBe(WHOLE);
    expect(agent.runs).toHaveLength(1);
    expect(methodsOf(agent)).not.toContain(named.cancel);
  });

  it("[J8] is told where nobody wants its task any more", async () => {
    const stopped = gate();
    const agent = await agentOf(
      async ({ begin, write, cancelled }) => {
        begin();
        write("I begin");
        await cancelled;
        stopped.open();
      },
      { version },
    );
    const one = attempt(stepAt(agent.url));
    await isSaid(one.heard, "I begin");
    one.stop();
    expect(await one.end).toBeUndefined();
    await stopped.opened;
    await Promise.all(one.held);
    expect(methodsOf(agent).at(-1)).toBe(named.cancel);
  });

  it("[J8] is told so too where its task has no name yet", async () => {
    const [asked, named_] = [gate(), gate()];
    const agent = await agentOf(
      async ({ begin, cancelled }) => {
        asked.open();
        await named_.opened;
        begin();
        await cancelled;
      },
      { version },
    );
    const one = attempt(stepAt(agent.url));
    await asked.opened;
    one.stop();
    named_.open();
    await Promise.all(one.held);
    expect(methodsOf(agent).at(-1)).toBe(named.cancel);
  });

  it("[J8] is told by the next attempt too where that is stopped before it has asked", async () => {
    const stopped = gate();
    const agent = await agentOf(
      async ({ begin, write, cancelled }) => {
        begin();
        write("I begin");
        await cancelled;
        stopped.open();
      },
      { version },
    );
    const request = stepAt(agent.url);
    const first = attempt(request);
    await isSaid(first.heard, "I begin");
    first.stop(new AnotherFollows());
    const second = attempt(after(first.heard, request));
    second.stop();
    await stopped.opened;
    await Promise.all(second.held);
    expect(methodsOf(agent).filter((method) => method === named.cancel)).toHaveLength(1);
    expect(agent.runs).toHaveLength(1);
  });

  it("[J6] without streams is looked at until it is done", async () => {
    const opened = gate();
    const agent = await agentOf(halves(opened.opened), { version, streaming: false });
    const one = attempt(stepAt(agent.url));
    await isSaid(one.heard, "one half, ");
    opened.open();
    expect(await one.end).toEqual(finish);
    expect(joined(one.heard, "text")).toBe(WHOLE);
    expect(agent.runs).toHaveLength(1);
  });

  it("[J6] may answer without a task, and with its last word alone", async () => {
    const agent = await agentOf(
      async ({ reply, begin, state, text }) => {
        if (text === "plain") return reply("A plain answer.");
        begin();
        state(COMPLETED, "A last word.");
      },
      { version },
    );
    for (const [input, said] of [
      ["plain", "A plain answer."],
      ["task", "A last word."],
    ] as const) {
      const { heard, end } = await all(stepAt(agent.url, { input }));
      expect(end).toEqual(finish);
      expect(joined(heard, "text")).toBe(said);
    }
  });

  it.each([
    [
      TaskState.TASK_STATE_INPUT_REQUIRED,
      { code: "agent_rejected", message: "The agent asks for a word, where it works: Why?" },
    ],
    [
      TaskState.TASK_STATE_AUTH_REQUIRED,
      {
        code: "agent_rejected",
        reason: "bad_credentials",
        message: expect.stringMatching(/Why\?$/),
      },
    ],
    [TaskState.TASK_STATE_FAILED, { code: "agent_unavailable", message: "Why?" }],
    [TaskState.TASK_STATE_REJECTED, { code: "agent_rejected" }],
    [TaskState.TASK_STATE_CANCELED, { code: "agent_rejected" }],
  ])("[J9] that ends in state %s fails for good, with its words", async (state, failure) => {
    const agent = await agentOf(
      async (work) => {
        work.begin();
        work.state(state, "Why?");
      },
      { version },
    );
    const { end } = await all(stepAt(agent.url));
    expect(end).toEqual(expect.objectContaining({ type: "failure", retryable: false, ...failure }));
  });

  it("[J9] whose task has failed is asked anew once a person tries again, and not before", async () => {
    let isWell = false;
    const agent = await agentOf(
      async ({ begin, state }) => {
        begin();
        if (isWell) state(COMPLETED, "Now it is well.");
        else state(TaskState.TASK_STATE_FAILED, "No.");
      },
      { version },
    );
    const request = stepAt(agent.url);
    const { heard } = await all(request);
    isWell = true;
    const same = await all(after(heard, request));
    expect(same.end).toMatchObject({ type: "failure", message: "No." });
    const again = after(heard, request, { run: 2, idempotencyKey: "turn_1:assistant:2" });
    expect((await all(again)).end).toEqual(finish);
    expect(agent.runs).toEqual(["turn_1:assistant:1", "turn_1:assistant:2"]);
  });
});

describe("an agent of A2A", () => {
  it("[J6] that takes back what it wrote has that among its thoughts", async () => {
    const agent = await agentOf(async ({ begin, write, state }) => {
      begin();
      write("A first part.", { id: "a" });
      write("A wrong ", { id: "b" });
      write("A right one.", { id: "b" });
      write(" And more of it.", { id: "a", isMore: true });
      state(COMPLETED);
    });
    const { heard, end } = await all(stepAt(agent.url));
    const ends = z.object({ thoughts: z.array(z.tuple([z.int(), z.int()])) }).parse(end);
    expect(shown(joined(heard, "text"), ends.thoughts)).toBe(
      "A first part. And more of it.\n\nA right one.",
    );
  });

  it("[J9] that wants a credential gets the Shell's, at the Shell's origin alone", async () => {
    const agent = await agentOf(async ({ reply }) => reply("Come in."), { token: "t-1" });
    const refused = await all(stepAt(agent.url));
    expect(refused.end).toMatchObject({
      ...{ code: "agent_rejected", reason: "bad_credentials", httpStatus: 401 },
    });
    const headers = { Authorization: "Bearer t-1" };
    expect((await all(stepAt(agent.url, {}, headers))).end).toEqual(finish);
    agent.isAt("http://127.0.0.2:9");
    expect((await all(stepAt(agent.url, {}, headers))).end).toMatchObject({
      code: "agent_rejected",
      message: expect.stringContaining("another origin"),
    });
    expect(agent.runs).toHaveLength(1);
  });
});

/** What a message shows, without what turned out to be none of its words. */
function shown(text: string, thoughts: readonly (readonly [number, number])[]): string {
  let from = 0;
  const kept = thoughts.map(([start, end]) => {
    const piece = text.slice(from, start);
    from = end;
    return piece;
  });
  return kept.join("") + text.slice(from);
}
