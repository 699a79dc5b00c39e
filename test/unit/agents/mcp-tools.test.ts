import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import {
  type FixtureTool,
  type McpOptions,
  type McpServer,
  startMcpServer,
  type ToolReply,
} from "../../support/mcp-server";
import { type Action, answer, done, finish, gate, text, usage } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import type { Heard } from "../../support/scripted-model";
import { heardOf, KEY, modelAt, outputsOf, settingsFor, stepFor } from "./step";

let model: ModelServer;
beforeAll(async () => {
  model = await startModelServer();
});
afterAll(() => model.close());

const servers: McpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(tools: FixtureTool[], options: McpOptions = {}): Promise<McpServer> {
  const server = await startMcpServer(tools, options);
  servers.push(server);
  return server;
}

function replying(name: string, reply: ToolReply): FixtureTool {
  return { name, call: () => reply };
}

const adder: FixtureTool = {
  name: "add",
  description: "Adds two numbers",
  inputSchema: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  },
  call(args) {
    const { a, b } = z.object({ a: z.number(), b: z.number() }).parse(args);
    return { text: String(a + b) };
  },
};

/** The model calls a tool, as OpenAI streams it. */
function calls(name: string, args: unknown = {}, id = "call_1"): Action[] {
  const call = {
    index: 0,
    id,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  };
  return [{ do: "delta", delta: { tool_calls: [call] } }, finish("tool_calls"), usage(10, 5), done];
}

const TOOL_SECRET = "key-of-the-mcp-server";

function stepWith(mcp: Record<string, string>, window = 32_000) {
  const step = stepFor(modelAt(model.url, { contextWindow: window }));
  const headers = { authorization: `Bearer ${TOOL_SECRET}` };
  const mcpServers = Object.fromEntries(
    Object.entries(mcp).map(([name, url]) => [name, { url, headers }]),
  );
  return { ...step, config: { ...step.config, mcpServers } };
}

const settings = (changes = {}) =>
  settingsFor(model.url, { ALLOW_PRIVATE_TARGETS: "true", ...changes });

/** What is heard besides the rounds themselves, which say what was heard already. */
async function run(mcp: Record<string, string>, window?: number): Promise<Heard[]> {
  const outputs = await outputsOf(stepWith(mcp, window), { settings: settings() });
  return outputs.filter(({ type }) => type !== "round");
}

/** Without what each round cost. */
function unpaid(outputs: Heard[]): Heard[] {
  return outputs.filter(({ type }) => type !== "usage" && type !== "round");
}

/** What the model was told at its n-th call from now on. */
function modelRequest(n: number) {
  return model.request(asked + n);
}
let asked = 0;
function script(...scripts: Action[][]): void {
  asked = model.requests.length;
  model.script(...scripts);
}

const toolMessage = z.object({ role: z.literal("tool"), content: z.string() });
async function toolSaid(n = 2): Promise<string> {
  const { body } = await modelRequest(n);
  return toolMessage.parse(body.messages?.at(-1)).content;
}

describe("the tools of a ghost's MCP servers", () => {
  it.each([
    ["JSON", {}],
    ["an event stream", { streams: true }],
  ])("are offered, called and answered, by a server that answers with %s", async (_, options) => {
    const mcp = await serve([adder], options);
    const place = { round: 0, index: 0, toolCallId: "call_1" };
    script([text("Let me add."), ...calls("add", { a: 2, b: 40 })], answer("It is 42."));
    expect(await run({ math: mcp.url })).toEqual([
      { type: "text", delta: "Let me add." },
      { type: "tool-call", ...place, name: "add", input: { a: 2, b: 40 } },
      { type: "tool-result", ...place, name: "add", output: "42" },
      { type: "text", delta: "\n\nIt is 42." },
      {
        ...{ type: "finish", finishReason: "stop", model: "test-model-2026" },
        usage: { inputTokens: 10, outputTokens: 1, totalTokens: 11 },
      },
    ]);
    expect((await modelRequest(1)).body.tools).toEqual([
      {
        type: "function",
        function: {
          name: "add",
          description: "Adds two numbers",
          parameters: adder.inputSchema,
        },
      },
    ]);
    expect(await toolSaid()).toBe("42");
  });

  it("are reached with the server's own headers, and the session is ended", async () => {
    const mcp = await serve([adder]);
    script(answer("No need."));
    await run({ math: mcp.url });
    await mcp.request("DELETE");
    expect(mcp.sessions.size).toBe(0);
    const methods = mcp.requests.map(({ method }) => method);
    expect(methods).toContain("notifications/initialized");
    expect(methods).not.toContain("GET");
    for (const { headers } of mcp.requests) {
      expect(headers.authorization).toBe(`Bearer ${TOOL_SECRET}`);
    }
  });

  it("end their session as work to be held, for which the answer does not wait", async () => {
    const goodbye = gate();
    const mcp = await serve([adder], { goodbye });
    script(answer("No need."));
    const held: Promise<unknown>[] = [];
    const hold = (work: Promise<unknown>) => void held.push(work);
    await outputsOf(stepWith({ math: mcp.url }), { settings: settings(), hold });
    await goodbye.reached;
    expect(mcp.sessions.size).toBe(1);
    goodbye.open();
    await Promise.all(held);
    expect(mcp.sessions.size).toBe(0);
  });

  it("end their session also where their list never comes, and that is held too", async () => {
    const mcp = await serve([replying("never", "hang")], { listing: "hang" });
    const held: Promise<unknown>[] = [];
    const stop = new AbortController();
    const hold = (work: Promise<unknown>) => void held.push(work);
    const doors = { settings: settings(), signal: stop.signal, hold };
    const outputs = outputsOf(stepWith({ mcp: mcp.url }), doors);
    await mcp.request("tools/list");
    stop.abort();
    await outputs;
    // An aborted attempt is over at once; what it still has to do follows.
    await vi.waitFor(() => expect(held).toHaveLength(1));
    await Promise.all(held);
    expect(mcp.sessions.size).toBe(0);
  });

  it("are listed page by page", async () => {
    const many = Array.from({ length: 7 }, (_, i) => replying(`tool-${i}`, { text: "" }));
    const mcp = await serve(many, { pageSize: 3 });
    script(answer("ok"));
    await run({ many: mcp.url });
    expect((await modelRequest(1)).body.tools).toHaveLength(7);
  });

  it("of two servers with one name are told apart", async () => {
    const one = await serve([adder, replying("look.up", { text: "from one" })]);
    const two = await serve([replying("look.up", { text: "from two" })]);
    script(calls("two_look_up"), answer("ok"));
    const outputs = await run({ one: one.url, two: two.url });
    const { tools } = (await modelRequest(1)).body;
    const named = z.array(z.object({ function: z.object({ name: z.string() }) })).parse(tools);
    expect(named.map((tool) => tool.function.name)).toEqual(["add", "one_look_up", "two_look_up"]);
    expect(outputs).toContainEqual(
      expect.objectContaining({ type: "tool-result", output: "from two" }),
    );
  });

  it("[T2] are left out one by one where the model's provider refuses them", async () => {
    const mcp = await serve([
      replying("bad", { text: "" }),
      adder,
      replying("worse", { text: "" }),
    ]);
    const refuse = (message: string, param: string): Action[] => {
      const error = { message, type: "invalid_request_error", param, code: "bad_schema" };
      return [{ do: "status", status: 400, body: JSON.stringify({ error }) }];
    };
    script(
      refuse("Invalid.", "tools[0].function.parameters"),
      refuse("Invalid schema for function 'worse'.", ""),
      calls("add", { a: 1, b: 1 }),
      answer("2"),
    );
    const outputs = unpaid(await run({ math: mcp.url }));
    expect(outputs.filter(({ type }) => type === "log")).toMatchObject(
      ["bad", "worse"].map((name) => ({
        level: "warn",
        message: `The tool ${name} of the MCP server math is left out: the model's provider refuses its definition.`,
      })),
    );
    expect(outputs).toContainEqual(expect.objectContaining({ type: "tool-result", output: "2" }));
    expect((await modelRequest(4)).body.tools).toHaveLength(1);
  });

  it("are not asked for where the ghost has none", async () => {
    script(answer("ok"));
    await run({});
    expect((await modelRequest(1)).body).not.toHaveProperty("tools");
  });
});

describe("a tool that fails is told to the model and ends nothing", () => {
  it.each<[string, ToolReply, RegExp]>([
    ["by its own word", { text: "no such city", isError: true }, /^(Error: )?no such city$/],
    ["without a word", { text: "", isError: true }, /failed/],
    ["as JSON-RPC has it", { rpcError: { code: -32602, message: "a is missing" } }, /a is missing/],
    [
      "with a page of an error",
      { status: 500, body: "<h1>trace of 10.0.0.7</h1>" },
      /HTTP 500$|HTTP 500\.$/,
    ],
    ["with a redirect", { status: 307, headers: { location: "http://127.0.0.1:1/" } }, /HTTP 307/],
    ["with a reset", "reset", /cannot be reached/],
    ["with no JSON", { status: 200, body: "hello" }, /what is not MCP/],
  ])("%s", async (_, reply, error) => {
    const mcp = await serve([replying("fail", reply)]);
    script(calls("fail"), answer("Sorry."));
    const outputs = unpaid(await run({ mcp: mcp.url }));
    const place = { round: 0, index: 0, toolCallId: "call_1" };
    expect(outputs).toEqual([
      expect.objectContaining({ type: "tool-call" }),
      { type: "tool-result", ...place, name: "fail", error: expect.any(String) },
      { type: "text", delta: "Sorry." },
      expect.objectContaining({ type: "finish" }),
    ]);
    expect(outputs[1]).toMatchObject({ error: expect.stringMatching(error) });
    expect(await toolSaid()).toMatch(error);
    expect(JSON.stringify(outputs)).not.toMatch(/10\.0\.0\.7|127\.0\.0\.1|key-of|sk-secret/);
  });

  it("because the model invents it", async () => {
    const mcp = await serve([adder]);
    script(calls("subtract"), answer("Sorry."));
    const outputs = unpaid(await run({ mcp: mcp.url }));
    expect(outputs[1]).toMatchObject({ type: "tool-result", name: "subtract" });
    expect(outputs[1]).toHaveProperty("error");
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });
});

describe("an MCP server that cannot be used is left out and reported", () => {
  const warning = { type: "log", level: "warn" };

  it.each<[string, () => Promise<string>]>([
    ["nobody listens", async () => "http://127.0.0.1:1/mcp"],
    ["no URL", async () => "mcp"],
    ["credentials", async () => "http://me:secret@127.0.0.1:1/"],
    ["an error", async () => (await serve([], { instead: { status: 503 } })).url],
    ["no key", async () => (await serve([], { instead: { status: 401 } })).url],
    ["no MCP", async () => (await serve([], { instead: { status: 200, body: "<html>" } })).url],
    ["a reset", async () => (await serve([], { instead: "reset" })).url],
  ])("%s", async (_, url) => {
    const good = await serve([adder]);
    script(calls("add", { a: 1, b: 1 }), answer("2"));
    const outputs = await run({ bad: await url(), good: good.url });
    expect(outputs[0]).toMatchObject({
      ...warning,
      message: expect.stringContaining("server bad"),
    });
    expect(outputs).toContainEqual(expect.objectContaining({ type: "tool-result", output: "2" }));
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
    expect(JSON.stringify(outputs)).not.toMatch(/127\.0\.0\.1|key-of|me:secret/);
  });

  it("a redirect, which is not followed", async () => {
    const elsewhere = await serve([adder]);
    const instead = { status: 307, headers: { location: elsewhere.url } };
    const mcp = await serve([], { instead });
    script(answer("ok"));
    expect((await run({ bad: mcp.url }))[0]).toMatchObject(warning);
    expect(elsewhere.requests).toEqual([]);
  });

  it("a private address, where those are not allowed", async () => {
    const mcp = await serve([adder]);
    script(answer("ok"));
    const outputs = await outputsOf(stepWith({ inner: mcp.url }), {
      settings: settings({ ALLOW_PRIVATE_TARGETS: "false" }),
    });
    expect(outputs[0]).toMatchObject(warning);
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
    expect(mcp.requests).toEqual([]);
  });

  it("more definitions than the model's window has room for", async () => {
    const wordy = Array.from({ length: 20 }, (_, i) => ({
      ...replying(`tool-${i}`, { text: "" }),
      description: "word ".repeat(200),
    }));
    const mcp = await serve(wordy);
    script(answer("ok"));
    const outputs = await run({ wordy: mcp.url }, 4000);
    expect(outputs[0]).toMatchObject(warning);
    const { tools } = (await modelRequest(1)).body;
    expect(z.array(z.unknown()).parse(tools).length).toBeLessThan(4);
  });
});

describe("what is bounded", () => {
  it("the rounds of an answer: past the last the model is asked without tools", async () => {
    const mcp = await serve([adder]);
    const again = Array.from({ length: 3 }, (_, i) => calls("add", { a: i, b: 1 }, `call_${i}`));
    script(...again, answer("Enough."));
    const step = { ...stepWith({ math: mcp.url }), maxRounds: 3 };
    const outputs = await outputsOf(step, { settings: settings() });
    expect(outputs.filter(({ type }) => type === "tool-result")).toHaveLength(3);
    expect(outputs.at(-1)).toMatchObject({ type: "finish", finishReason: "stop" });
    expect((await modelRequest(4)).body).not.toHaveProperty("tools");
  });

  it("[A9] calls that their limit of tokens cuts: after two rounds there are no tools any more", async () => {
    const mcp = await serve([adder]);
    const delta = {
      tool_calls: [{ index: 0, id: "c", function: { name: "add", arguments: '{"a": 1' } }],
    };
    const cut: Action[] = [{ do: "delta", delta }, finish("length"), done];
    script(cut, cut, answer("In words, then."));
    const outputs = await run({ math: mcp.url });
    expect(outputs.filter(({ type }) => type === "tool-result")).toMatchObject([
      { error: expect.stringContaining("limit of tokens") },
      { error: expect.stringContaining("limit of tokens") },
    ]);
    expect((await modelRequest(3)).body).not.toHaveProperty("tools");
    expect(mcp.requests.map(({ method }) => method)).not.toContain("tools/call");
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("a model that calls for ever: it has not answered", async () => {
    const mcp = await serve([adder]);
    script(...Array.from({ length: 3 }, (_, i) => calls("add", { a: i, b: 1 }, `call_${i}`)));
    const step = { ...stepWith({ math: mcp.url }), maxRounds: 2 };
    const outputs = await outputsOf(step, { settings: settings() });
    expect(outputs.at(-1)).toMatchObject({ code: "model_malformed", retryable: false });
    expect(model.requests.length - asked).toBe(3);
  });

  it("the calls of a model that asks for too many at once", async () => {
    const mcp = await serve([replying("ping", { text: "pong" })]);
    const tool_calls = Array.from({ length: 70 }, (_, index) => ({
      ...{ index, id: `call_${index}`, type: "function" },
      function: { name: "ping", arguments: "{}" },
    }));
    script([{ do: "delta", delta: { tool_calls } }, finish("tool_calls"), done], answer("ok"));
    const results = (await run({ mcp: mcp.url })).filter(({ type }) => type === "tool-result");
    expect(results.filter((item) => "output" in item)).toHaveLength(64);
    expect(results.filter((item) => "error" in item)).toHaveLength(6);
  });

  it("a tool's answer, within the window of the model and 64 KiB", async () => {
    const mcp = await serve([replying("dump", { text: "👩‍🚀 and so on. ".repeat(100_000) })]);
    script(calls("dump"), answer("Long."));
    const outputs = unpaid(await run({ mcp: mcp.url }, 2_000_000));
    const [, result] = outputs;
    if (result?.type !== "tool-result" || !("output" in result)) throw new Error("no output");
    const shown = String(result.output);
    expect(shown.length).toBeLessThanOrEqual(64 * 1024);
    expect(shown.endsWith(" […cut]")).toBe(true);
    expect(shown.isWellFormed()).toBe(true);
  });

  it("all answers of tools together, within a quarter of a small window", async () => {
    const mcp = await serve([replying("dump", { text: "word ".repeat(100_000) })]);
    const again = Array.from({ length: 5 }, (_, i) => calls("dump", {}, `call_${i}`));
    script(...again, answer("Long."));
    await run({ mcp: mcp.url }, 8000);
    const { messages } = (await modelRequest(6)).body;
    expect(JSON.stringify(messages).length).toBeLessThan(4 * 8000);
  });

  it("an answer that never ends", async () => {
    const endless = `"${"x".repeat(9 * 1024 * 1024)}`;
    const mcp = await serve([
      replying("dump", {
        status: 200,
        headers: { "content-type": "application/json" },
        body: endless,
      }),
    ]);
    script(calls("dump"), answer("ok"));
    expect(unpaid(await run({ mcp: mcp.url }))[1]).toMatchObject({
      error: expect.stringContaining("too large"),
    });
  });
});

describe("a tool at work", () => {
  it("is not a stalled model", async () => {
    const slow: FixtureTool = {
      name: "slow",
      call: () => new Promise((resolve) => setTimeout(() => resolve({ text: "at last" }), 500)),
    };
    const mcp = await serve([slow]);
    script(calls("slow"), answer("ok"));
    const outputs = await outputsOf(stepWith({ mcp: mcp.url }), {
      settings: settings({ MODEL_STALL_TIMEOUT_MS: 200 }),
    });
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("is let go when the step is aborted, and the session is ended", async () => {
    const mcp = await serve([replying("hang", "hang")]);
    script(calls("hang"));
    const stop = new AbortController();
    const outputs = outputsOf(stepWith({ mcp: mcp.url }), {
      settings: settings(),
      signal: stop.signal,
    });
    const { aborted } = await mcp.request("tools/call");
    stop.abort();
    expect(unpaid(await outputs).map(({ type }) => type)).toEqual(["tool-call"]);
    await aborted;
    await mcp.request("DELETE");
    expect(mcp.sessions.size).toBe(0);
  });

  it("is not even called when the step is aborted while connecting", async () => {
    const mcp = await serve([], { instead: "hang" });
    const before = model.requests.length;
    const stop = new AbortController();
    const doors = { settings: settings(), signal: stop.signal };
    const outputs: Promise<Heard[]> = outputsOf(stepWith({ mcp: mcp.url }), doors);
    const { aborted } = await mcp.request("server/discover");
    stop.abort();
    expect(await outputs).toEqual([]);
    await aborted;
    expect(model.requests.length).toBe(before);
  });

  it("ends its session also when the reader stops reading", async () => {
    const mcp = await serve([adder]);
    script(answer("a", "b", "c"));
    const doors = { settings: settings(), signal: new AbortController().signal };
    for await (const output of heardOf(stepWith({ mcp: mcp.url }), doors)) {
      expect(output).toMatchObject({ type: "text" });
      break;
    }
    await mcp.request("DELETE");
  });
});

it("no key is in any output", async () => {
  const mcp = await serve([adder]);
  script(calls("add", { a: 1, b: "two" }), answer("ok"));
  const outputs = JSON.stringify(await run({ math: mcp.url }));
  for (const key of [KEY, TOOL_SECRET]) expect(outputs).not.toContain(key);
});
