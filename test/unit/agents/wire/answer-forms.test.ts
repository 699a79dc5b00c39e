import { describe, expect, it } from "vitest";
import { chunk, DONE, event, read, say, stop, think, told } from "./answer";

const hello = say("Hel") + say("lo.");
const whole = {
  id: "c1",
  object: "chat.completion",
  model: "exact-1",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2 },
};
const json = JSON.stringify(whole);

describe("an answer is the same in every frame", () => {
  it.each([
    ["as it should be", hello + stop + told(3, 2) + DONE],
    ["a byte-order mark", `\ufeff${hello}${stop}${told(3, 2)}${DONE}`],
    [
      "carriage returns and line feeds",
      (hello + stop + told(3, 2) + DONE).replaceAll("\n", "\r\n"),
    ],
    ["carriage returns", (hello + stop + told(3, 2) + DONE).replaceAll("\n", "\r")],
    ["no blank behind the colon", (hello + stop + told(3, 2) + DONE).replaceAll("data: ", "data:")],
    ["blanks around", (hello + stop + told(3, 2) + DONE).replaceAll("data: ", " data:  ")],
    ["no blank lines", (hello + stop + told(3, 2) + DONE).replaceAll("\n\n", "\n")],
    ["no last line end", (hello + stop + told(3, 2)).trimEnd()],
    ["event names and ids", `event: chunk\nid: 7\nretry: 10\n${hello}${stop}${told(3, 2)}${DONE}`],
    ["comments", `: hi\n\n${hello}:\n: x\n${stop}: y\n\n${told(3, 2)}${DONE}`],
    [
      "pings",
      `event: ping\ndata: {"type":"ping"}\n\n${hello}data: ping\n\ndata:\n\n${stop}${told(3, 2)}`,
    ],
    ["twice framed", (hello + stop + told(3, 2)).replaceAll("data: ", "data: data: ")],
    [
      "JSON over several lines of data",
      hello + stop + told(3, 2).replace('"usage"', '\ndata: "usage"'),
    ],
    ["JSON over several lines", hello + stop + told(3, 2).replace('"usage"', '\n"usage"')],
    ["several values in one event", `data: ${values(hello + stop + told(3, 2)).join("")}\n\n`],
    [
      "several values in lines of one event",
      `data: ${values(hello + stop + told(3, 2)).join("\ndata: ")}`,
    ],
    ["JSON by lines", `${values(hello + stop + told(3, 2)).join("\n")}\n`],
    ["JSON without lines", values(hello + stop + told(3, 2)).join("")],
    ["a list of chunks", `[${values(hello + stop + told(3, 2)).join(",\n")}]`],
    ["a whole completion", json],
    ["a whole completion, written over lines", JSON.stringify(whole, null, 2)],
    ["a whole completion and [DONE]", `${json}\ndata: [DONE]\n\n`],
    ["a whole completion as an event", event(whole) + DONE],
    ["a whole completion behind the chunks of it", hello + event(whole)],
    ["white space before", `\n\n  ${json}`],
  ])("%s", async (_, text) => {
    const answer = await read(text);
    expect(answer.fault).toBeUndefined();
    expect(answer).toMatchObject({
      text: "Hello.",
      finish: "stop",
      usage: { input: 3, output: 2 },
    });
  });

  it.each(["closes", "hangs", "breaks"] as const)(
    "byte by byte, and the connection %s",
    async (end) => {
      const bytes = new TextEncoder().encode(`${say("ä🎉")}${stop}${told(3, 2)}${DONE}`);
      const answer = await read(
        [...bytes].map((byte) => Uint8Array.of(byte)),
        { end },
      );
      expect(answer).toMatchObject({ text: "ä🎉", finish: "stop", usage: { input: 3, output: 2 } });
    },
  );

  it("that is read together is told together", async () => {
    const { parts } = await read([think("a") + think("b") + say("c"), say("d") + say("e")]);
    expect(parts.map((part) => ("delta" in part ? part.delta : part.type))).toEqual([
      ...["stream-start", "response-metadata", "reasoning-start", "ab", "reasoning-end"],
      ...["text-start", "c", "de", "error"],
    ]);
  });
});

function values(events: string): string[] {
  return events
    .split("\n\n")
    .filter(Boolean)
    .map((one) => one.slice("data: ".length));
}

describe("bookkeeping that cannot be read is passed over", () => {
  it.each([
    ["no choices", event({ id: "x" })],
    ["choices null", event({ choices: null })],
    ["choices empty", event({ choices: [], prompt_filter_results: [{}] })],
    ["a choice null", event({ choices: [null] })],
    ["no delta", event({ choices: [{ index: 0, content_filter_offsets: {} }] })],
    ["delta null", chunk(null)],
    ["an id that is a number", chunk({}, null, { id: 5, created: "now", object: 7 })],
    [
      "an odd role",
      chunk({ role: "bot" }) + chunk({ role: 9 }) + chunk({ role: null, content: null }),
    ],
    ["an empty finish reason", chunk({}, "")],
    ["an odd finish reason", chunk({}, { why: 1 }) + chunk({}, 0) + chunk({}, "null")],
    ["usage null or odd", chunk({}, null, { usage: null }) + chunk({}, null, { usage: "many" })],
    ["an empty error", chunk({}, null, { error: null }) + event({ error: "", choices: [] })],
    ["no calls", chunk({ tool_calls: [] }) + chunk({ tool_calls: null, function_call: null })],
    ["a call of nothing", chunk({ tool_calls: [{ index: 0 }] }) + chunk({ tool_calls: [null] })],
    [
      "another choice",
      event({
        choices: [
          { index: 0, delta: {} },
          { index: 1, delta: { content: "x" } },
        ],
      }),
    ],
    ["a number, a list, a text", event("5") + event("[]") + event('"x"') + event("null")],
    ["a message of the queue", event({ type: "status", status: "queued", message: "wait" })],
  ])("%s", async (_, odd) => {
    for (const text of [odd + say("Hi") + stop, say("Hi") + odd + stop, say("Hi") + stop + odd]) {
      const answer = await read(text);
      expect(answer.fault).toBeUndefined();
      expect(answer).toMatchObject({ text: "Hi", finish: "stop", calls: [] });
    }
  });

  it.each([
    ["its name", "exact-1", "exact-1"],
    ["an empty name", "", undefined],
    ["a blank name", "  ", undefined],
    ["a number", 7, undefined],
    ["a null", null, undefined],
    ["a page", "x".repeat(300), undefined],
  ])("the model: %s", async (_, model, expected) => {
    const answer = await read(
      chunk({ content: "Hi" }, null, { model }) + stop.replace("exact-1", ""),
    );
    expect(answer.model).toBe(expected);
  });

  it("a model's name that comes late counts", async () => {
    const answer = await read(chunk({ content: "Hi" }, null, { model: "" }) + stop);
    expect(answer.model).toBe("exact-1");
  });
});

describe("content comes in many forms", () => {
  const text = (content: unknown) => [chunk({ content }), { text: "Hi", seen: ["text"] }] as const;
  const url = "data:image/png;base64,AAAA";
  const picture = {
    text: "",
    seen: ["picture"],
    files: [{ type: "file", mediaType: "image/png" }],
  };
  it.each([
    [
      "parts",
      ...text([
        { type: "text", text: "H" },
        { type: "output_text", text: "i" },
      ]),
    ],
    ["a part", ...text({ type: "text", text: "Hi" })],
    ["a text in a value", ...text([{ type: "text", text: { value: "Hi", annotations: [] } }])],
    ["texts", ...text(["H", "i"])],
    [
      "parts beside references",
      ...text([
        { type: "text", text: "Hi" },
        { type: "reference", reference_ids: [1] },
      ]),
    ],
    [
      "a message",
      event({ choices: [{ message: { content: "H" } }] }) +
        event({ choices: [{ message: { content: "i" } }] }),
      { text: "Hi" },
    ],
    ["a legacy text", event({ choices: [{ text: "Hi", index: 0 }] }), { text: "Hi" }],
    ["a delta that is text", event({ choices: [{ delta: "Hi" }] }), { text: "Hi" }],
    ["a refusal", chunk({ refusal: "No." }), { text: "No.", seen: ["refusal", "text"] }],
    [
      "a refusal as a part",
      chunk({ content: [{ type: "refusal", refusal: "No." }] }),
      { text: "No." },
    ],
    ["reasoning_content", think("hm"), { thinking: "hm", seen: ["reasoning"] }],
    ["reasoning", chunk({ reasoning: "hm" }), { thinking: "hm" }],
    [
      "reasoning in two fields",
      chunk({ reasoning: "hm", reasoning_content: "hm" }),
      { thinking: "hm" },
    ],
    [
      "reasoning_details",
      chunk({
        reasoning_details: [
          { type: "reasoning.text", text: "hm" },
          { type: "reasoning.encrypted", data: "x" },
        ],
      }),
      { thinking: "hm" },
    ],
    [
      "reasoning_details beside reasoning",
      chunk({ reasoning: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm" }] }),
      { thinking: "hm" },
    ],
    [
      "a thinking part",
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }),
      { thinking: "hm", text: "" },
    ],
    ["a picture", chunk({ content: [{ type: "image_url", image_url: { url } }] }), picture],
    [
      "a picture's bare address",
      chunk({ content: [{ type: "image_url", image_url: url }] }),
      picture,
    ],
    [
      "pictures in a field",
      chunk({ content: "", images: [{ type: "image_url", image_url: { url } }] }),
      picture,
    ],
    [
      "a picture that cannot be read",
      chunk({ images: [{ image_url: { url: "data:x" } }] }),
      { seen: ["picture"], files: [] },
    ],
    ["a sound", chunk({ audio: { id: "a", data: "AAAA" } }), { seen: ["audio"] }],
    ["something unknown", chunk({ content: [{ type: "hologram" }] }), { seen: ["other"] }],
    ["nothing", chunk({ content: "" }), { text: "", seen: [] }],
    ["blanks", chunk({ content: " \n" }), { text: " \n", seen: [] }],
  ])("%s", async (_, events, expected) => {
    const answer = await read(events + stop);
    expect(answer.fault).toBeUndefined();
    expect(answer).toMatchObject({ finish: "stop", ...expected });
  });

  it("a last message that sums up says nothing new", async () => {
    const message = { content: "Hello.", tool_calls: null };
    const last = event({ choices: [{ index: 0, delta: {}, message, finish_reason: "stop" }] });
    expect(await read(hello + last)).toMatchObject({ text: "Hello.", finish: "stop" });
  });

  it("messages that go on are no summaries, whatever their object is called", async () => {
    const piece = (content: string, finish_reason: string | null = null) =>
      event({ object: "chat.completion", choices: [{ message: { content }, finish_reason }] });
    expect(await read(piece("Hel") + piece("lo."))).toMatchObject({ text: "Hello.", fault: {} });
    expect(await read(piece("Hel") + piece("lo.", "stop"))).toMatchObject({ text: "Hello." });
    const deltas = chunk({ content: "Hel" }, null, { object: "chat.completion" });
    expect((await read(deltas)).fault?.name).toBe("CutOff");
  });

  it("a document without a finish reason is whole by its grammar", async () => {
    const choices = [{ message: { content: "Hello." } }];
    const text = JSON.stringify({ object: "chat.completion", choices });
    for (const end of ["closes", "hangs"] as const) {
      expect(await read(text, { end })).toMatchObject({ text: "Hello.", finish: "stop" });
    }
    expect((await read(text.slice(0, -1))).fault?.name).toBe("CutOff");
  });

  it("a document that says nothing of what it is, either", async () => {
    for (const choice of [{ message: { content: "Hello." } }, { text: "Hello." }]) {
      const text = JSON.stringify({ choices: [choice] });
      expect(await read(text)).toMatchObject({ text: "Hello.", finish: "stop" });
      expect((await read(text, { end: "breaks" })).fault?.name).toBe("CutOff");
      expect((await read(`${text}\n${text}`)).fault?.name).toBe("CutOff");
    }
  });

  it("thinking says in which field it came, for the provider that wants it back", async () => {
    const { parts } = await read(think("hm") + stop);
    expect(parts).toContainEqual({
      type: "reasoning-start",
      id: "0",
      providerMetadata: { taskroom: { field: "reasoning_content" } },
    });
  });
});

describe("usage is read in any shape", () => {
  const both = { input: 10, output: 5 };
  it.each([
    ["OpenAI's", { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, both],
    ["Anthropic's", { input_tokens: 10, output_tokens: 5 }, both],
    ["in camel case", { promptTokens: 10, completionTokens: 5 }, both],
    ["as text", { prompt_tokens: "10", completion_tokens: "5" }, both],
    ["fractions", { prompt_tokens: 10.0, completion_tokens: 5.7 }, both],
    ["nested", { usage: { prompt_tokens: 10, completion_tokens: 5 } }, both],
    ["a total and one", { prompt_tokens: 10, total_tokens: 15 }, both],
    ["a total alone", { total_tokens: 15 }, { input: 15, output: undefined }],
    [
      "nonsense",
      { prompt_tokens: -1, completion_tokens: "lots", total_tokens: Number.MAX_VALUE },
      { input: undefined, output: undefined },
    ],
  ])("%s", async (_, usage, expected) => {
    for (const place of [
      say("Hi") + stop + event({ choices: [], usage }),
      say("Hi") + chunk({}, "stop", { usage }),
      chunk({ content: "Hi" }, null, { usage }) + stop + DONE,
      say("Hi") + stop + event({ usage }),
      say("Hi") + stop + event({ choices: [{ index: 0, delta: {}, usage }] }),
      say("Hi") + stop + event({ choices: [], x_groq: { usage } }),
    ]) {
      expect(await read(place)).toMatchObject({ text: "Hi", usage: expected });
    }
  });

  it("Google's, at the chunk", async () => {
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 2 };
    const answer = await read(say("Hi") + stop + event({ choices: [], usageMetadata }));
    expect(answer.usage).toEqual(both);
  });

  it("with its details", async () => {
    const usage = {
      ...{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 3 },
    };
    const { parts } = await read(say("Hi") + stop + event({ choices: [], usage }));
    expect(parts.at(-1)).toMatchObject({
      usage: {
        inputTokens: { total: 10, noCache: 6, cacheRead: 4 },
        outputTokens: { total: 5, text: 2, reasoning: 3 },
        raw: { totalTokens: 15 },
      },
    });
  });

  it("what is told last counts, unless it is nothing", async () => {
    const growing = [1, 2, 3].map((n) =>
      chunk({ content: "x" }, null, { usage: { prompt_tokens: 10, completion_tokens: n } }),
    );
    const answer = await read(growing.join("") + stop + told(0, 0) + DONE);
    expect(answer).toMatchObject({ text: "xxx", usage: { input: 10, output: 3 } });
  });
});
