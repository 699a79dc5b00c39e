import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { logEvent } from "../../src/protocol/events";
import type { Turn } from "../../src/protocol/turn";
import { endedTurn, execute, readEvents } from "../support/agent-task";
import { type McpServer, startMcpServer } from "../support/mcp-server";
import { Server } from "../support/server";
import type {} from "../support/shared-servers";
import { WireUser } from "../support/wire-client";

// A server of many providers' wires that nobody wrote for this service.
const providers = new LLMock({ port: 0, chunkSize: 4 });
const server = new Server(inject("shared").production);
const RETRY = { maxAttempts: 2, initialMs: 20, factor: 1, maxMs: 20, jitter: false };
const ANSWER = "It rains in Zürich 🌧, all day long.";
const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

let tools: McpServer;
let alice: WireUser;

beforeAll(async () => {
  tools = await startMcpServer([
    { name: "weather", call: (args) => ({ text: `rain, asked with ${JSON.stringify(args)}` }) },
  ]);
  alice = await WireUser.of(server, "alice-with-providers");
  providers
    .on({ userMessage: "plain" }, { content: ANSWER, usage: USAGE })
    .on({ userMessage: "tool", hasToolResult: false }, () => ({
      content: "I look it up.",
      toolCalls: [{ name: "weather", arguments: '{"place": "Zürich"}' }],
    }))
    .on({ userMessage: "tool", toolResultContains: "rain" }, { content: ANSWER })
    .on({ userMessage: "long" }, { content: "far too long", finishReason: "length" })
    .on(
      { userMessage: "refused" },
      { error: { message: "secret words", type: "invalid_request_error" }, status: 400 },
    );
  await providers.start();
});

afterAll(async () => {
  await providers.stop();
  await tools.close();
});

const teams = new Map<string, Promise<string>>();

/** A team of one whose model is of this provider, with a tool server; gives its reference. */
function teamOf(provider: string): Promise<string> {
  const team = teams.get(provider) ?? newTeam(provider);
  teams.set(provider, team);
  return team;
}

async function newTeam(provider: string): Promise<string> {
  const ref = `${alice.name}/${provider}`;
  const make = (kind: string, spec: object) =>
    alice.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name: provider }, spec });
  const mcpServers = { outside: { url: tools.url } };
  await make("models", { provider, model: "m-1", baseUrl: `${providers.url}/v1`, apiKey: "k-1" });
  await make("ghosts", { systemPrompt: "Answer.", mcpServers });
  await make("bots", { ghostRef: ref, modelRef: ref });
  const members = [{ role: "assistant", botRef: ref, retry: RETRY }];
  await make("teams", { collaboration: "solo", members });
  return ref;
}

type Played = { taskId: string; turn: Turn };

async function play(teamRef: string, input: string): Promise<Played> {
  const taskId = await alice.newTask({ teamRef });
  const turn = await endedTurn(alice, taskId, await execute(alice, taskId, input));
  return { taskId, turn };
}

const done = z.looseObject({
  message: z.looseObject({ content: z.string(), metadata: z.looseObject({}) }),
});

describe.each(["openai-compatible", "openai", "anthropic"])(
  "a model of the provider %s",
  (provider) => {
    let team: string;
    beforeAll(async () => {
      team = await teamOf(provider);
    });

    it("answers, and what it cost is known", async () => {
      const { taskId, turn } = await play(team, "plain");
      expect(turn).toMatchObject({ status: "COMPLETED", steps: [{ result: { output: ANSWER } }] });
      expect(turn.usage).toMatchObject({ inputTokens: 11, outputTokens: 7, totalTokens: 18 });
      const [end] = await readEvents(alice, taskId, "chat:done");
      expect(done.parse(end?.data).message.metadata).toMatchObject({ finishReason: "stop" });
    });

    it("has its tools called, and answers with what they gave", async () => {
      const { taskId, turn } = await play(team, "tool");
      expect(turn).toMatchObject({ status: "COMPLETED", steps: [{ attempt: 1 }] });
      const told = await readEvents(alice, taskId, "tool:call", "tool:result", "chat:done");
      expect(told.map(({ type }) => type)).toEqual(["tool:call", "tool:result", "chat:done"]);
      expect(told.map((event) => logEvent.parse(event).data)).toMatchObject([
        { name: "weather", input: { place: "Zürich" } },
        { output: 'rain, asked with {"place":"Zürich"}' },
        { message: { content: expect.stringContaining(ANSWER) } },
      ]);
    });

    it("that refuses is not asked again, and its own words stay inside", async () => {
      const before = providers.getRequests().length;
      const { taskId, turn } = await play(team, "refused");
      expect(turn).toMatchObject({
        status: "FAILED",
        error: { code: "model_rejected", httpStatus: 400 },
      });
      expect(providers.getRequests()).toHaveLength(before + 1);
      const told = await alice.call("GET", `/tasks/${taskId}/events?limit=200`);
      expect(await told.text()).not.toContain("secret words");
    });

    it.each([429, 503])("that says %i is asked again", async (status) => {
      providers.nextRequestError(status, { message: "busy", type: "server_error" });
      const { taskId, turn } = await play(team, "plain");
      expect(turn).toMatchObject({ status: "COMPLETED", steps: [{ attempt: 2 }] });
      const [failed] = await readEvents(alice, taskId, "chat:error");
      expect(failed?.data).toMatchObject({ httpStatus: status, retryable: true });
    });

    it("whose connection breaks is asked again, and nothing is there twice", async () => {
      providers.on(
        { userMessage: `breaks with ${provider}`, sequenceIndex: 0 },
        { content: ANSWER },
        { truncateAfterChunks: 3 },
      );
      providers.on({ userMessage: `breaks with ${provider}` }, { content: ANSWER });
      const { taskId, turn } = await play(team, `breaks with ${provider}`);
      expect(turn).toMatchObject({
        status: "COMPLETED",
        steps: [{ attempt: 2, result: { output: ANSWER } }],
      });
      const [failed] = await readEvents(alice, taskId, "chat:error");
      expect(failed?.data).toMatchObject({ code: "model_unavailable", retryable: true });
    });
  },
);

// Of OpenAI's own wire the server tells such an end as a whole one.
it.each(["openai-compatible", "anthropic"])(
  "an answer of %s that its own limit has cut says so",
  async (provider) => {
    const { taskId } = await play(await teamOf(provider), "long");
    const [end] = await readEvents(alice, taskId, "chat:done");
    expect(done.parse(end?.data).message).toMatchObject({
      content: "far too long",
      metadata: { finishReason: "length" },
    });
  },
);
