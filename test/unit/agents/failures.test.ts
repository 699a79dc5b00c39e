import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StepFailure, stepFailure } from "../../../src/resources/step";
import {
  type Action,
  answer,
  done,
  errorInside,
  finish,
  hang,
  reset,
  type Script,
  status,
  text,
  thinking,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { joined, KEY, modelAt, outputsOf, settingsFor, stepFor } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const SECRET = "provider's own text with req-4711";
const own = { error: { message: SECRET, type: "whatever" } };
const inTwoMinutes = () => new Date(Date.now() + 120_000).toUTCString();
const raw = (data: string): Action => ({ do: "raw", text: data });
const bare = (...actions: Action[]): Script => [{ do: "headers" }, ...actions];
const partial = text("half an");

type Expected = Omit<Partial<StepFailure>, "type" | "message">;
const limited: Expected = { code: "model_rate_limited", retryable: true, reason: "rate_limited" };
const down: Expected = { code: "model_unavailable", retryable: true };
const refused: Expected = { code: "model_rejected", retryable: false };
const garbled: Expected = { code: "model_malformed", retryable: true };
/** There was an answer, and nothing in it: another attempt would be paid for the same. */
const empty: Expected = { code: "model_malformed", retryable: false };
const limitedBy429 = { ...limited, httpStatus: 429 };

const CASES: [name: string, script: Script, expected: Expected][] = [
  [
    "429 with Retry-After in seconds",
    status(429, { "retry-after": "7" }, own),
    { ...limitedBy429, retryAfterMs: 7000 },
  ],
  [
    "429 with retry-after-ms",
    status(429, { "retry-after-ms": "250" }, own),
    { ...limitedBy429, retryAfterMs: 250 },
  ],
  [
    "429 with an absurd Retry-After",
    status(429, { "retry-after": "999999" }, own),
    { ...limitedBy429, retryAfterMs: 86_400_000 },
  ],
  ["429 without Retry-After", status(429, {}, own), limitedBy429],
  ["500", status(500, {}, own), { ...down, httpStatus: 500 }],
  [
    "503 with Retry-After",
    status(503, { "retry-after": "3" }, own),
    { ...down, httpStatus: 503, retryAfterMs: 3000 },
  ],
  ["529", status(529, {}, own), { ...down, httpStatus: 529, reason: "overloaded" }],
  ["408", status(408, {}, own), { ...down, httpStatus: 408 }],
  ["425", status(425, {}, own), { ...down, httpStatus: 425 }],
  ["400", status(400, {}, own), { ...refused, httpStatus: 400 }],
  ["401", status(401, {}, own), { ...refused, httpStatus: 401, reason: "bad_credentials" }],
  ["403", status(403, {}, own), { ...refused, httpStatus: 403 }],
  ["404", status(404, {}, own), { ...refused, httpStatus: 404 }],
  ["409", status(409, {}, own), { ...down, httpStatus: 409 }],
  ["422", status(422, {}, own), { ...refused, httpStatus: 422 }],
  [
    "500 with a body that does not end",
    [{ do: "status", status: 500, body: own, endless: true }, hang],
    { ...down, httpStatus: 500 },
  ],
  [
    "a final status with Retry-After",
    status(400, { "retry-after": "3" }, own),
    { ...refused, httpStatus: 400 },
  ],
  [
    "a redirect",
    status(307, { location: "http://127.0.0.1:1/" }, own),
    { ...refused, httpStatus: 307 },
  ],
  ["a reset before the first byte", [reset], down],
  ["a reset in mid-stream", [partial, { do: "pause", ms: 20 }, reset], down],
  ["an end without a finish reason", [partial], down],
  ["malformed JSON", [partial, raw(`data: {"choices": [${SECRET}\n\n`), finish(), done], garbled],
  ["a page instead of a stream", bare(raw(`<html>${SECRET}</html>`)), garbled],
  ["an empty 200", bare(), down],
  ["an empty answer", [text(""), finish(), done], empty],
  ["an answer of white space", [text(" \n "), finish(), done], empty],
  ["thinking without an answer", [thinking("hm"), finish(), done], empty],
  ["a length limit after thinking", [thinking("hm"), finish("length"), done], empty],
  ["a length limit without thinking or an answer", [finish("length"), done], empty],
  [
    "a tool call where none was offered",
    [
      {
        do: "delta",
        delta: { tool_calls: [{ index: 0, id: "c", function: { name: "rm", arguments: "{}" } }] },
      },
      finish("tool_calls"),
      done,
    ],
    empty,
  ],
  [
    "the content filter",
    [partial, finish("content_filter"), done],
    { ...refused, reason: "content_filter" },
  ],
  ["a finish reason that is an error", [partial, finish("error"), done], down],
  [
    "an error in a 200 with a status",
    [partial, errorInside({ message: SECRET, code: 429 })],
    limitedBy429,
  ],
  [
    "an error in a 200 with a word",
    [
      partial,
      errorInside({
        message: SECRET,
        code: "context_length_exceeded",
        type: "invalid_request_error",
      }),
    ],
    { ...refused, reason: "context_overflow" },
  ],
  ["an error in a 200 that says nothing", [partial, errorInside({ message: SECRET })], down],
  ["an error in a 200 that is only a text", [partial, errorInside(SECRET)], down],
  [
    "an error in a 200 before anything else",
    bare(errorInside({ message: SECRET, status: 503 })),
    { ...down, httpStatus: 503 },
  ],
  [
    "an error in a 200 followed by a whole answer",
    [errorInside({ message: SECRET }), ...answer("fine")],
    down,
  ],
];

/** What is tried once more in the same attempt. */
const AGAIN = new Set([
  ...["an empty answer", "an answer of white space", "thinking without an answer"],
  "an error in a 200 with a word",
]);

const WHOLE: [name: string, script: Script, text: string][] = [
  ["an end by [DONE], without a finish reason", [partial, done], "half an"],
  [
    "an event of another form",
    [partial, raw(`data: {"answer": "x"}\n\n`), finish(), done],
    "half an",
  ],
  ["a refusal in words", [{ do: "delta", delta: { refusal: "No." } }, finish("stop"), done], "No."],
];

describe("an answer is whole that ends as one", () => {
  it.each(WHOLE)("with %s", async (_, script, said) => {
    server.script(script);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
    });
    expect(joined(outputs, "text")).toBe(said);
    expect(outputs.at(-1)).toMatchObject({ type: "finish", finishReason: "stop" });
  });
});

describe("[A7] how an answer ended that is kept of a failure", () => {
  it.each<[string, Script, string | undefined]>([
    ["a reset in mid-stream", [partial, { do: "pause", ms: 20 }, reset], "unknown"],
    ["an end without a finish reason", [partial], "unknown"],
    ["thinking that just ends", [thinking("hm")], "unknown"],
    ["an error inside", [partial, errorInside({ message: SECRET })], "unknown"],
    ["the content filter", [partial, finish("content_filter"), done], "content-filter"],
    ["a finish reason that is an error", [partial, finish("error"), done], "unknown"],
    ["no answer that had begun", status(500, {}, own), undefined],
    ["an empty 200", bare(), undefined],
  ])("%s", async (_, script, finishReason) => {
    server.script(script);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
    });
    expect(outputs.at(-1)).toMatchObject({
      type: "failure",
      ...(finishReason && { finishReason }),
    });
    if (!finishReason) expect(outputs.at(-1)).not.toHaveProperty("finishReason");
  });
});

describe("a provider's failure becomes one of the closed list, in words of our own", () => {
  it.each(CASES)("%s", async (name, script, expected) => {
    if (AGAIN.has(name)) server.script(script, script);
    else server.script(script);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
    });
    const { message, ...rest } = stepFailure.parse(outputs.at(-1));
    expect(rest).toEqual({ type: "failure", ...expected });
    expect(message).not.toBe("");
    expect(outputs.filter(({ type }) => type === "failure" || type === "finish")).toHaveLength(1);
    const said = JSON.stringify(outputs);
    for (const secret of [SECRET, "4711", KEY, "127.0.0.1"]) expect(said).not.toContain(secret);
  });

  it("a Retry-After that is a date", async () => {
    server.script(status(429, { "retry-after": inTwoMinutes() }));
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
    });
    const { retryAfterMs = 0 } = stepFailure.parse(outputs.at(-1));
    expect(retryAfterMs).toBeGreaterThan(110_000);
    expect(retryAfterMs).toBeLessThanOrEqual(120_000);
  });

  it("a refused connection is model_unavailable", async () => {
    const url = await addressWithoutServer();
    const outputs = await outputsOf(stepFor(modelAt(url)), { settings: settingsFor(url) });
    expect(outputs).toEqual([expect.objectContaining(down)]);
    expect(JSON.stringify(outputs)).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  it("text that came before the failure was passed on", async () => {
    server.script([text("half "), text("an answer"), { do: "pause", ms: 20 }, reset]);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
    });
    expect(outputs.map((output) => ("delta" in output ? output.delta : "")).join("")).toBe(
      "half an answer",
    );
    expect(outputs.at(-1)?.type).toBe("failure");
  });

  it("a redirect is not followed", async () => {
    const elsewhere = await startModelServer();
    server.script(status(307, { location: `${elsewhere.url}/chat/completions` }));
    await outputsOf(stepFor(modelAt(server.url)), { settings: settingsFor(server.url) });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it("the connection is closed after an error in mid-stream, whatever would follow", async () => {
    const before = server.requests.length;
    server.script([partial, errorInside({ message: "x" }), hang]);
    await outputsOf(stepFor(modelAt(server.url)), { settings: settingsFor(server.url) });
    await (await server.request(before + 1)).aborted;
  });

  it("a line without end is model_malformed, and memory stays bounded", async () => {
    const megabyte = raw("x".repeat(1024 * 1024));
    server.script([partial, raw("data: "), ...Array<Action>(64).fill(megabyte), hang]);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
    });
    expect(outputs.at(-1)).toMatchObject(garbled);
  });
});

/** A port that nobody listens on any more. */
async function addressWithoutServer(): Promise<string> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("no port");
  return `http://127.0.0.1:${address.port}/v1`;
}
