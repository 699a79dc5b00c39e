import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callAgent } from "../../../src/agents/call-agent";
import { AgentFailed, type OwnAgent } from "../../../src/agents/code/own-agent";
import { settings } from "../../../src/platform/settings";
import { NO_FILES } from "../../../src/resources/step-files";
import { clockTo, nextAlarm, ring } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { control, freeClock, stopClock } from "../../worker/control";

const RETRY = { maxAttempts: 2, initialMs: 100, factor: 1, maxMs: 100, jitter: false };
let alice: string;

beforeEach(() => {
  alice = newUser();
  stopClock();
});
afterEach(() => freeClock());

/** The rooms' agents in code from now on. */
function agents(own: Record<string, OwnAgent>): void {
  const doors = { settings: settings.parse({}), own, files: NO_FILES };
  control.model = (request, hearing, signal) => callAgent(request, hearing, signal, doors);
}

async function make(collection: string, name: string, spec: object): Promise<void> {
  const made = await call(alice, "POST", `/${collection}`, { metadata: { name }, spec });
  expect(made.status).toBe(201);
}

/** A turn of a team whose only member is the agent `own`, begun. */
async function begun(member: object = {}): Promise<{ client: RoomClient; taskId: string }> {
  const ref = `${alice}/own`;
  await make("shells", "own", { runtime: "code", agent: "own" });
  await make("bots", "own", { ghostRef: "system/assistant", shellRef: ref });
  const members = [{ role: "work", botRef: ref, retry: RETRY, ...member }];
  await make("teams", "own", { collaboration: "pipeline", members });
  const taskId = await newTask(alice, { teamRef: ref });
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "go" });
  return { client, taskId };
}

const failed = (client: RoomClient) => client.frames.next(says("turn:status", "FAILED"));
const errorsOf = (client: RoomClient) => client.frames.of("chat:error").map(({ data }) => data);

describe("[A11] an agent in code", () => {
  it("is tried again where it gives up, and its first words are gone", async () => {
    agents({
      own: async ({ attempt }, voice) => {
        voice.text(`words of ${attempt}`);
        if (attempt === 1) throw new AgentFailed("Not yet.");
        return { type: "finish", data: { attempt } };
      },
    });
    const { client, taskId } = await begun();
    await client.frames.next(({ type }) => type === "chat:error");
    expect(errorsOf(client)).toMatchObject([
      { code: "agent_unavailable", message: "Not yet.", retryable: true },
    ]);
    await ring(taskId);
    await client.frames.next(says("turn:status", "COMPLETED"));
    expect(client.frames.state?.messages.at(-1)).toMatchObject({ content: "words of 2" });
  });

  it("is over at its phase's limit, though it never heeds its signal", async () => {
    const signals: AbortSignal[] = [];
    agents({
      own: (_, voice, signal) => {
        signals.push(signal);
        voice.text("half");
        return new Promise(() => undefined);
      },
    });
    const limit = { timeoutMs: 5000, retry: { ...RETRY, maxAttempts: 1 } };
    const { client, taskId } = await begun(limit);
    await client.frames.next(({ type }) => type === "chat:chunk");
    await clockTo((await nextAlarm(taskId)) ?? 0);
    await ring(taskId);
    await failed(client);
    expect(errorsOf(client)).toMatchObject([
      { code: "agent_timeout", partial: { content: "half" } },
    ]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("that has gone since its Shell was stored is rejected, and not tried again", async () => {
    agents({});
    const { client } = await begun();
    await failed(client);
    expect(errorsOf(client)).toMatchObject([{ code: "agent_rejected", retryable: false }]);
  });

  it("whose end is no end is malformed, and the room goes on", async () => {
    agents({ own: async () => ({ type: "finish", output: "x", data: 1n }) as never });
    const { client } = await begun({ retry: { ...RETRY, maxAttempts: 1 } });
    await failed(client);
    expect(errorsOf(client)).toMatchObject([{ code: "agent_malformed" }]);
    agents({ own: async () => ({ type: "finish", output: "Here I am." }) });
    await client.ask("chat:send", { content: "again" });
    await client.frames.next(says("turn:status", "COMPLETED"));
    expect(client.frames.state?.messages.at(-1)).toMatchObject({ content: "Here I am." });
  });
});

it("[A11] a Shell that names an agent which is not there is refused", async () => {
  const body = { metadata: { name: "x" }, spec: { runtime: "code", agent: "nobody" } };
  const refused = await call(alice, "POST", "/shells", body);
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { code: "invalid_request", issues: [{ path: "spec.agent" }] },
  ]);
});
