import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { answer } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { listedTasks } from "../../support/task-list";
import { type Person, person } from "./people";

const server = new Server(inject("shared").production);
const ULID = "01kasn3v6h8q2x4c7b9m0r5tze";
const LONG = "x".repeat(32_001);

let models: ModelServer;
let max: Person;

beforeAll(async () => {
  models = await startModelServer();
  max = await person(server, "max-who-errs", models);
});

afterAll(() => models.close());

type Refused = { status: number; code: string; param: string | null; type?: string };

/** A request by hand; `token` in place of the person's own. */
async function ask(method: string, path: string, body?: unknown, token = max.token) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const sent = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${max.baseURL}${path}`, { method, headers, body: sent });
  return { response, json: await response.json() };
}

async function refused(asked: ReturnType<typeof ask>, wanted: Refused): Promise<Response> {
  const { response, json } = await asked;
  const { status, ...error } = wanted;
  expect([response.status, json]).toMatchObject([
    status,
    { error: { message: expect.any(String), type: expect.any(String), ...error } },
  ]);
  return response;
}

const hello = [{ role: "user", content: "Hello" }];
const bad = (param: string): Refused => ({
  status: 400,
  code: "invalid_request",
  param,
  type: "invalid_request_error",
});

describe("a chat completion is refused by the field that is not taken", () => {
  it.each<[string, object | string, Refused]>([
    ["no JSON", "{", { ...bad(""), param: null }],
    ["no messages", {}, bad("messages")],
    ["none at all", { messages: [] }, bad("messages")],
    ["of no role", { messages: [{ role: "tool", content: "a" }] }, bad("messages.0.role")],
    [
      "the last not a user's",
      { messages: [{ role: "system", content: "a" }] },
      bad("messages.0.role"),
    ],
    ["blank", { messages: [{ role: "user", content: " " }] }, bad("messages.0.content")],
    ["too long", { messages: [{ role: "user", content: LONG }] }, bad("messages.0.content")],
    [
      "a picture elsewhere",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      bad("messages.0.content.0.image_url.url"),
    ],
    [
      "sound",
      { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: {} }] }] },
      bad("messages.0.content.0.type"),
    ],
    ["several answers", { messages: hello, n: 2 }, bad("n")],
    ["tools", { messages: hello, tools: [{ type: "function" }] }, bad("tools")],
    ["stop", { messages: hello, stop: ["a"] }, bad("stop")],
    ["JSON", { messages: hello, response_format: { type: "json_object" } }, bad("response_format")],
    ["kept", { messages: hello, store: true }, bad("store")],
    [
      "no team's name",
      { model: "gpt-5", messages: hello },
      { status: 404, code: "not_found", param: "model" },
    ],
    [
      "no team that is there",
      { model: "system/nobody", messages: hello },
      { status: 404, code: "not_found", param: "model" },
    ],
    [
      "another's team",
      { model: "somebody/own", messages: hello },
      { status: 404, code: "not_found", param: "model" },
    ],
    ["no task", { messages: hello, metadata: { task: "x" } }, bad("metadata.task")],
    [
      "another's task",
      { messages: hello, metadata: { task: `task_${ULID}` } },
      { status: 404, code: "not_found", param: null },
    ],
  ])("%s", async (_what, body, wanted) => {
    await refused(ask("POST", "/chat/completions", body), wanted);
  });
});

describe("a response is refused by the field that is not taken", () => {
  it.each<[string, object, Refused]>([
    ["no input", {}, bad("input")],
    ["blank", { input: "\u200b" }, bad("input")],
    ["too long", { input: LONG }, bad("input")],
    ["instructions", { input: "a", instructions: "b" }, bad("instructions")],
    ["tools", { input: "a", tools: [{ type: "web_search" }] }, bad("tools")],
    ["not to be stored", { input: "a", store: false }, bad("store")],
    ["no response", { input: "a", previous_response_id: "resp_1" }, bad("previous_response_id")],
    [
      "two ways to go on",
      { input: "a", previous_response_id: `resp_${ULID}_${ULID}`, conversation: `conv_${ULID}` },
      bad("conversation"),
    ],
    [
      "a conversation that is not there",
      { input: "a", conversation: `conv_${ULID}` },
      { status: 404, code: "not_found", param: null },
    ],
    [
      "an approval of nothing",
      {
        previous_response_id: `resp_${ULID}_${ULID}`,
        input: [{ type: "mcp_approval_response", approval_request_id: "x", approve: true }],
      },
      bad("input.0.approval_request_id"),
    ],
  ])("%s", async (_what, body, wanted) => {
    await refused(ask("POST", "/responses", body), wanted);
  });
});

it("nothing is kept of what is refused, and the model is not asked", async () => {
  expect(await listedTasks(max.user, "ephemeral=true")).toEqual([]);
  expect(models.requests).toEqual([]);
});

describe("everything else says no in the same form", () => {
  const missing = { status: 404, code: "not_found", param: null, type: "not_found_error" };

  it.each<[string, string, string, Refused]>([
    ["a model", "GET", "/models/system%2Fnobody", missing],
    ["a model of no form", "GET", "/models/gpt-5", missing],
    ["a response", "GET", `/responses/resp_${ULID}_${ULID}`, missing],
    ["a response of no form", "POST", "/responses/resp_1/cancel", missing],
    ["a conversation", "DELETE", `/conversations/conv_${ULID}`, missing],
    ["a path", "GET", "/files", missing],
    ["a query", "GET", `/responses/resp_${ULID}_${ULID}?stream=maybe`, bad("stream")],
    ["a place", "GET", `/responses/resp_${ULID}_${ULID}?starting_after=1`, bad("starting_after")],
    ["a page", "GET", `/conversations/conv_${ULID}/items?limit=0`, bad("limit")],
  ])("%s", async (_what, method, path, wanted) => {
    await refused(ask(method, path), wanted);
  });

  it("no credential that holds", async () => {
    const wanted = { status: 401, code: "unauthorized", param: null };
    await refused(ask("GET", "/models", undefined, "nobody"), {
      ...wanted,
      type: "authentication_error",
    });
  });

  it("a credential that may only read", async () => {
    const token = await server.token(max.user.name, { scope: "read" });
    const wanted = { status: 403, code: "forbidden", param: null };
    await refused(ask("POST", "/responses", { input: "a" }, token), wanted);
  });

  it("a conflict, which the client is told not to ask again", async () => {
    models.script(answer("a"), answer("b"));
    const one = await max.client.responses.create({ model: max.model, input: "a" });
    await max.client.responses.create({ input: "b", previous_response_id: one.id });
    const wanted = { status: 409, code: "conflict", param: null, type: "conflict_error" };
    const { headers } = await refused(ask("DELETE", `/responses/${one.id}`), wanted);
    expect(headers.get("x-should-retry")).toBe("false");
    const other = { model: "system/assistant", input: "c", previous_response_id: one.id };
    await refused(ask("POST", "/responses", other), bad("model"));
  });
});

it("models are the teams that the caller sees, their slash as it is or escaped", async () => {
  const ids: string[] = [];
  for await (const { id } of max.client.models.list()) ids.push(id);
  expect(ids).toEqual(expect.arrayContaining([max.model, "system/assistant"]));
  expect(await max.client.models.retrieve(max.model)).toMatchObject({
    id: max.model,
    object: "model",
    owned_by: max.user.name,
  });
  expect((await ask("GET", "/models/system/assistant")).json).toMatchObject({
    id: "system/assistant",
  });
});
