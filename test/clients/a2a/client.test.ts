import { randomUUID } from "node:crypto";
import { AgentCard, parseSseStream, Role, StreamResponse } from "@a2a-js/sdk";
import type { Client } from "@a2a-js/sdk/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { FlakyRoad } from "../../support/flaky-road";
import { type McpServer, startMcpServer } from "../../support/mcp-server";
import { answer, finish, gate, hang, round, text, wait } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import { clientOf, clientOver, Following, STATE, saying, taskOf, textOf } from "./agent";

const server = new Server(inject("shared").production);
const RETRY = { maxAttempts: 2, initialMs: 20, factor: 1, maxMs: 20, jitter: false };

let tools: McpServer;
let alice: WireUser;
const calls: unknown[] = [];

beforeAll(async () => {
  tools = await startMcpServer([
    {
      name: "weather",
      call: (args) => {
        calls.push(args);
        return { text: "rain" };
      },
    },
  ]);
  alice = await WireUser.of(server, "alice-with-agents");
});
afterAll(() => tools.close());

type Stage = { model: ModelServer; client: Client; team: string; token: string };

/** A team with a model of its own and a tool that asks first; with the protocol's client of it. */
async function stage(member: object = {}, url = server.url): Promise<Stage> {
  const model = await startModelServer();
  const name = `m-${randomUUID().slice(0, 8)}`;
  const ref = `${alice.name}/${name}`;
  const make = (kind: string, spec: object) => made(`/${kind}`, { metadata: { name }, spec });
  const mcpServers = { outside: { url: tools.url, approval: "always" } };
  const provider = { provider: "openai-compatible", model: "m-1", apiKey: "k" };
  await make("models", { ...provider, baseUrl: model.url });
  await make("ghosts", { systemPrompt: "Answer.", mcpServers });
  await make("bots", { ghostRef: ref, modelRef: ref });
  const members = [{ role: "assistant", botRef: ref, retry: RETRY, ...member }];
  await make("teams", { collaboration: "solo", description: "Knows the weather", members });
  const token = await server.token(alice.name);
  return { model, team: ref, token, client: await clientOf(url, token, ref) };
}

async function made(path: string, body: object): Promise<void> {
  expect((await alice.call("POST", path, body)).status).toBe(201);
}

const historyOf = { historyLength: 1 };
const named = (id: string) => ({ tenant: "", id });

describe("the protocol's own client", () => {
  it("finds the assistant by the well-known card, without saying who it is", async () => {
    const card = await fetch(`${server.url}/.well-known/agent-card.json`);
    expect(card.status).toBe(200);
    expect(await card.json()).toMatchObject({
      supportedInterfaces: [
        {
          url: `${server.url}/a2a/system/assistant`,
          protocolBinding: "JSONRPC",
          protocolVersion: "1.0",
        },
      ],
      capabilities: { streaming: true, pushNotifications: true },
    });
    const client = await clientOf(server.url, await server.token(alice.name));
    const task = taskOf(await client.sendMessage(saying("Hello")));
    expect(task.status?.state).toBe(STATE.completed);
  });

  it("[J1] finds a team by its card, sends, and waits for the end", async () => {
    const { model, client } = await stage();
    expect(await client.getAgentCard()).toMatchObject({ description: "Knows the weather" });
    model.script(answer("It ", "rains."));
    const contextId = `context ${randomUUID()}`;
    const request = saying("the weather?", { contextId });
    const task = taskOf(await client.sendMessage(request));
    expect(task).toMatchObject({ contextId, status: { state: STATE.completed } });
    expect(task.artifacts.map(textOf)).toEqual(["It rains."]);
    const [question] = task.history;
    expect(question).toMatchObject({ messageId: request.message?.messageId, role: Role.ROLE_USER });
    // The same message again is the same task.
    const again = taskOf(await client.sendMessage(request));
    expect(again.id).toBe(task.id);
    expect(await client.getTask({ ...named(task.id), ...historyOf })).toEqual({
      ...task,
      status: { ...task.status, timestamp: expect.any(String) },
    });
    await model.close();
  });

  it("[J1] sends a message without a context twice, and it is one task", async () => {
    const { model, client } = await stage();
    const request = saying("hello");
    const [one, two] = await Promise.all([
      client.sendMessage(request),
      client.sendMessage(request),
    ]);
    expect(taskOf(one).id).toBe(taskOf(two).id);
    expect(taskOf(one).id.startsWith(`${taskOf(one).contextId}.`)).toBe(true);
    expect(model.requests).toHaveLength(1);
    await model.close();
  });

  it("does not wait where it says so, and polls", async () => {
    const { model, client } = await stage();
    const end = gate();
    model.script([text("slow"), wait(end), finish()]);
    const task = taskOf(await client.sendMessage(saying("hello", { returnImmediately: true })));
    expect([STATE.submitted, STATE.working]).toContain(task.status?.state);
    await end.reached;
    end.open();
    const over = await until("the task is over", async () => {
      const now = await client.getTask(named(task.id));
      return now.status?.state === STATE.completed ? now : undefined;
    });
    expect(over.artifacts.map(textOf)).toEqual(["slow"]);
    await model.close();
  });

  it("streams: the task first, then what is new, and what it shows is the task in the end", async () => {
    const { model, client } = await stage();
    model.script(answer("one ", "two ", "three"));
    const shown = await new Following().all(client.sendMessageStream(saying("count")));
    expect(shown).toMatchObject({ text: "one two three", state: STATE.completed });
    const task = await client.getTask(named(shown.id));
    expect(task.artifacts.map(textOf)).toEqual([shown.text]);
    await model.close();
  });

  it("knows every field of the card and of every frame", async () => {
    const { model, team, token } = await stage({ requireConfirmation: true });
    model.script([text("wrong"), { do: "reset" }], answer("right ", "words"));
    const headers = { Authorization: `Bearer ${token}`, "A2A-Version": "1.0" };
    const card = await fetch(`${server.url}/a2a/${team}/agent-card.json`, { headers });
    const shown: object = await card.json();
    const known: object = Object(AgentCard.toJSON(AgentCard.fromJSON(shown)));
    expect(shown).toMatchObject(known);
    expect(Object.keys(shown).toSorted()).toEqual(Object.keys(known).toSorted());
    let taskId = "";
    for (const words of ["do it", "yes"]) {
      const message = { messageId: words, role: "ROLE_USER", parts: [{ text: words }], taskId };
      const params = { message };
      const request = { jsonrpc: "2.0", id: "x", method: "SendStreamingMessage", params };
      const body = JSON.stringify(request);
      const told = await fetch(`${server.url}/a2a/${team}`, { method: "POST", headers, body });
      for await (const { data } of parseSseStream(told)) {
        const { result, ...envelope } = JSON.parse(data);
        expect(envelope).toEqual({ jsonrpc: "2.0", id: "x" });
        expect(StreamResponse.toJSON(StreamResponse.fromJSON(result))).toEqual(result);
        taskId = result.task?.id ?? taskId;
      }
    }
    expect(model.requests).toHaveLength(2);
    await model.close();
  });

  it("[J2] [J3] loses the connection in mid-stream, subscribes, and has the text whole and once", async () => {
    const { model, token, client: direct } = await stage();
    const road = await FlakyRoad.to(server.url);
    const client = await clientOver(road.url, token, direct);
    const [middle, end] = [gate(), gate()];
    model.script([text("one "), wait(middle), text("two "), wait(end), text("three"), finish()]);
    const first = new Following();
    const cut = first.all(client.sendMessageStream(saying("count")));
    cut.catch(() => undefined);
    await until("the first words", () => first.text.startsWith("one"));
    road.cut();
    await expect(cut).rejects.toThrow();
    middle.open();
    const second = new Following();
    const followed = second.all(direct.resubscribeTask(named(first.id)));
    await until("the next words", () => second.text.includes("two"));
    end.open();
    await followed;
    expect(second).toMatchObject({ text: "one two three", state: STATE.completed, id: first.id });
    await expect(
      new Following().all(direct.resubscribeTask(named(first.id))),
    ).rejects.toMatchObject({
      name: "UnsupportedOperationError",
    });
    await road.close();
    await model.close();
  });

  it("[J2] shows of a new attempt nothing that the first had said", async () => {
    const { model, client } = await stage();
    model.script([text("wrong words"), { do: "reset" }], answer("right ", "words"));
    const shown = await new Following().all(client.sendMessageStream(saying("hello")));
    expect(shown).toMatchObject({ text: "right words", state: STATE.completed });
    await model.close();
  });

  it("cancels, and the model's connection closes; what is over cannot be canceled", async () => {
    const { model, client } = await stage();
    model.script([text("on and "), hang], answer("done"));
    const shown = new Following();
    const stream = shown.all(client.sendMessageStream(saying("never end")));
    await until("the first words", () => shown.text.startsWith("on and"));
    const request = await model.request(1);
    const canceled = await client.cancelTask({ ...named(shown.id), metadata: undefined });
    expect(canceled.status?.state).toBe(STATE.canceled);
    await request.aborted;
    await stream;
    expect([shown.state, shown.text.trimEnd()]).toEqual([STATE.canceled, "on and"]);
    const done = taskOf(await client.sendMessage(saying("hello")));
    await expect(
      client.cancelTask({ ...named(done.id), metadata: undefined }),
    ).rejects.toMatchObject({ name: "TaskNotCancelableError" });
    await model.close();
  });

  it.each([
    ["a word", "yes", {}],
    ["data", "", { data: { approve: true, note: "go on" } }],
  ])(
    "is asked before a call of a tool, and answers with %s in the same task",
    async (_, words, said) => {
      const { model, client } = await stage();
      const before = calls.length;
      model.script(round("Let me see.", "weather", {}), answer("It rains."));
      const asks = taskOf(await client.sendMessage(saying("the weather?")));
      expect(asks.status).toMatchObject({ state: STATE.asks, message: { role: Role.ROLE_AGENT } });
      expect(calls).toHaveLength(before);
      const { id: taskId, contextId } = asks;
      const task = taskOf(await client.sendMessage(saying(words, { taskId, contextId, ...said })));
      expect(task).toMatchObject({ id: taskId, status: { state: STATE.completed } });
      expect(task.artifacts.map(textOf).join("")).toContain("It rains.");
      expect(calls).toHaveLength(before + 1);
      await model.close();
    },
  );

  it("[J3] [J4] is asked before a step, streams on after its yes; a no cancels", async () => {
    const { model, client } = await stage({ requireConfirmation: true });
    model.script(answer("Done."));
    const first = await new Following().all(client.sendMessageStream(saying("do it")));
    expect(first.state).toBe(STATE.asks);
    const second = await new Following().all(
      client.sendMessageStream(saying("Yes", { taskId: first.id })),
    );
    expect(second).toMatchObject({ id: first.id, text: "Done.", state: STATE.completed });
    const asked = model.requests.length;
    const again = saying("Yes", { taskId: first.id });
    await expect(client.sendMessage(again)).rejects.toMatchObject({
      name: "UnsupportedOperationError",
    });
    expect(model.requests).toHaveLength(asked);
    const asks = taskOf(await client.sendMessage(saying("again")));
    const unclear = saying("maybe", { taskId: asks.id });
    await expect(client.sendMessage(unclear)).rejects.toMatchObject({
      name: "RequestMalformedError",
    });
    const refused = taskOf(await client.sendMessage(saying("no", { taskId: asks.id })));
    expect(refused.status?.state).toBe(STATE.canceled);
    await model.close();
  });

  it("lists its tasks by context and state, a page after the other", async () => {
    const { model, client } = await stage();
    const contextId = randomUUID();
    const ids: string[] = [];
    for (const words of ["one", "two", "three"]) {
      ids.unshift(taskOf(await client.sendMessage(saying(words, { contextId }))).id);
    }
    const other = taskOf(await client.sendMessage(saying("four"))).id;
    const asked = {
      tenant: "",
      contextId,
      status: 0,
      pageToken: "",
      statusTimestampAfter: undefined,
    };
    const all = await client.listTasks(asked);
    expect(all.tasks.map(({ id }) => id)).toEqual(ids);
    expect(all).toMatchObject({ nextPageToken: "", totalSize: 3 });
    const whole = await client.listTasks({ ...asked, includeArtifacts: true, pageSize: 2 });
    expect(whole.tasks.map(({ artifacts }) => artifacts.map(textOf))).toEqual([
      ["You said: three"],
      ["You said: two"],
    ]);
    const { nextPageToken: pageToken } = whole;
    const rest = await client.listTasks({ ...asked, pageToken });
    expect(rest.tasks.map(({ id }) => id)).toEqual(ids.slice(2));
    const anywhere = await client.listTasks({ ...asked, contextId: "", status: STATE.completed });
    expect(anywhere.tasks.map(({ id }) => id)).toEqual([other, ...ids]);
    const failed = await client.listTasks({ ...asked, contextId: "", status: STATE.failed });
    expect(failed.tasks).toEqual([]);
    await model.close();
  });

  it("[J5] sees no task of another's, and none of another team", async () => {
    const { client } = await stage();
    const { id } = taskOf(await client.sendMessage(saying("hello")));
    const bob = await clientOf(server.url, await server.token("bob-with-agents"));
    const missing = { name: "TaskNotFoundError" };
    await expect(bob.getTask(named(id))).rejects.toMatchObject(missing);
    const elsewhere = await clientOf(server.url, await server.token(alice.name));
    await expect(elsewhere.getTask(named(id))).rejects.toMatchObject(missing);
  });
});
