import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/protocol/limits";
import {
  answer,
  bytewise,
  done,
  errorInside,
  finish,
  hang,
  text,
  thinking,
  usage,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import type { Heard } from "../../support/scripted-model";
import { joined, KEY, modelAt, outputsOf, settingsFor, stepFor } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

function run(changes: Parameters<typeof stepFor>[1] = {}, model = {}): Promise<Heard[]> {
  const request = stepFor(modelAt(server.url, model), changes);
  return outputsOf(request, { settings: settingsFor(server.url) });
}

/** Neighbouring deltas of one kind as one. */
function merged(outputs: Heard[]): Heard[] {
  const all: Heard[] = [];
  for (const output of outputs) {
    const last = all.at(-1);
    const isSame = last?.type === output.type && "delta" in last && "delta" in output;
    if (isSame) all[all.length - 1] = { ...last, delta: last.delta + output.delta };
    else all.push(output);
  }
  return all;
}

async function bodyOf(outputs: Promise<Heard[]>) {
  const n = server.requests.length + 1;
  await outputs;
  return (await server.request(n)).body;
}

describe("an answer", () => {
  it("comes as deltas in the provider's order and ends with one finish", async () => {
    server.script([
      thinking("Let me "),
      thinking("see."),
      text("Hel"),
      text("lo"),
      finish(),
      usage(12, 7, {
        completion_tokens_details: { reasoning_tokens: 4 },
        prompt_tokens_details: { cached_tokens: 8 },
      }),
      done,
    ]);
    // How many deltas a text comes in depends on how it was read.
    expect(merged(await run())).toEqual([
      { type: "thinking", delta: "Let me see." },
      { type: "text", delta: "Hello" },
      {
        type: "finish",
        finishReason: "stop",
        model: "test-model-2026",
        usage: {
          inputTokens: 12,
          outputTokens: 7,
          totalTokens: 19,
          reasoningTokens: 4,
          cachedInputTokens: 8,
        },
      },
    ]);
  });

  it("without counts has no usage", async () => {
    server.script([text("Hello"), finish(), done]);
    expect((await run()).at(-1)).not.toHaveProperty("usage");
  });

  it("cut by the provider's own limit says so", async () => {
    server.script([text("Hel"), finish("length"), done]);
    expect((await run()).at(-1)).toMatchObject({ type: "finish", finishReason: "length" });
  });

  it("that is all thinking up to the provider's limit is not tried again: it would be so once more", async () => {
    const before = server.requests.length;
    server.script([thinking("hm"), finish("length"), usage(1, 9), done]);
    expect((await run()).at(-1)).toMatchObject({
      ...{ code: "model_malformed", retryable: false },
      message: expect.stringContaining("limit of tokens"),
      usage: { inputTokens: 1, outputTokens: 9 },
    });
    expect(server.requests).toHaveLength(before + 1);
  });

  it("without a word is asked for once more, and both are paid", async () => {
    server.script([thinking("hm"), finish(), usage(1, 9), done], answer("Well."));
    const outputs = await run();
    expect(outputs).toContainEqual({
      type: "usage",
      usage: { inputTokens: 1, outputTokens: 9, totalTokens: 10 },
    });
    expect(joined(outputs, "text")).toBe("Well.");
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("without a word twice is final, and says what there was", async () => {
    const before = server.requests.length;
    const only = [thinking("hm"), finish(), done];
    server.script(only, only);
    expect((await run()).at(-1)).toMatchObject({
      ...{ code: "model_malformed", retryable: false },
      message: expect.stringContaining("only thought"),
    });
    expect(server.requests).toHaveLength(before + 2);
  });

  it("whose beginning turns out to be thinking has it in its place", async () => {
    server.script([
      text("I must see."),
      { do: "pause", ms: 30 },
      text("</think>Hello"),
      finish(),
      done,
    ]);
    const outputs = await run();
    expect(outputs.at(-1)).toMatchObject({ type: "finish", thoughts: [[0, 11]] });
    expect(joined(outputs, "text")).toBe("I must see.Hello");
  });

  it("to a context that is too long is asked for once more, with less of it", async () => {
    const n = server.requests.length + 1;
    const tooLong = {
      error: { code: "context_length_exceeded", message: "maximum context length is 2000 tokens" },
    };
    server.script([{ do: "status", status: 400, body: tooLong }], answer("Short."));
    const context = Array.from({ length: 40 }, (_, i) => ({
      role: i % 2 ? ("assistant" as const) : ("user" as const),
      content: `${i} ${"word ".repeat(100)}`,
    }));
    const outputs = await run({ context }, { parameters: { maxOutputTokens: 1500 } });
    expect(outputs).toContainEqual(expect.objectContaining({ type: "log", level: "warn" }));
    expect(outputs.at(-1)).toMatchObject({ type: "finish", truncatedContext: expect.any(Number) });
    const sizeOf = async (at: number) => JSON.stringify((await server.request(at)).body).length;
    expect(await sizeOf(n + 1)).toBeLessThan((await sizeOf(n)) / 3);
    expect((await server.request(n + 1)).body).toMatchObject({ max_tokens: 1000 });
  });

  it("to a context that is still too long is refused for good", async () => {
    const before = server.requests.length;
    const tooLong = [
      { do: "status" as const, status: 400, body: { error: { code: "context_length_exceeded" } } },
    ];
    server.script(tooLong, tooLong);
    expect((await run()).at(-1)).toMatchObject({
      ...{ code: "model_rejected", reason: "context_overflow", retryable: false, httpStatus: 400 },
    });
    expect(server.requests).toHaveLength(before + 2);
  });

  it("that finishes twice is finished once", async () => {
    server.script([text("Hello"), finish(), finish(), usage(1, 1), done]);
    const outputs = await run();
    expect(outputs.filter(({ type }) => type === "finish")).toHaveLength(1);
    expect(joined(outputs, "text")).toBe("Hello");
  });

  it("with a finish reason is complete without [DONE]: some providers never send it", async () => {
    server.script([text("Hello"), finish()]);
    expect((await run()).at(-1)).toMatchObject({ type: "finish", finishReason: "stop" });
  });

  it("keeps characters whose bytes come one by one", async () => {
    server.script([bytewise("naïve 漢字 👩‍🚀"), finish(), done]);
    expect(joined(await run(), "text")).toBe("naïve 漢字 👩‍🚀");
  });

  it("never shows half of a character that a provider cut in two", async () => {
    server.script([
      text("a\ud83d"),
      thinking("b\ud83d"),
      text("\ude00c"),
      thinking("\ude00d"),
      finish(),
      done,
    ]);
    const outputs = await run();
    expect(joined(outputs, "text")).toBe("a😀c");
    expect(joined(outputs, "thinking")).toBe("b😀d");
    for (const output of outputs) {
      if ("delta" in output) expect(output.delta.isWellFormed()).toBe(true);
    }
  });

  it("replaces half a character whose other half never comes", async () => {
    server.script([text("a\ud83d"), finish(), done]);
    expect(joined(await run(), "text")).toBe("a\ufffd");
  });

  it.each([
    ["text", text],
    ["thinking", thinking],
  ] as const)("is bounded: %s past the limit is cut and the provider let go", async (type, say) => {
    const before = server.requests.length;
    server.script([text("."), say("x".repeat(5_000_000)), hang]);
    const outputs = await run();
    expect(outputs.at(-1)).toMatchObject({ type: "finish", finishReason: "length" });
    // Both are of one answer.
    const said = joined(outputs, "text") + joined(outputs, "thinking");
    expect(said).toHaveLength(LIMITS.answerBytes);
    expect(joined(outputs, type).length).toBeGreaterThanOrEqual(LIMITS.answerBytes - 1);
    await (await server.request(before + 1)).aborted;
  });

  it("of exactly the limit is whole", async () => {
    server.script([text("漢".repeat(LIMITS.answerBytes / 3)), finish(), done]);
    const outputs = await run();
    expect(joined(outputs, "text")).toHaveLength(Math.floor(LIMITS.answerBytes / 3));
    expect(outputs.at(-1)).toMatchObject({ finishReason: "stop" });
  });

  it("is not carried on by what follows an error", async () => {
    server.script([text("a"), errorInside({ message: "x" }), text("b"), finish(), done]);
    const outputs = await run();
    expect(joined(outputs, "text")).toBe("a");
    expect(outputs.at(-1)).toMatchObject({ type: "failure" });
  });
});

describe("the request to the provider", () => {
  it("carries instructions, history, input, the key and a wish for usage", async () => {
    const n = server.requests.length + 1;
    server.script(answer("ok"));
    await run({
      prompt: "Be kind.",
      context: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello" },
      ],
    });
    const { path, headers, body } = await server.request(n);
    expect(path).toBe("/v1/chat/completions");
    expect(headers.authorization).toBe(`Bearer ${KEY}`);
    expect(body).toMatchObject({
      model: "test-model",
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: "system", content: "You are a test.\n\nBe kind." },
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello" },
        { role: "user", content: "Hello?" },
      ],
    });
  });

  it("carries every parameter", async () => {
    server.script(answer("ok"));
    const body = await bodyOf(
      run(
        {},
        {
          parameters: { temperature: 0.3, maxOutputTokens: 99, topP: 0.8, reasoningEffort: "low" },
        },
      ),
    );
    expect(body).toMatchObject({
      temperature: 0.3,
      max_tokens: 99,
      top_p: 0.8,
      reasoning_effort: "low",
    });
  });

  it.each(["none", "minimal", "low", "medium", "high"] as const)(
    "carries the reasoning effort %s",
    async (reasoningEffort) => {
      server.script(answer("ok"));
      const body = await bodyOf(run({}, { parameters: { reasoningEffort } }));
      expect(body).toMatchObject({ reasoning_effort: reasoningEffort });
    },
  );

  it("carries zero as zero, and nothing that was not set", async () => {
    server.script(answer("ok"));
    const body = await bodyOf(run({}, { parameters: { temperature: 0, topP: undefined } }));
    expect(body).toMatchObject({ temperature: 0 });
    for (const name of ["top_p", "max_tokens", "reasoning_effort"]) {
      expect(body).not.toHaveProperty(name);
    }
  });

  it("is made once: the room retries, not the SDK", async () => {
    const before = server.requests.length;
    server.script([{ do: "status", status: 503 }], answer("too late"));
    await run();
    expect(server.requests.length).toBe(before + 1);
    await run();
  });

  it("tells how many messages did not fit the window", async () => {
    server.script(answer("ok"));
    const context = Array.from({ length: 30 }, (_, i) => ({
      role: i % 2 ? ("assistant" as const) : ("user" as const),
      content: `${i} ${"word ".repeat(40)}`,
    }));
    const outputs = await run({ context }, { contextWindow: 1024 });
    const finished = outputs.at(-1);
    expect(finished).toMatchObject({ type: "finish", truncatedContext: expect.any(Number) });
  });

  it("says nothing of a cut when nothing was cut", async () => {
    server.script(answer("ok"));
    expect((await run()).at(-1)).not.toHaveProperty("truncatedContext");
  });
});
