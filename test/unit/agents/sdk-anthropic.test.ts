import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../../src/resources/agent";
import { hang, reset, type Script } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { CLAUDE, heardOf, raw, script, whole } from "./sdk-wire";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const heard = (said: Script | Script[], model: Partial<ModelConfig>) =>
  heardOf(server, said, model);

describe("[A7] Anthropic's wire, as others speak it too", () => {
  const begin = {
    type: "message_start",
    message: { id: "a1", model: "claude-exact", usage: { input_tokens: 5, output_tokens: 1 } },
  };
  const textAt = (index: number, text = "") => ({
    ...{ type: "content_block_start", index },
    content_block: { type: "text", text },
  });
  const toolAt = (index: number, more: object = {}) => ({
    ...{ type: "content_block_start", index },
    content_block: { type: "tool_use", id: `toolu_${index}`, name: "look", input: {}, ...more },
  });
  const delta = (index: number, given: object) => ({
    ...{ type: "content_block_delta", index },
    delta: given,
  });
  const say = (text: string, index = 0) => delta(index, { type: "text_delta", text });
  const json = (partial_json: unknown, index = 0) =>
    delta(index, { type: "input_json_delta", partial_json });
  const stopAt = (index: number) => ({ type: "content_block_stop", index });
  const ending = (stop_reason = "end_turn", usage: unknown = { output_tokens: 4 }) => ({
    ...{ type: "message_delta", usage },
    delta: { stop_reason, stop_sequence: null },
  });
  const stop = { type: "message_stop" };
  const hello = [begin, textAt(0), say("Hel"), say("lo."), stopAt(0)];

  it.each<[string, Script]>([
    ["its last event, then an open connection", script(...hello, ending(), stop, hang)],
    ["its stop reason alone, then an open connection", script(...hello, ending(), hang)],
    ["its stop reason alone", script(...hello, ending())],
    ["its stop reason, then a reset", script(...hello, ending(), { do: "pause", ms: 20 }, reset)],
    ["its last event without a stop reason", script(...hello, stop)],
    ["[DONE]", script(...hello, raw("data: [DONE]\n\n"), hang)],
    [
      "news of its usage behind it",
      script(
        ...hello,
        ending(),
        { type: "message_delta", delta: {}, usage: { output_tokens: 5 } },
        stop,
      ),
    ],
    ["an error behind it", script(...hello, ending(), { type: "error", error: { type: "x" } })],
  ])("is whole with %s", async (_, said) => {
    const { text, end, paid } = await heard(said, CLAUDE);
    expect(text).toBe("Hello.");
    expect(end).toMatchObject({ ...whole, model: "claude-exact", usage: { inputTokens: 5 } });
    expect(paid).toBe(1);
  });

  it.each<[string, Script]>([
    [
      "no usage",
      script({ ...begin, message: { id: "a1" } }, ...hello.slice(1), ending("end_turn", null)),
    ],
    [
      "usage in words",
      script(...hello, ending("end_turn", { output_tokens: "many", input_tokens: "5" }), stop),
    ],
    ["no beginning", script(...hello.slice(1), ending(), stop)],
    ["two beginnings", script(begin, ...hello, ending(), stop)],
    ["a block that does not end", script(begin, textAt(0), say("Hello."), ending(), stop)],
    ["a block that does not begin", script(begin, say("Hello."), stopAt(0), ending(), stop)],
    ["text in a block's beginning", script(begin, textAt(0, "Hel"), say("lo."), ending(), stop)],
    [
      "blocks without numbers",
      script(
        begin,
        { type: "content_block_start", content_block: { type: "text" } },
        { type: "content_block_delta", delta: { type: "text_delta", text: "Hello." } },
        { type: "content_block_stop" },
        ...[ending(), stop],
      ),
    ],
    ["events of a later version", script({ type: "tide" }, ...hello, { type: "tide" }, ending())],
    [
      "blocks of a later version",
      script(
        begin,
        { type: "content_block_start", index: 7, content_block: { type: "hologram", waves: [] } },
        delta(7, { type: "wave_delta", wave: 1 }),
        stopAt(7),
        ...hello.slice(1),
        ending(),
      ),
    ],
    [
      "its provider's own search",
      script(
        begin,
        {
          ...{ type: "content_block_start", index: 0 },
          content_block: { type: "server_tool_use", id: "s1", name: "web_search", input: {} },
        },
        json('{"query":"x"}'),
        stopAt(0),
        {
          ...{ type: "content_block_start", index: 1 },
          content_block: { type: "web_search_tool_result", tool_use_id: "s1", content: [{ a: 1 }] },
        },
        stopAt(1),
        ...[textAt(2), say("Hello.", 2), stopAt(2), ending(), stop],
      ),
    ],
    [
      "citations in any form",
      script(
        begin,
        textAt(0),
        delta(0, { type: "citations_delta", citation: 7 }),
        say("Hello."),
        ending(),
      ),
    ],
    [
      "events without names",
      script(...[...hello, ending(), stop].map((one) => raw(`data: ${JSON.stringify(one)}\n\n`))),
    ],
    [
      "other line ends",
      script(
        raw(
          [...hello, ending(), stop].map((one) => `data:${JSON.stringify(one)}\r\n\r\n`).join(""),
        ),
      ),
    ],
    [
      "one document instead of a stream",
      script(
        raw(
          JSON.stringify({
            ...{ type: "message", id: "a1", model: "m", role: "assistant" },
            ...{ content: [{ type: "text", text: "Hello." }], stop_reason: "end_turn" },
            usage: { input_tokens: 5, output_tokens: 4 },
          }),
        ),
      ),
    ],
  ])("is read with %s", async (_, said) => {
    const { text, end, calls, paid } = await heard(said, CLAUDE);
    expect({ text, calls, paid }).toEqual({ text: "Hello.", calls: [], paid: 1 });
    expect(end).toMatchObject(whole);
  });

  it.each<[string, Script, unknown]>([
    [
      "in pieces",
      script(begin, toolAt(0), json('{"q":'), json('"x"}'), stopAt(0), ending("tool_use"), stop),
      { q: "x" },
    ],
    [
      "with an empty piece first",
      script(begin, toolAt(0), json(""), json('{"q":"x"}'), stopAt(0), ending("tool_use"), stop),
      { q: "x" },
    ],
    [
      "with its beginning",
      script(begin, toolAt(0, { input: { q: "x" } }), stopAt(0), ending("tool_use"), stop),
      { q: "x" },
    ],
    [
      "with its beginning, and again in pieces",
      script(
        begin,
        toolAt(0, { input: { q: "x" } }),
        json('{"q":"x"}'),
        stopAt(0),
        ending("tool_use"),
        stop,
      ),
      { q: "x" },
    ],
    [
      "as an object",
      script(begin, toolAt(0), json({ q: "x" }), stopAt(0), ending("tool_use"), stop),
      { q: "x" },
    ],
    [
      "in a block that does not end",
      script(begin, toolAt(0), json('{"q":"x"}'), ending("tool_use"), stop),
      { q: "x" },
    ],
    [
      "under a reason that names none",
      script(begin, toolAt(0), json('{"q":"x"}'), stopAt(0), ending("end_turn"), stop),
      { q: "x" },
    ],
    [
      "with none",
      script(begin, toolAt(0, { input: null, id: undefined }), stopAt(0), ending("tool_use"), stop),
      {},
    ],
  ])("has a call's arguments %s", async (_, said, input) => {
    const { calls, end } = await heard(said, CLAUDE);
    expect(calls).toEqual([["look", input]]);
    expect(end).toEqual({ type: "wait" });
  });

  it("two calls under one number are two", async () => {
    const said = script(
      begin,
      ...[toolAt(0), json('{"q":"a"}'), toolAt(0, { id: "toolu_b" }), json('{"q":"b"}')],
      ...[ending("tool_use"), stop],
    );
    expect((await heard(said, CLAUDE)).calls).toEqual([
      ["look", { q: "a" }],
      ["look", { q: "b" }],
    ]);
  });

  it("thinking is kept with its signature, and sealed thinking as it is", async () => {
    const said = script(
      begin,
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "h" } },
      delta(0, { type: "thinking_delta", thinking: "m" }),
      delta(0, { type: "signature_delta", signature: "sig" }),
      stopAt(0),
      {
        ...{ type: "content_block_start", index: 1 },
        content_block: { type: "redacted_thinking", data: "sealed" },
      },
      stopAt(1),
      ...[toolAt(2), json("{}", 2), stopAt(2), ending("tool_use"), stop],
    );
    const { outputs, thinking } = await heard(said, CLAUDE);
    expect(thinking).toBe("hm");
    const memo = JSON.stringify(outputs.find(({ type }) => type === "round"));
    expect(memo).toContain('"signature":"sig"');
    expect(memo).toContain('"redactedData":"sealed"');
  });

  it.each<[string, Script, object]>([
    [
      "before a word",
      script({ type: "error", error: { type: "overloaded_error", message: "x" } }),
      { code: "model_unavailable", reason: "overloaded" },
    ],
    [
      "without words",
      script(begin, { type: "error", error: { type: "overloaded_error" } }),
      { reason: "overloaded" },
    ],
    ["as a text", script(begin, { type: "error", error: "no" }), { code: "model_unavailable" }],
    [
      "of a proxy",
      script(begin, textAt(0), say("Hel"), { error: { message: "x", code: 429 } }),
      { code: "model_rate_limited" },
    ],
    [
      "in a line",
      script(begin, raw("event: error\ndata: upstream broke\n\n")),
      { code: "model_unavailable" },
    ],
    ["that is a page", script(raw("<html>sorry</html>")), { code: "model_malformed" }],
    [
      "that is a hole",
      script(begin, textAt(0), raw('data: {"type":\n\n'), ending(), stop),
      { code: "model_malformed" },
    ],
    [
      "that is an end before its end",
      script(begin, textAt(0), say("Hel")),
      { code: "model_unavailable" },
    ],
  ])("an error is one: %s", async (_, said, failure) => {
    expect((await heard(said, CLAUDE)).end).toMatchObject({ type: "failure", ...failure });
  });

  it.each<[string, Script]>([
    [
      "an error",
      script(begin, textAt(0), say("Hel"), { type: "error", error: { type: "api_error" } }),
    ],
    [
      "an error before a word",
      script(begin, { type: "error", error: { type: "overloaded_error" } }),
    ],
    ["an end before its end", script(begin, textAt(0), say("Hel"))],
    ["a reset", script(begin, textAt(0), say("Hel"), { do: "pause", ms: 20 }, reset)],
    ["a hole", script(begin, textAt(0), raw('data: {"type":\n\n'))],
    ["the content filter", script(begin, ending("refusal"), stop)],
  ])("[A10] an answer that fails has cost what was told: %s", async (_, said) => {
    const { end } = await heard(said, CLAUDE);
    expect(end).toMatchObject({ type: "failure", usage: { inputTokens: 5 } });
  });
});
