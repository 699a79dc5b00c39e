import { afterEach, describe, expect, it, vi } from "vitest";
import { FOREIGN_REFUSAL_BYTES } from "../../../../src/platform/byte-bound";
import { gate } from "../../../support/model-script";
import {
  event,
  type Rules,
  result,
  rpcError,
  type Sent,
  silence,
  startPeer,
  status,
  stream,
  withoutSessions,
  withSessions,
} from "../../../support/tool-peer";
import { boxAt, call, listening } from "./box";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const answering = (rule: Rules[string], rules = withSessions) =>
  startPeer({ ...rules, "tools/call": rule });

const done = { content: [{ type: "text", text: "seen" }] };
const answer = ({ id }: Sent) => event({ jsonrpc: "2.0", id, result: done });
const json = (body: unknown, type = "application/json") =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), {
    headers: { "content-type": type },
  });
const progress = (more: object) => (sent: Sent) =>
  event({
    jsonrpc: "2.0",
    method: "notifications/progress",
    params: { progressToken: Object(sent.params?._meta).progressToken, ...more },
  });

describe("[T3] a tool's answer is read for what it carries", () => {
  it.each<[string, Rules[string]]>([
    ["an event stream", stream(answer)],
    [
      "a stream of comments and pings before it",
      stream(
        () => ": ping\n\n",
        () => "event: ping\ndata: {}\n\n",
        answer,
      ),
    ],
    ["a stream with other line ends", stream((sent) => answer(sent).replaceAll("\n", "\r\n"))],
    ["a stream that ends in its line", stream((sent) => answer(sent).trimEnd())],
    ["a stream said to be JSON", (sent) => json(answer(sent))],
    [
      "JSON said to be a stream",
      (sent) => json({ id: sent.id, result: done }, "text/event-stream"),
    ],
    ["JSON said to be a text", (sent) => json({ id: sent.id, result: done }, "text/plain")],
    [
      "a batch",
      (sent) => json([{ method: "notifications/message" }, { id: sent.id, result: done }]),
    ],
    ["an id that is a text", ({ id }) => json({ jsonrpc: "2.0", id: String(id), result: done })],
    ["no id", () => json({ result: done })],
    ["an answer to somebody else before it", stream(() => event({ id: 9999, result: {} }), answer)],
  ])("in %s", async (_, rule) => {
    const { url } = answering(rule);
    expect(await call(await boxAt(url))).toEqual({ output: "seen" });
  });

  it.each<[string, unknown, string]>([
    ["content that is a text", { content: "seen" }, "seen"],
    ["content that is one part", { content: { type: "text", text: "seen" } }, "seen"],
    ["parts that are texts", { content: ["a", "b"] }, "a\nb"],
    ["parts without a type", { content: [{ text: "seen" }] }, "seen"],
    ["data alone", { structuredContent: { a: 1 } }, '{"a":1}'],
    ["no content", { temperature: 21, _meta: { a: 1 } }, '{"temperature":21}'],
    ["a text for a result", "seen", "seen"],
    ["a list for a result", [{ type: "text", text: "seen" }], "seen"],
    ["nothing", null, ""],
    ["an empty list", { content: [] }, ""],
    ["isError that is null", { content: "seen", isError: null }, "seen"],
    ["a text that is none", { content: [{ type: "text", text: { a: 1 } }] }, '{"a":1}'],
    ["half of a character", { content: "a\ud83d" }, "a\ufffd"],
  ])("with %s", async (_, value, output) => {
    const { url } = answering(result(value));
    expect(await call(await boxAt(url))).toEqual({ output });
  });
});

describe("[T3] a stream that its server closes before the result", () => {
  const opened = (id: string) => () => `id: ${id}\nretry: 60\ndata: \n\n`;
  const asked = ({ sent }: ReturnType<typeof startPeer>) =>
    sent.flatMap(({ method, headers }) => (method === "GET" ? headers.get("last-event-id") : []));
  const isOfCall: Sent[] = [];

  /** The stream of a call, and each time that it is asked for again. */
  function streaming(...parts: Rules[string][]) {
    const [first = status(500), ...later] = parts;
    return startPeer({
      ...withSessions,
      "tools/call": (sent) => {
        isOfCall.unshift(sent);
        return first(sent);
      },
      GET: () => (later.shift() ?? status(405))(isOfCall[0] ?? { ...noCall }),
    });
  }
  const noCall = { headers: new Headers(), signal: new AbortController().signal };

  it("is gone on with from the place that it named", async () => {
    const peer = streaming(
      stream(opened("7"), progress({ progress: 1 })),
      stream(opened("8")),
      stream(progress({ progress: 2 }), answer),
    );
    const { told, onProgress } = listening();
    expect(await call(await boxAt(peer.url), "look", { onProgress })).toEqual({ output: "seen" });
    expect(asked(peer)).toEqual(["7", "8"]);
    expect(told).toEqual([{ progress: 1 }, { progress: 2 }]);
    expect(peer.methods().filter((method) => method === "tools/call")).toHaveLength(1);
  });

  it("ends the call where it is not given again", async () => {
    const peer = streaming(stream(opened("7")));
    expect(await call(await boxAt(peer.url))).toEqual({
      error: "The tool's server ended its answer without a result.",
    });
    expect(asked(peer)).toEqual(["7"]);
  });

  it("ends the call where it brings nothing new", async () => {
    const peer = streaming(...Array<Rules[string]>(9).fill(stream(opened("7"))));
    expect(await call(await boxAt(peer.url))).toHaveProperty("error");
    expect(asked(peer)).toHaveLength(3);
  });

  it("ends the call at once where it named no place", async () => {
    const peer = streaming(stream(progress({ progress: 1 })));
    expect(await call(await boxAt(peer.url))).toHaveProperty("error");
    expect(asked(peer)).toEqual([]);
  });
});

describe("[T3] a tool's error says what is wrong, and nothing of how it came", () => {
  it.each<[string, Rules[string], string | RegExp]>([
    ["its own word", result({ ...done, isError: true }), "seen"],
    ["its own word, as a text", result({ ...done, isError: "true" }), "seen"],
    [
      "its own word, with a stack",
      result({
        content: 'no disk\n    at Disk.read (/srv/disk.js:10:7)\n  File "/srv/a.py", line 3, in b',
        isError: true,
      }),
      "no disk",
    ],
    ["JSON-RPC's", rpcError(-32602, "q is missing"), "q is missing"],
    ["JSON-RPC's in a refusal", rpcError(-32602, "q is missing", { status: 400 }), "q is missing"],
    [
      "JSON-RPC's that is a text",
      (sent) => json({ id: sent.id, error: "q is missing" }),
      "q is missing",
    ],
    ["JSON-RPC's without a word", (sent) => json({ id: sent.id, error: {} }), "The tool failed."],
    [
      "a stream without an end",
      stream(() => event({ method: "notifications/message" })),
      "The tool's server ended its answer without a result.",
    ],
    [
      "a stream with no byte",
      () => new Response(""),
      "The tool's server ended its answer without a result.",
    ],
    [
      "a body that breaks",
      () => new Response(brokenBody()),
      "The tool's server broke off its answer.",
    ],
    ["202", status(202), "The tool's server ended its answer without a result."],
    [
      "a page",
      () => new Response("<html>10.0.0.7</html>"),
      "The tool's server answers with what is not MCP.",
    ],
    ["429", status(429), "The tool's server answers with HTTP 429."],
    [
      "a refusal that does not end",
      () => new Response("x".repeat(2 * FOREIGN_REFUSAL_BYTES), { status: 500 }),
      "The tool's server answers with HTTP 500.",
    ],
    ["401", status(401), /^The tool's server needs sign-in.*HTTP 401/],
    [
      "no network",
      () => Promise.reject(new TypeError("fetch failed")),
      "The tool's server cannot be reached.",
    ],
    [
      "9 MiB in one event",
      stream(({ id }) => event({ id, result: { content: "x".repeat(9 * 1024 * 1024) } })),
      "The tool's server sends an answer that is too large.",
    ],
    ["a question back", result({ resultType: "input_required", inputRequests: {} }), /asks back/],
  ])("%s", async (_, rule, error) => {
    const { url } = answering(rule);
    const outcome = await call(await boxAt(url));
    expect(outcome).toEqual({
      error: typeof error === "string" ? error : expect.stringMatching(error),
    });
    expect(JSON.stringify(outcome)).not.toMatch(/10\.0\.0\.7|Fault|TypeError|srv/);
  });

  it("arguments that are no object are not sent", async () => {
    const peer = startPeer(withSessions);
    const { box, stop } = await boxAt(peer.url);
    const options = { key: "k", signal: stop.signal, onProgress: () => undefined };
    for (const input of ["text", ["a"], null, 7]) {
      expect(await box.call("look", input, options)).toEqual({
        error: expect.stringContaining("object"),
      });
    }
    expect(peer.methods()).not.toContain("tools/call");
  });
});

describe("[T4] a tool at work", () => {
  const slow =
    (held: Promise<void>, ...before: ((sent: Sent) => string)[]): Rules[string] =>
    (sent) => {
      const encoder = new TextEncoder();
      return new Response(
        new ReadableStream({
          async start(controller) {
            for (const piece of before) controller.enqueue(encoder.encode(piece(sent)));
            await held;
            controller.enqueue(encoder.encode(answer(sent)));
          },
        }),
      );
    };

  it("tells how far it is", async () => {
    const { told, onProgress } = listening();
    const rest = gate();
    const many = [
      progress({ progress: 1, total: 3, message: "one\u0000\u202e" }),
      progress({ progress: "2", total: null }),
      progress({ progressToken: undefined, progress: 2 }),
      progress({ progressToken: "another", progress: 99 }),
    ];
    const { url } = answering(slow(rest.opened, ...many));
    const calling = call(await boxAt(url), "look", { onProgress });
    await vi.waitFor(() => expect(told).toHaveLength(3));
    rest.open();
    expect(await calling).toEqual({ output: "seen" });
    expect(told).toEqual([{ progress: 1, total: 3, message: "one" }, {}, { progress: 2 }]);
  });

  it("has as long as its server is given, from its last progress on", async () => {
    const says = gate();
    const rule: Rules[string] = (sent) => {
      const encoder = new TextEncoder();
      return new Response(
        new ReadableStream({
          async start(controller) {
            await says.opened;
            controller.enqueue(encoder.encode(progress({ progress: 1 })(sent)));
          },
        }),
      );
    };
    const { url } = answering(rule);
    const at = await boxAt(url, { timeoutMs: 5000 });
    vi.useFakeTimers();
    let outcome: unknown;
    const { told, onProgress } = listening();
    const calling = call(at, "look", { onProgress }).then((value) => {
      outcome = value;
    });
    await vi.advanceTimersByTimeAsync(4900);
    says.open();
    await vi.waitFor(() => expect(told).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(4900);
    expect(outcome).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    await calling;
    expect(outcome).toEqual({ error: "The tool did not answer in time." });
  });

  it("has ten minutes in all, however much it tells", async () => {
    let say: () => void = () => undefined;
    const rule: Rules[string] = (sent) =>
      new Response(
        new ReadableStream({
          start(controller) {
            say = () => controller.enqueue(new TextEncoder().encode(progress({})(sent)));
          },
        }),
      );
    const { url } = answering(rule);
    const at = await boxAt(url);
    vi.useFakeTimers();
    let isOver = false;
    const calling = call(at).finally(() => {
      isOver = true;
    });
    for (let minutes = 0; minutes < 19; minutes++) {
      await vi.advanceTimersByTimeAsync(30_000);
      say();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await calling).toEqual({ error: "The tool did not answer in time." });
  });

  it("is told when nobody waits for it any more, and then its session ends", async () => {
    const peer = answering(silence);
    const at = await boxAt(peer.url);
    const calling = call(at);
    await vi.waitFor(() => expect(peer.methods()).toContain("tools/call"));
    const id = peer.sent.at(-1)?.id;
    at.stop.abort();
    await calling;
    await at.end();
    expect(peer.methods().slice(-2)).toEqual(["notifications/cancelled", "DELETE"]);
    expect(peer.sent.at(-2)?.params).toMatchObject({ requestId: id });
  });

  it("is told so in the time that it has, too", async () => {
    const peer = answering(silence);
    expect(await call(await boxAt(peer.url, { timeoutMs: 20 }))).toHaveProperty("error");
    await vi.waitFor(() => expect(peer.methods()).toContain("notifications/cancelled"));
  });

  it("has only its connection closed where there are no sessions", async () => {
    const peer = answering(silence, withoutSessions);
    const at = await boxAt(peer.url);
    const calling = call(at);
    await vi.waitFor(() => expect(peer.methods()).toContain("tools/call"));
    at.stop.abort();
    await calling;
    await at.end();
    expect(peer.methods().at(-1)).toBe("tools/call");
    expect(peer.sent.at(-1)?.signal.aborted).toBe(true);
  });

  it("is not left behind by a server that is silent to a goodbye", async () => {
    vi.useFakeTimers();
    const peer = startPeer({
      ...withSessions,
      ...{ "tools/call": silence, "notifications/cancelled": silence, DELETE: silence },
    });
    const at = await boxAt(peer.url);
    const calling = call(at);
    at.stop.abort();
    await calling;
    const ending = at.end();
    await vi.advanceTimersByTimeAsync(10_000);
    await ending;
  });

  it("that asks its client is answered", async () => {
    const peer = answering(
      stream(
        () => event({ id: "p1", method: "ping" }),
        () => event({ id: 7, method: "elicitation/create" }),
        answer,
      ),
    );
    await call(await boxAt(peer.url));
    await vi.waitFor(() =>
      expect(peer.methods().filter((name) => name === "reply")).toHaveLength(2),
    );
    expect(peer.sent.filter(({ method }) => method === "reply")).toMatchObject([
      { id: "p1", result: {} },
      { id: 7, error: { code: -32601 } },
    ]);
  });
});

function brokenBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.error(new Error("ECONNRESET 10.0.0.7"));
    },
  });
}
