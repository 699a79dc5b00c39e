import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../../../../src/agents/model/refusal/refusal-of";
import {
  type CompatibleOptions,
  compatibleModel,
} from "../../../../src/agents/model/wire/compatible-model";
import { modelFetch } from "../../../../src/agents/model/wire/transport/model-fetch";
import {
  type Action,
  answer,
  done,
  finish,
  gate,
  hang,
  reset,
  type Script,
  status,
  text,
  thinking,
  usage,
  wait,
} from "../../../support/model-script";
import { type ModelServer, startModelServer } from "../../../support/model-server";
import { collect } from "./answer";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const call: LanguageModelV4CallOptions = {
  prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
};

function modelAt(baseUrl: string, options: Partial<CompatibleOptions> = {}) {
  return compatibleModel({ model: "m", baseUrl, fetch: modelFetch(), ...options });
}

async function answerTo(script: Script, options: Partial<CompatibleOptions> = {}) {
  const n = server.requests.length + 1;
  server.script(script);
  const { stream } = await modelAt(server.url, options).doStream(call);
  const told = await collect(stream);
  return { ...told, request: await server.request(n) };
}

function raw(text: string): Action {
  return { do: "raw", text };
}

describe("over a connection", () => {
  it("an answer is read", async () => {
    const told = await answerTo([thinking("hm"), ...answer("Hel", "lo.")]);
    expect(told).toMatchObject({
      ...{ text: "Hello.", thinking: "hm", finish: "stop", model: "m-2026" },
      usage: { input: 10, output: 2 },
    });
  });

  it.each([
    ["usage and [DONE], then nothing", [text("Hi"), finish(), usage(3, 2), done, hang]],
    ["usage, then nothing", [text("Hi"), finish(), usage(3, 2), hang]],
    ["[DONE] alone, then nothing", [text("Hi"), done, hang]],
    ["a finish reason, then nothing", [text("Hi"), finish(), hang]],
    ["a finish reason, then garbage and nothing", [text("Hi"), finish(), raw("<html>{{{"), hang]],
  ])("whole, the connection is closed by us: %s", async (_, script) => {
    const told = await answerTo(script);
    expect(told).toMatchObject({ text: "Hi", finish: "stop" });
    await told.request.aborted;
  });

  it("whole, and the connection breaks", async () => {
    const told = await answerTo([text("Hi"), finish(), { do: "pause", ms: 50 }, reset]);
    expect(told).toMatchObject({ text: "Hi", finish: "stop" });
  });

  it("cut off by a connection that breaks, with what was said", async () => {
    const told = await answerTo([text("Hi"), { do: "pause", ms: 50 }, reset]);
    expect(told).toMatchObject({ text: "Hi", fault: { name: "CutOff" } });
  });

  it("words are told before there are more", async () => {
    const door = gate();
    server.script([text("first"), wait(door), ...answer(" second")]);
    const { stream } = await modelAt(server.url).doStream(call);
    const reader = stream.getReader();
    let heard = "";
    for (;;) {
      const { value } = await reader.read();
      if (value?.type === "text-delta") heard += value.delta;
      if (heard === "first") break;
    }
    door.open();
    reader.releaseLock();
    expect(await collect(stream)).toMatchObject({ text: " second", finish: "stop" });
  });

  it.each([
    ["before the first byte", [hang]],
    ["in the middle", [text("Hi"), hang]],
  ])("an abort closes it: %s", async (_, script: Script) => {
    const n = server.requests.length + 1;
    const abort = new AbortController();
    server.script(script);
    const work = modelAt(server.url)
      .doStream({ ...call, abortSignal: abort.signal })
      .then(({ stream }) => collect(stream));
    const failed = expect(work).rejects.toThrow("enough");
    const request = await server.request(n);
    abort.abort(new Error("enough"));
    await failed;
    await request.aborted;
  });
});

describe("the request", () => {
  it("has the key, the resource's headers and its query", async () => {
    const { request } = await answerTo(answer("x"), {
      apiKey: "k",
      headers: { "X-Own": "1", Host: "evil.test", "content-length": "5" },
      query: { "api-version": "2" },
      extraBody: { safe_prompt: true },
    });
    expect(request.path).toBe("/v1/chat/completions?api-version=2");
    expect(request.headers).toMatchObject({ authorization: "Bearer k", "x-own": "1" });
    expect(request.headers.host).toMatch(/^127/);
    expect(request.body).toMatchObject({ model: "m", safe_prompt: true, stream: true });
  });

  it("has no key where there is none, and the resource's own where it brings one", async () => {
    expect((await answerTo(answer("x"))).request.headers.authorization).toBeUndefined();
    const own = { apiKey: "k", headers: { Authorization: "Token x" } };
    expect((await answerTo(answer("x"), own)).request.headers.authorization).toBe("Token x");
  });

  it("a refusal is thrown, also by a fetch that gives refusals as answers", async () => {
    for (const carry of [modelFetch(), fetch]) {
      const error = await answerTo(status(429), { fetch: carry }).catch((error: unknown) => error);
      expect(refusalOf(error)).toMatchObject({ reason: "rate_limited", httpStatus: 429 });
    }
  });

  it("an address of another call is refused with the form that is wanted", async () => {
    const error = await Promise.resolve(
      modelAt("https://h.test/v1/responses").doStream(call),
    ).catch((error: unknown) => error);
    expect(refusalOf(error).message).toContain("/chat/completions");
  });
});

describe("an address without a version", () => {
  let next = 0;
  /** Each is new to the isolate. */
  const base = () => `${server.url.replace("/v1", "")}/at${next++}`;
  const page: Script = [{ do: "status", status: 404, headers: { "content-type": "text/html" } }];

  async function paths(baseUrl: string) {
    const from = server.requests.length;
    const { stream } = await modelAt(baseUrl).doStream(call);
    expect(await collect(stream)).toMatchObject({ text: "ok" });
    return server.requests.slice(from).map(({ path }) => path.replace(/^\/at\d+/, ""));
  }

  it("is taken as given where that is there", async () => {
    server.script(answer("ok"));
    expect(await paths(base())).toEqual(["/chat/completions"]);
  });

  it("is tried with /v1 where it is not there, and that is remembered", async () => {
    const baseUrl = base();
    server.script(page, answer("ok"), answer("ok"));
    expect(await paths(baseUrl)).toEqual(["/chat/completions", "/v1/chat/completions"]);
    expect(await paths(baseUrl)).toEqual(["/v1/chat/completions"]);
  });

  it("is tried with /v1 where there is a web page", async () => {
    const html: Script = [
      { do: "status", status: 200, headers: { "content-type": "text/html" }, body: "<html>" },
    ];
    server.script(html, answer("ok"));
    expect(await paths(base())).toHaveLength(2);
  });

  it("is not tried further where a model is not there", async () => {
    const from = server.requests.length;
    server.script(status(404, {}, { error: { code: "model_not_found" } }));
    const work = Promise.resolve(modelAt(base()).doStream(call));
    expect(refusalOf(await work.catch((error: unknown) => error))).toMatchObject({
      reason: "unknown_model",
    });
    expect(server.requests.length).toBe(from + 1);
  });
});

describe("an answer as a whole", () => {
  it("is what was streamed", async () => {
    server.script([
      thinking("hm"),
      text("plan\n"),
      text("</think>Hello."),
      finish(),
      usage(3, 2),
      done,
    ]);
    expect(await modelAt(server.url, { thinkTags: false }).doGenerate(call)).toMatchObject({
      content: [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "plan\n</think>Hello." },
      ],
      finishReason: { unified: "stop" },
    });
  });

  it("has no text that was thinking", async () => {
    server.script([
      text("plan\n"),
      { do: "pause", ms: 20 },
      text("</think>Hello."),
      finish(),
      done,
    ]);
    const { content } = await modelAt(server.url).doGenerate(call);
    expect(content).toEqual([
      { type: "reasoning", text: "plan\n" },
      { type: "text", text: "Hello." },
    ]);
  });

  it("fails as the stream does", async () => {
    server.script([text("Hel")]);
    await expect(modelAt(server.url).doGenerate(call)).rejects.toThrow("broke off");
  });
});
