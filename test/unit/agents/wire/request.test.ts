import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
} from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import {
  type BodyOptions,
  requestBody,
} from "../../../../src/agents/model/wire/request/request-body";

const prompt: LanguageModelV4Prompt = [
  { role: "system", content: "Be kind." },
  { role: "user", content: [{ type: "text", text: "Hi" }] },
];

function bodyOf(call: Partial<LanguageModelV4CallOptions>, options: Partial<BodyOptions> = {}) {
  return requestBody({ prompt, ...call }, { model: "m", ...options }).body;
}

function messagesOf(messages: LanguageModelV4Prompt, options: Partial<BodyOptions> = {}) {
  return bodyOf({ prompt: messages }, options).messages;
}

describe("the fields of a request", () => {
  it("are these and no others", () => {
    expect(bodyOf({})).toEqual({
      model: "m",
      messages: [
        { role: "system", content: "Be kind." },
        { role: "user", content: "Hi" },
      ],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it.each([
    ["temperature", { temperature: 0 }, { temperature: 0 }],
    ["topP", { topP: 0.5 }, { top_p: 0.5 }],
    ["reasoning", { reasoning: "low" as const }, { reasoning_effort: "low" }],
    ["no reasoning", { reasoning: "none" as const }, { reasoning_effort: "none" }],
    ["maxOutputTokens", { maxOutputTokens: 9 }, { max_tokens: 9 }],
    ["stopSequences", { stopSequences: ["x"] }, { stop: ["x"] }],
    [
      "a JSON answer",
      { responseFormat: { type: "json" as const } },
      { response_format: { type: "json_object" } },
    ],
  ])("%s", (_, call, expected) => {
    expect(bodyOf(call)).toMatchObject(expected);
  });

  it("the answer's limit goes where the model's resource says", () => {
    const call = { maxOutputTokens: 9 };
    const field = (tokenLimitField: BodyOptions["tokenLimitField"]) =>
      Object.keys(bodyOf(call, { tokenLimitField })).filter((name) => name.startsWith("max"));
    expect(field("max_tokens")).toEqual(["max_tokens"]);
    expect(field("max_completion_tokens")).toEqual(["max_completion_tokens"]);
    expect(field("none")).toEqual([]);
  });

  it("usage is not asked for where the model's resource says so", () => {
    expect(bodyOf({}, { streamUsage: false })).not.toHaveProperty("stream_options");
  });

  it("the extra body is merged over ours, but for the messages", () => {
    const extraBody = { temperature: 1, stream: false, safe_prompt: true, messages: [] };
    const body = bodyOf({ temperature: 0 }, { extraBody });
    expect(body).toMatchObject({ temperature: 1, stream: false, safe_prompt: true });
    expect(body.messages).toHaveLength(2);
  });

  it("tools are functions, and the choice among them is said", () => {
    const inputSchema = { type: "object" as const, properties: {} };
    const tools = [
      { type: "function" as const, name: "get", description: "gets", inputSchema },
      { type: "provider" as const, id: "x.search" as const, name: "search", args: {} },
    ];
    const { body, warnings } = requestBody(
      { prompt, tools, toolChoice: { type: "tool", toolName: "get" } },
      { model: "m" },
    );
    expect(body).toMatchObject({
      tools: [
        {
          type: "function",
          function: { name: "get", description: "gets", parameters: inputSchema },
        },
      ],
      tool_choice: { type: "function", function: { name: "get" } },
    });
    expect(warnings).toEqual([{ type: "unsupported", feature: "tool search" }]);
    expect(bodyOf({ tools, toolChoice: { type: "none" } }).tool_choice).toBe("none");
    expect(bodyOf({ tools: [], toolChoice: { type: "auto" } })).not.toHaveProperty("tool_choice");
  });
});

describe("a conversation with tools", () => {
  const call = (toolCallId: string, input: unknown = { a: 1 }) =>
    ({ type: "tool-call", toolCallId, toolName: "get", input }) as const;
  const result = (toolCallId: string, value: string) =>
    ({
      type: "tool-result",
      toolCallId,
      toolName: "get",
      output: { type: "text", value },
    }) as const;
  const wire = (id: string, args = '{"a":1}') => ({
    ...{ id, type: "function" },
    function: { name: "get", arguments: args },
  });

  it("has each result behind its call, in the order of the calls", () => {
    expect(
      messagesOf([
        { role: "assistant", content: [{ type: "text", text: "So." }, call("x"), call("y")] },
        { role: "tool", content: [result("y", "Y")] },
        { role: "user", content: [{ type: "text", text: "faster" }] },
        { role: "tool", content: [result("x", "X"), result("z", "Z")] },
        { role: "assistant", content: [call("x")] },
        { role: "tool", content: [result("x", "again")] },
      ]),
    ).toEqual([
      { role: "assistant", content: "So.", tool_calls: [wire("x"), wire("y")] },
      { role: "tool", tool_call_id: "x", content: "X" },
      { role: "tool", tool_call_id: "y", content: "Y" },
      { role: "user", content: "faster" },
      { role: "assistant", content: null, tool_calls: [wire("x")] },
      { role: "tool", tool_call_id: "x", content: "again" },
    ]);
  });

  it("has a result for a call that has none", () => {
    expect(messagesOf([{ role: "assistant", content: [call("x")] }])).toMatchObject([
      { tool_calls: [wire("x")] },
      { role: "tool", tool_call_id: "x", content: "There is no result of this call." },
    ]);
  });

  it.each([
    ["an object", { a: 1 }, '{"a":1}'],
    ["text of an object", '{"a":1}', '{"a":1}'],
    ["cut text", '{"a":', "{}"],
    ["nothing", null, "{}"],
    ["a list", [1], "{}"],
  ])("sends arguments that every provider reads: %s", (_, input, args) => {
    const messages = messagesOf([{ role: "assistant", content: [call("x", input)] }]);
    expect(messages).toMatchObject([{ tool_calls: [wire("x", args)] }, { role: "tool" }]);
  });

  const outputs: [string, LanguageModelV4ToolResultOutput, string][] = [
    ["text", { type: "text", value: "X" }, "X"],
    ["an error", { type: "error-text", value: "X" }, "X"],
    ["JSON", { type: "json", value: { x: 1 } }, '{"x":1}'],
    ["a refusal", { type: "execution-denied", reason: "no" }, "no"],
    [
      "parts",
      { type: "content", value: [{ type: "text", text: "X" }, { type: "custom" }] },
      "X\n[something that is no text]",
    ],
  ];
  it.each(outputs)("a result is text: %s", (_, output, content) => {
    const messages = messagesOf([
      { role: "assistant", content: [call("x")] },
      { role: "tool", content: [{ ...result("x", ""), output }] },
    ]);
    expect(messages).toMatchObject([{}, { role: "tool", content }]);
  });

  it("gives back what the provider wants to have back, and nothing else", () => {
    const field = { taskroom: { field: "reasoning_content" } };
    const extra = { taskroom: { extra: '{"google":{"s":1}}' } };
    expect(
      messagesOf([
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "secret" },
            { type: "reasoning", text: "hm", providerOptions: field },
            { ...call("x"), providerOptions: extra },
          ],
        },
      ]),
    ).toMatchObject([
      {
        content: null,
        reasoning_content: "hm",
        tool_calls: [{ ...wire("x"), extra_content: { google: { s: 1 } } }],
      },
      { role: "tool" },
    ]);
  });

  it("gives back thinking in details with the call that it came with", () => {
    const details = [{ type: "reasoning.encrypted", data: "sealed", index: 0 }];
    const providerOptions = { taskroom: { details: JSON.stringify(details) } };
    const told = [{ ...call("x"), providerOptions }, call("y")];
    const [answer] = [messagesOf([{ role: "assistant", content: told }])].flat();
    expect(answer).toMatchObject({ reasoning_details: details });
    const [other] = [messagesOf([{ role: "assistant", content: [call("x")] }])].flat();
    expect(other).not.toHaveProperty("reasoning_details");
  });

  it("an answer of nothing is left out", () => {
    const content = [{ type: "reasoning" as const, text: "secret" }];
    expect(messagesOf([{ role: "assistant", content }])).toEqual([]);
  });
});

describe("what a user sends", () => {
  const file = (mediaType: string, data: Uint8Array | string, filename?: string) =>
    ({
      type: "file",
      mediaType,
      data: { type: "data", data },
      ...(filename ? { filename } : {}),
    }) as const;
  const url = {
    type: "file",
    mediaType: "image/*",
    data: { type: "url", url: new URL("https://h.test/a.png") },
  } as const;
  it.each([
    [
      "a picture",
      file("image/png", "AAAA"),
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ],
    [
      "a picture's bytes",
      file("image/png", Uint8Array.of(0, 0, 0)),
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ],
    ["a picture's address", url, { type: "image_url", image_url: { url: "https://h.test/a.png" } }],
    [
      "a document",
      file("application/pdf", "AAAA", "a.pdf"),
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
    ],
    [
      "a sound",
      file("audio/mpeg", "AAAA"),
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
    ],
  ])("%s", (_, part, expected) => {
    const content = [{ type: "text" as const, text: "See:" }, part];
    expect(messagesOf([{ role: "user", content }])).toEqual([
      { role: "user", content: [{ type: "text", text: "See:" }, expected] },
    ]);
  });

  it("is text where it is nothing else", () => {
    const content = [{ type: "text" as const, text: "See:" }, file("text/plain", "SGk=")];
    expect(messagesOf([{ role: "user", content }])).toEqual([
      { role: "user", content: "See:\nHi" },
    ]);
  });

  it("the model is told of what cannot be sent", () => {
    const content = [{ ...url, mediaType: "x/y", filename: "a.bin" }];
    expect(messagesOf([{ role: "user", content }])).toEqual([
      { role: "user", content: "[A file that this model does not take: a.bin, x/y]" },
    ]);
  });

  it("the model is told of what it does not take", () => {
    const content = [file("image/png", "AAAA", "a.png")];
    expect(messagesOf([{ role: "user", content }], { input: ["text"] })).toEqual([
      { role: "user", content: "[A file that this model does not take: a.png, image/png]" },
    ]);
  });
});
