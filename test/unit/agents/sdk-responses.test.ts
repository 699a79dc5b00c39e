import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../../src/resources/agent";
import { hang, reset, type Script } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { GPT, heardOf, raw, script, whole } from "./sdk-wire";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const heard = (said: Script | Script[], model: Partial<ModelConfig>) =>
  heardOf(server, said, model);

describe("[A7] the wire of OpenAI's Responses, as others speak it too", () => {
  const response = { id: "r1", created_at: 1, model: "gpt-exact" };
  const usage = { input_tokens: 3, output_tokens: 2 };
  const created = { type: "response.created", response };
  const added = (item: object, output_index = 0) => ({
    ...{ type: "response.output_item.added", output_index },
    item,
  });
  const done = (item: object, output_index = 0) => ({
    ...{ type: "response.output_item.done", output_index },
    item,
  });
  const words = (text: string) => ({
    ...{ type: "message", id: "m1", role: "assistant" },
    content: [{ type: "output_text", text, annotations: [] }],
  });
  const say = (delta: string) => ({
    ...{ type: "response.output_text.delta", item_id: "m1", output_index: 0, content_index: 0 },
    delta,
  });
  const fn = (more: object = {}) => ({
    ...{ type: "function_call", id: "fc1", call_id: "call_1", name: "look" },
    ...{ arguments: '{"q":"x"}', status: "completed" },
    ...more,
  });
  const completed = (more: object = {}) => ({
    type: "response.completed",
    response: { ...response, status: "completed", usage, ...more },
  });
  const hello = [created, added({ type: "message", id: "m1" }), say("Hel"), say("lo.")];

  it.each<[string, Script]>([
    ["its last event, then an open connection", script(...hello, completed(), hang)],
    ["its last event, then a reset", script(...hello, completed(), { do: "pause", ms: 20 }, reset)],
    ["[DONE]", script(...hello, raw("data: [DONE]\n\n"), hang)],
    ["an error behind it", script(...hello, completed(), { type: "error", message: "x" })],
    [
      "all that it says in its last event",
      script(created, completed({ output: [words("Hello.")] })),
    ],
    ["all that it says in an item's end", script(created, done(words("Hello.")), completed())],
    [
      "all that it says in a part's end",
      script(
        created,
        added({ type: "message", id: "m1" }),
        { type: "response.output_text.done", item_id: "m1", output_index: 0, text: "Hello." },
        done(words("Hello.")),
        completed({ output: [words("Hello.")] }),
      ),
    ],
    [
      "its words three times",
      script(...hello, done(words("Hello.")), completed({ output: [words("Hello.")] })),
    ],
    [
      "other ids with every event, and no places",
      script(
        created,
        { type: "response.output_item.added", item: { type: "message", id: "x1" } },
        { type: "response.output_text.delta", delta: "Hello." },
        { type: "response.output_item.done", item: { ...words("Hello."), id: "x2" } },
        completed({ output: [{ ...words("Hello."), id: "x3" }] }),
      ),
    ],
    [
      "a list that has more items than were told",
      script(
        ...hello,
        done(words("Hello.")),
        completed({ output: [{ type: "reasoning", id: "rs", summary: [] }, words("Hello.")] }),
      ),
    ],
    ["no item's beginning", script(created, say("Hello."), completed())],
    ["no beginning", script(...hello.slice(1), completed())],
    ["no usage", script(...hello, completed({ usage: null }))],
    ["usage in words", script(...hello, completed({ usage: { input_tokens: "many" } }))],
    [
      "events and items of a later version",
      script(
        ...[created, { type: "response.tide" }, added({ type: "hologram", id: "h1" })],
        ...[done({ type: "hologram", id: "h1" })],
        ...[added({ type: "message", id: "m1" }, 1), { ...say("Hello."), output_index: 1 }],
        completed(),
      ),
    ],
    [
      "its provider's own search, in any form",
      script(
        ...[created, added({ type: "web_search_call", id: "w1" })],
        ...[done({ type: "web_search_call", id: "w1", action: { type: "dive" } })],
        ...[added({ type: "message", id: "m1" }, 1), { ...say("Hello."), output_index: 1 }],
        { type: "response.output_text.annotation.added", annotation: { type: "url_citation" } },
        completed(),
      ),
    ],
    [
      "one document instead of a stream",
      script(
        raw(
          JSON.stringify({
            object: "response",
            ...response,
            status: "completed",
            error: null,
            output: [words("Hello.")],
            usage,
          }),
        ),
      ),
    ],
  ])("is whole with %s", async (_, said) => {
    const { text, calls, end, paid } = await heard(said, GPT);
    expect({ text, calls, paid }).toEqual({ text: "Hello.", calls: [], paid: 1 });
    expect(end).toMatchObject(whole);
  });

  it("a refusal in words is an answer", async () => {
    const said = script(
      created,
      added({ type: "message", id: "m1" }),
      { type: "response.refusal.delta", item_id: "m1", output_index: 0, delta: "No." },
      { type: "response.refusal.done", item_id: "m1", output_index: 0, refusal: "No." },
      done({ type: "message", id: "m1", content: [{ type: "refusal", refusal: "No." }] }),
      completed(),
    );
    const { text, end } = await heard(said, GPT);
    expect(text).toBe("No.");
    expect(end).toMatchObject(whole);
  });

  it.each<[string, Script, unknown]>([
    ["whole", script(created, added(fn({ arguments: "" })), done(fn()), completed()), { q: "x" }],
    ["without a status", script(created, done(fn({ status: undefined })), completed()), { q: "x" }],
    ["as an object", script(created, done(fn({ arguments: { q: "x" } })), completed()), { q: "x" }],
    [
      "without an id of its own",
      script(created, done(fn({ id: undefined })), completed()),
      { q: "x" },
    ],
    ["in its last event alone", script(created, completed({ output: [fn()] })), { q: "x" }],
    [
      "in every event",
      script(created, added(fn()), done(fn()), completed({ output: [fn()] })),
      { q: "x" },
    ],
    [
      "in pieces, without an end",
      script(
        ...[created, added(fn({ arguments: "" }))],
        {
          type: "response.function_call_arguments.delta",
          item_id: "fc1",
          output_index: 0,
          delta: '{"q":',
        },
        {
          type: "response.function_call_arguments.delta",
          item_id: "fc1",
          output_index: 0,
          delta: '"x"}',
        },
        completed(),
      ),
      { q: "x" },
    ],
    ["that are none", script(created, done(fn({ arguments: null })), completed()), {}],
  ])("has a call's arguments %s", async (_, said, input) => {
    const { calls, end } = await heard(said, GPT);
    expect(calls).toEqual([["look", input]]);
    expect(end).toEqual({ type: "wait" });
  });

  it("thinking is told however it comes, and kept as it was sealed", async () => {
    const sealed = { type: "reasoning", id: "rs1", encrypted_content: "sealed", summary: [] };
    const said = script(
      ...[created, added({ type: "reasoning", id: "rs1" })],
      {
        type: "response.reasoning_summary_part.added",
        item_id: "rs1",
        output_index: 0,
        summary_index: 0,
      },
      {
        type: "response.reasoning_summary_text.delta",
        item_id: "rs1",
        output_index: 0,
        summary_index: 0,
        delta: "h",
      },
      {
        type: "response.reasoning_text.delta",
        item_id: "rs1",
        output_index: 0,
        content_index: 0,
        delta: "m",
      },
      ...[done(sealed), done(fn(), 1), completed()],
    );
    const { outputs, thinking } = await heard(said, GPT);
    expect(thinking).toBe("hm");
    expect(JSON.stringify(outputs.find(({ type }) => type === "round"))).toContain(
      '"reasoningEncryptedContent":"sealed"',
    );
  });

  it.each<[string, Script, object]>([
    [
      "before a word",
      script({ type: "error", code: "rate_limit_exceeded", message: "x" }),
      { code: "model_rate_limited" },
    ],
    [
      "in mid-stream",
      script(...hello, { type: "error", error: { code: "server_error" } }),
      { code: "model_unavailable" },
    ],
    [
      "of the response",
      script(created, {
        type: "response.failed",
        response: { error: { code: "context_length_exceeded" } },
      }),
      { code: "model_rejected", reason: "context_overflow" },
    ],
    [
      "that says nothing",
      script(...hello, { type: "response.failed", response: {} }),
      { code: "model_unavailable" },
    ],
    ["that is a page", script(raw("<html>sorry</html>")), { code: "model_malformed" }],
    ["that is an end before its end", script(...hello), { code: "model_unavailable" }],
    [
      "that is a cut",
      script(created, {
        type: "response.incomplete",
        response: { incomplete_details: { reason: "content_filter" } },
      }),
      { code: "model_rejected", reason: "content_filter" },
    ],
  ])("an error is one: %s", async (name, said, failure) => {
    const again = name === "of the response" ? [said, said] : said;
    expect((await heard(again, GPT)).end).toMatchObject({ type: "failure", ...failure });
  });

  it("an answer that its limit of tokens has cut says so", async () => {
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    const said = script(...hello, { type: "response.incomplete", response: cut });
    const { text, end } = await heard(said, GPT);
    expect(text).toBe("Hello.");
    expect(end).toMatchObject({ type: "finish", finishReason: "length" });
  });

  it("[A10] an answer that fails has cost what was told", async () => {
    const failed = { error: { code: "server_error" }, usage };
    const said = script(...hello, { type: "response.failed", response: failed });
    expect((await heard(said, GPT)).end).toMatchObject({
      type: "failure",
      usage: { inputTokens: 3, outputTokens: 2 },
    });
  });
});
