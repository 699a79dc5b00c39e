import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../../src/resources/agent";
import { answer, type Script, status } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import type { Heard } from "../../support/scripted-model";
import { joined, KEY, modelAt, outputsOf, settingsFor, stepFor, usersModelAt } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const everyParameter = {
  ...{ temperature: 0.4, maxOutputTokens: 77, topP: 0.6 },
  reasoningEffort: "low" as const,
};

function run(changes: Partial<ModelConfig>, settings = {}, ai?: Ai): Promise<Heard[]> {
  const request = stepFor(modelAt(server.url, changes));
  return outputsOf(request, { settings: settingsFor(server.url, settings), ai });
}

async function requestOf(script: Script, changes: Partial<ModelConfig>) {
  const n = server.requests.length + 1;
  server.script(script);
  const outputs = await run(changes);
  return { outputs, request: await server.request(n) };
}

function events(...parts: { type: string; [field: string]: unknown }[]): Script {
  const lines = parts.map((part) => `event: ${part.type}\ndata: ${JSON.stringify(part)}\n\n`);
  return [{ do: "headers" }, ...lines.map((text) => ({ do: "raw" as const, text }))];
}

describe("OpenAI", () => {
  it("gets every parameter that its model takes, the key, and is told to keep nothing", async () => {
    const { request } = await requestOf(status(400), {
      ...{ provider: "openai", model: "gpt-test" },
      parameters: everyParameter,
    });
    expect(request.path).toBe("/v1/responses");
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request.body).toMatchObject({
      ...{ model: "gpt-test", stream: true, store: false },
      ...{ max_output_tokens: 77, reasoning: { effort: "low" } },
    });
  });

  it("gets temperature and top_p when it is not asked to reason", async () => {
    const parameters = { temperature: 0.4, topP: 0.6 };
    const { request } = await requestOf(status(400), {
      ...{ provider: "openai", model: "gpt-4.1", parameters },
    });
    expect(request.body).toMatchObject({ temperature: 0.4, top_p: 0.6 });
  });

  it("streams its answer", async () => {
    const response = { id: "r1", created_at: 1, model: "gpt-exact" };
    const item = { type: "message", id: "m1" };
    const usage = { input_tokens: 3, output_tokens: 2 };
    const script = events(
      ...[{ type: "response.created", response }],
      ...[{ type: "response.output_item.added", output_index: 0, item }],
      ...[{ type: "response.output_text.delta", item_id: "m1", delta: "Hello" }],
      ...[{ type: "response.completed", response: { ...response, usage } }],
    );
    const { outputs } = await requestOf(script, { provider: "openai", model: "gpt-4.1" });
    expect(joined(outputs, "text")).toBe("Hello");
    expect(outputs.at(-1)).toMatchObject({
      ...{ type: "finish", model: "gpt-exact" },
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    });
  });

  it("that ends without its last event was cut off", async () => {
    const response = { id: "r1", created_at: 1, model: "gpt-exact" };
    const item = { type: "message", id: "m1" };
    const script = events(
      ...[{ type: "response.created", response }],
      ...[{ type: "response.output_item.added", output_index: 0, item }],
      ...[{ type: "response.output_text.delta", item_id: "m1", delta: "Hel" }],
    );
    const { outputs } = await requestOf(script, { provider: "openai", model: "gpt-4.1" });
    expect(outputs.at(-1)).toMatchObject({ type: "failure", code: "model_unavailable" });
  });
});

describe("Anthropic", () => {
  const claude = { provider: "anthropic" as const, model: "claude-sonnet-4-5" };
  const message = {
    ...{ id: "a1", model: "claude-exact", role: "assistant", content: [] },
    ...{ stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } },
  };
  const start = [
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } },
  ];

  it("gets every parameter that it takes together, and the key", async () => {
    const parameters = { temperature: 0.4, maxOutputTokens: 77 };
    const { request } = await requestOf(status(400), { ...claude, parameters });
    expect(request.path).toBe("/v1/messages");
    expect(request.headers["x-api-key"]).toBe(KEY);
    expect(request.body).toMatchObject({
      ...{ model: "claude-sonnet-4-5", stream: true, temperature: 0.4, max_tokens: 77 },
      system: [{ type: "text", text: "You are a test." }],
    });
    const topP = await requestOf(status(400), { ...claude, parameters: { topP: 0.6 } });
    expect(topP.request.body).toMatchObject({ top_p: 0.6 });
    const effort = {
      ...claude,
      model: "claude-opus-4-6",
      parameters: { reasoningEffort: "low" as const },
    };
    const thinking = await requestOf(status(400), effort);
    expect(JSON.stringify(thinking.request.body)).toMatch(/"thinking"|"effort":"low"/);
  });

  it("streams its answer", async () => {
    const script = events(
      ...start,
      ...[{ type: "content_block_stop", index: 0 }],
      ...[
        { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } },
      ],
      ...[{ type: "message_stop" }],
    );
    const { outputs } = await requestOf(script, claude);
    expect(joined(outputs, "text")).toBe("Hello");
    expect(outputs.at(-1)).toMatchObject({
      ...{ type: "finish", finishReason: "stop", model: "claude-exact" },
      usage: { inputTokens: 5, outputTokens: 4 },
    });
  });

  it.each([
    ["overloaded", "overloaded_error", "model_unavailable"],
    ["limiting", "rate_limit_error", "model_rate_limited"],
    ["rejecting", "invalid_request_error", "model_rejected"],
  ])("that is %s in mid-stream says so in its stream", async (_, type, code) => {
    const error = { type, message: "Internal details" };
    const { outputs } = await requestOf(events(...start, { type: "error", ...{ error } }), claude);
    expect(outputs.at(-1)).toMatchObject({ type: "failure", code });
    expect(JSON.stringify(outputs)).not.toContain("details");
  });

  it("that ends without its last event was cut off", async () => {
    const { outputs } = await requestOf(events(...start), claude);
    expect(outputs.at(-1)).toMatchObject({ type: "failure", code: "model_unavailable" });
  });
});

describe("Workers AI", () => {
  const llama = { provider: "workers-ai" as const, model: "@cf/meta/llama" };

  function binding(run: (model: string, inputs: unknown) => unknown): Ai {
    return { run: async (model: string, inputs: unknown) => run(model, inputs) } as unknown as Ai;
  }

  const stream = (text: string) => new Response(text).body;

  it("without a binding is rejected with a clear message", async () => {
    expect(await run(llama)).toEqual([
      expect.objectContaining({
        code: "model_rejected",
        message: "This deployment has no Workers AI binding.",
      }),
    ]);
  });

  it("gets every parameter, and streams its answer", async () => {
    let seen: unknown;
    const ai = binding((model, inputs) => {
      seen = { model, inputs };
      return stream(
        'data: {"response":"Hel"}\n\ndata: {"response":"lo","usage":{"prompt_tokens":3,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
      );
    });
    const outputs = await run({ ...llama, parameters: everyParameter }, {}, ai);
    expect(joined(outputs, "text")).toBe("Hello");
    expect(outputs.at(-1)).toMatchObject({
      ...{ type: "finish", model: "@cf/meta/llama" },
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    });
    expect(seen).toMatchObject({
      model: "@cf/meta/llama",
      inputs: {
        temperature: 0.4,
        max_tokens: 77,
        top_p: 0.6,
        reasoning_effort: "low",
        stream: true,
      },
    });
  });

  it.each([
    ["out of capacity", "3040: Capacity temporarily exceeded", "model_rate_limited"],
    ["a model that does not exist", "5007: No such model", "model_rejected"],
    ["an error of another kind", "Something internal", "model_unavailable"],
  ])("%s", async (_, text, code) => {
    const ai = binding(() => Promise.reject(new Error(text)));
    const outputs = await run(llama, {}, ai);
    expect(outputs).toEqual([expect.objectContaining({ type: "failure", code })]);
    expect(JSON.stringify(outputs)).not.toContain(text);
  });

  it("that ends without its last event was cut off", async () => {
    const outputs = await run(
      llama,
      {},
      binding(() => stream('data: {"response":"Hel"}\n\n')),
    );
    expect(outputs.at(-1)).toMatchObject({ type: "failure", code: "model_unavailable" });
  });
});

describe("a provider's address and key", () => {
  it("of a user may not be private, and nothing is sent there", async () => {
    const before = server.requests.length;
    const outputs = await outputsOf(stepFor(usersModelAt(server.url)), {
      settings: settingsFor(server.url),
    });
    expect(outputs).toEqual([
      expect.objectContaining({ code: "model_rejected", retryable: false }),
    ]);
    expect(JSON.stringify(outputs)).not.toContain("127.0.0.1");
    expect(server.requests.length).toBe(before);
  });

  it("of a user may be private where the operator allows it; the operator's key stays home", async () => {
    const n = server.requests.length + 1;
    server.script(answer("ok"));
    const settings = settingsFor("https://operator.example/v1", { ALLOW_PRIVATE_TARGETS: "true" });
    const outputs = await outputsOf(stepFor(usersModelAt(server.url)), { settings });
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
    expect((await server.request(n)).headers.authorization).toBeUndefined();
  });

  it("of the operator go together: an older plan's address does not get today's key", async () => {
    const before = server.requests.length;
    const settings = settingsFor("https://operator.example/v1", { ALLOW_PRIVATE_TARGETS: "true" });
    const outputs = await outputsOf(stepFor(modelAt(server.url)), { settings });
    expect(outputs).toEqual([expect.objectContaining({ code: "model_rejected" })]);
    expect(server.requests.length).toBe(before);
  });

  it("of the operator may do without a key", async () => {
    const n = server.requests.length + 1;
    server.script(answer("ok"));
    await run({}, { DEFAULT_MODEL_API_KEY: "" });
    expect((await server.request(n)).headers.authorization).toBeUndefined();
  });

  const sealed = (url: string) =>
    usersModelAt(url, { key: { from: "sealed", sealed: "sealed-text" } });
  const allowed = { ALLOW_PRIVATE_TARGETS: "true" };

  it("of a user is opened where it is used", async () => {
    const n = server.requests.length + 1;
    server.script(answer("ok"));
    const outputs = await outputsOf(stepFor(sealed(server.url)), {
      settings: settingsFor(server.url, allowed),
      unseal: async (text) => (text === "sealed-text" ? "sk-of-a-user" : undefined),
    });
    expect((await server.request(n)).headers.authorization).toBe("Bearer sk-of-a-user");
    expect(JSON.stringify(outputs)).not.toContain("sk-of-a-user");
  });

  it("of one user goes to no other's calls of the same model", async () => {
    const n = server.requests.length + 1;
    const settings = settingsFor(server.url, allowed);
    for (const key of ["sk-of-alice", "sk-of-bob"]) {
      server.script(answer("ok"));
      await outputsOf(stepFor(sealed(server.url)), { settings, unseal: async () => key });
    }
    server.script(answer("ok"));
    await outputsOf(stepFor(usersModelAt(server.url)), { settings });
    const sent = await Promise.all([n, n + 1, n + 2].map((at) => server.request(at)));
    const keys = sent.map(({ headers }) => headers.authorization);
    expect(keys).toEqual(["Bearer sk-of-alice", "Bearer sk-of-bob", undefined]);
  });

  it.each([
    ["cannot be opened", async () => undefined],
    ["fails to open", () => Promise.reject(new Error("sealed-text"))],
  ])("that %s is rejected in words of our own", async (_, unseal) => {
    const settings = settingsFor(server.url, allowed);
    const outputs = await outputsOf(stepFor(sealed(server.url)), { settings, unseal });
    expect(outputs).toEqual([
      expect.objectContaining({ code: "model_rejected", retryable: false }),
    ]);
    expect(JSON.stringify(outputs)).not.toContain("sealed-text");
  });

  const { baseUrl, ...nowhere } = usersModelAt("");

  it.each<[string, (url: string) => ModelConfig]>([
    [
      "a stored key without a door that opens it",
      (url) => modelAt(url, { key: { from: "sealed", sealed: "x" } }),
    ],
    ["OpenAI without a key", (url) => usersModelAt(url, { provider: "openai" })],
    ["OpenAI without the operator's key", (url) => modelAt(url, { provider: "openai" })],
    ["Anthropic without a key", (url) => usersModelAt(url, { provider: "anthropic" })],
    ["no address", () => nowhere],
  ])("%s is rejected before anything is sent", async (_, model) => {
    const before = server.requests.length;
    const settings = settingsFor(server.url, {
      ...{ ALLOW_PRIVATE_TARGETS: "true", DEFAULT_MODEL_API_KEY: "" },
    });
    const outputs = await outputsOf(stepFor(model(server.url)), { settings });
    expect(outputs).toEqual([
      expect.objectContaining({ code: "model_rejected", retryable: false }),
    ]);
    expect(server.requests.length).toBe(before);
  });
});
