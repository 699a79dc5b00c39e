import { createServer, type ServerResponse } from "node:http";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Overlong, ProviderRefused } from "../../../../src/agents/model/refusal/model-fault";
import { faultIn, refusalOf } from "../../../../src/agents/model/refusal/refusal-of";
import { modelFetch } from "../../../../src/agents/model/wire/transport/model-fetch";

type Play = (response: ServerResponse) => void;

let root: string;
let play: Play;
/** The address that the last request went to. */
let closed: Promise<void>;
let asked: string[] = [];
const server = createServer((request, response) => {
  request.resume();
  asked.push(request.url ?? "");
  closed = new Promise((resolve) => response.on("close", () => resolve()));
  response.on("error", () => {});
  play(response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  root = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const SSE = { "content-type": "text/event-stream" };
const call: LanguageModelV4CallOptions = {
  prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
};

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error,
  );
}

function refuse(status: number, body: string, headers: Record<string, string> = {}): Play {
  return (response) => void response.writeHead(status, headers).end(body);
}

describe("a refusal is read and thrown", () => {
  it("with what it says", async () => {
    play = refuse(429, '{"error":{"code":"rate_limit_exceeded"}}', { "retry-after": "7" });
    const error = await failureOf(modelFetch()(root));
    expect(error).toBeInstanceOf(ProviderRefused);
    expect(refusalOf(error)).toMatchObject({
      ...{ code: "model_rate_limited", reason: "rate_limited", httpStatus: 429 },
      retryAfterMs: 7000,
    });
  });

  it("a redirect is not followed", async () => {
    play = (response) => void response.writeHead(307, { location: "/elsewhere" }).end();
    const error = await failureOf(modelFetch()(root));
    expect(refusalOf(error)).toMatchObject({ code: "model_rejected", httpStatus: 307 });
    expect(asked).toEqual(["/"]);
  });

  it("a body without end is read up to its bound, and the connection closed", async () => {
    play = (response) => {
      response.writeHead(400);
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(60_000)));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    };
    expect(refusalOf(await failureOf(modelFetch()(root)))).toMatchObject({ httpStatus: 400 });
    await closed;
  });

  it.each([
    ["hangs", (response: ServerResponse) => response.flushHeaders()],
    ["breaks", (response: ServerResponse) => response.socket?.resetAndDestroy()],
  ])("a body that %s says what it said", async (_, then) => {
    play = (response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.write(
        '{"error":{"code":"invalid_api_key"}}',
        () => void setTimeout(() => then(response), 20),
      );
    };
    expect(refusalOf(await failureOf(modelFetch()(root)))).toMatchObject({
      reason: "bad_credentials",
    });
    await closed;
  });

  it("an address that may not be called is not called", async () => {
    const error = await failureOf(modelFetch({ allowPrivate: false })(root));
    expect(refusalOf(error)).toMatchObject({ code: "model_rejected" });
    expect(asked).toEqual([]);
    play = refuse(200, "{}");
    expect((await modelFetch({ allowPrivate: true })(root)).status).toBe(200);
  });

  it("nobody there: the provider is not available", async () => {
    const error = await failureOf(modelFetch()("http://127.0.0.1:1/"));
    expect(refusalOf(error)).toMatchObject({ code: "model_unavailable", retryable: true });
  });
});

const providers: [string, (fetch: typeof globalThis.fetch) => LanguageModelV4][] = [
  ["OpenAI", (fetch) => createOpenAI({ baseURL: `${root}/v1`, apiKey: "k", fetch }).responses("m")],
  [
    "Anthropic",
    (fetch) => createAnthropic({ baseURL: `${root}/v1`, apiKey: "k", fetch }).languageModel("m"),
  ],
];

/** What a call of the SDK's model threw, or streamed as an error. */
async function streamed(model: LanguageModelV4): Promise<unknown> {
  const { stream } = await model.doStream(call);
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("it did not fail");
    if (value.type === "error") return value.error;
  }
}

function failed(model: LanguageModelV4): Promise<unknown> {
  return streamed(model).catch((error: unknown) => error);
}

describe.each(providers)("through the SDK's provider: %s", (_, modelWith) => {
  it("a refusal is found", async () => {
    play = refuse(400, '{"error":{"code":"context_length_exceeded"}}');
    const error = await failed(modelWith(modelFetch()));
    expect(faultIn(error)).toBeInstanceOf(ProviderRefused);
    expect(refusalOf(error)).toMatchObject({ reason: "context_overflow", httpStatus: 400 });
  });

  it("an event without end is found, and the connection closed", async () => {
    play = (response) => {
      response.writeHead(200, SSE);
      const write = () => {
        while (!response.destroyed && response.write(`data: ${"x".repeat(60_000)}\r`));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    };
    const error = await failed(modelWith(modelFetch()));
    expect(faultIn(error)).toBeInstanceOf(Overlong);
    await closed;
  });
});

describe("the bytes of an answer", () => {
  it("every byte is told, those of comments too", async () => {
    const pings = 12;
    play = (response) => {
      response.writeHead(200, SSE);
      let left = pings;
      const timer = setInterval(() => {
        response.write(": ping\n\n");
        if (--left > 0) return;
        clearInterval(timer);
        response.end();
      }, 50);
    };
    let bytes = 0;
    const onBytes = (count: number) => {
      bytes += count;
    };
    const response = await modelFetch({ onBytes })(root);
    expect(await response.text()).toBe(": ping\n\n".repeat(pings));
    expect(bytes).toBe(8 * pings);
  });

  it("an abort ends the call, and closes the connection", async () => {
    play = (response) => void response.writeHead(200, SSE).write("a");
    const abort = new AbortController();
    const response = await modelFetch()(root, { signal: abort.signal });
    const reading = failureOf(response.text());
    abort.abort(new Error("enough"));
    expect(await reading).toMatchObject({ message: "enough" });
    await closed;
  });
});

it.each([
  [
    "a wire's error object",
    { error: { code: "insufficient_quota" } },
    { reason: "quota_exhausted" },
  ],
  ["a wire's word", "overloaded_error", { code: "model_unavailable" }],
  ["an error of ours", new TypeError("x is not a function"), { code: "model_unavailable" }],
  ["a circle", circle(), { code: "model_unavailable" }],
  ["nothing", undefined, { code: "model_unavailable" }],
])("whatever is thrown is one of the closed list: %s", (_, error, expected) => {
  expect(refusalOf(error)).toMatchObject(expected);
});

function circle(): Error {
  const error = new Error("round");
  error.cause = error;
  return error;
}
