import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { callAgent } from "../../../src/agents/call-agent";
import { LIMITS } from "../../../src/protocol/limits";
import type { StepRequest } from "../../../src/resources/step";
import { NO_FILES, type StepFiles } from "../../../src/resources/step-files";
import type { Heard } from "../../support/scripted-model";
import { joined, listening, modelAt, outputsOf, settingsFor, stepFor } from "./step";

const settings = settingsFor("http://127.0.0.1:1/v1", { ALLOW_PRIVATE_TARGETS: "true" });
const impatient = settingsFor("http://127.0.0.1:1/v1", {
  ALLOW_PRIVATE_TARGETS: "true",
  MODEL_FIRST_BYTE_TIMEOUT_MS: 3000,
  MODEL_STALL_TIMEOUT_MS: 3000,
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const rpc = z.looseObject({
  method: z.string(),
  params: z.looseObject({
    message: z
      .looseObject({ messageId: z.string(), parts: z.array(z.looseObject({ text: z.string() })) })
      .optional(),
  }),
});
type Asked = z.infer<typeof rpc>;

let server: Server;
let url: string;
let asked: Asked[];
/** By method; `card` answers whoever asks for the card. */
let answers: Record<string, Answer>;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (request.method === "GET") return answers.card?.(request, response);
    const call = rpc.parse(await readJson(request));
    asked.push(call);
    answers[call.method]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answers = { card: whole(card()) };
});

function card(changes: object = {}): object {
  return {
    supportedInterfaces: [{ url, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
    capabilities: { streaming: true },
    ...changes,
  };
}

function whole(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return (_, response) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
}

const result = (value: unknown) => ({ jsonrpc: "2.0", id: 1, result: value });
const refusal = (code: number, message = "No") => ({
  jsonrpc: "2.0",
  id: 1,
  error: { code, message },
});

/** Events of a stream; what is a text goes out as it is. `isOpen`: nothing follows, and nothing ends. */
function stream(events: unknown[], { isOpen = false } = {}): Answer {
  return (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of events) {
      response.write(
        typeof event === "string" ? event : `data: ${JSON.stringify(result(event))}\n\n`,
      );
    }
    if (!isOpen) response.end();
  };
}

const TASK = { id: "t-1", contextId: "c-1", status: { state: "TASK_STATE_WORKING" } };
const update = (text: string, more: object = {}) => ({
  artifactUpdate: { taskId: "t-1", artifact: { artifactId: "a", parts: [{ text }] }, ...more },
});
const completed = {
  statusUpdate: { taskId: "t-1", status: { state: "TASK_STATE_COMPLETED" } },
};

function step(changes: Partial<StepRequest> = {}, address = url): StepRequest {
  const base = stepFor(modelAt("http://127.0.0.1:1/v1"));
  const runtime = { runtime: "a2a" as const, url: address, headers: {} };
  return { ...base, config: { ...base.config, bot: "user_1/far", runtime }, ...changes };
}

function run(changes: Partial<StepRequest> = {}, address = url): Promise<Heard[]> {
  return outputsOf(step(changes, address), { settings });
}

const send = (answer: Answer) => {
  answers.SendStreamingMessage = answer;
};

describe("what is asked of an agent over A2A", () => {
  it("[J6] is one text: the member's word, what was said before, and the input", async () => {
    send(stream([{ message: { parts: [{ text: "ok" }] } }]));
    await run({
      prompt: "Be brief.",
      context: [
        { role: "user", content: "And before?" },
        { role: "assistant", content: "This." },
        { role: "assistant", phase: "research", content: "Found." },
      ],
    });
    const [message] = asked.flatMap(({ params }) => params.message ?? []);
    expect(message).toMatchObject({ messageId: "turn_1:assistant:1" });
    expect(message?.parts.map(({ text }) => text)).toEqual([
      [
        "Be brief.",
        "What was said before:",
        ...["User: And before?", "Assistant: This.", "Result of research: Found."],
        ...["Now:", "Hello?"],
      ].join("\n\n"),
    ]);
  });

  it("[J6] has of what was said before the newest that fits a message", async () => {
    send(stream([{ message: { parts: [{ text: "ok" }] } }]));
    const context = ["a", "b", "c"].map((one) => ({
      role: "user" as const,
      content: one.repeat(LIMITS.contentUnits / 3),
    }));
    const heard = await run({ context });
    const text = asked[0]?.params.message?.parts[0]?.text ?? "";
    expect(text.length).toBeLessThanOrEqual(LIMITS.contentUnits);
    expect([/aaa/, /bbb/, /ccc/].map((word) => word.test(text))).toEqual([false, true, true]);
    expect(heard.at(-1)).toMatchObject({ type: "finish", truncatedContext: 1 });
  });
});

describe("an agent's card", () => {
  it.each([
    ["of 1.0 before 0.3", {}, "SendStreamingMessage"],
    [
      "of 0.3, with another transport first",
      {
        ...{ supportedInterfaces: undefined, protocolVersion: "0.3.0", preferredTransport: "GRPC" },
        url: "grpc://127.0.0.1",
        additionalInterfaces: [{ transport: "JSONRPC", url: "/" }],
      },
      "message/stream",
    ],
  ])("%s is called in its version", async (_, changes, method) => {
    answers.card = whole(card(changes));
    const answer = stream([{ message: { parts: [{ text: "ok" }] } }]);
    answers = { ...answers, SendStreamingMessage: answer, "message/stream": answer };
    expect((await run()).at(-1)).toMatchObject({ type: "finish" });
    expect(asked[0]?.method).toBe(method);
  });

  it.each([
    ["that is none", () => whole("<html>"), "agent_malformed"],
    ["larger than a card", () => whole(" ".repeat(LIMITS.resultBytes + 1)), "agent_malformed"],
    [
      "without a way to call it",
      () => whole(card({ supportedInterfaces: [{ url, protocolBinding: "GRPC" }] })),
      "agent_rejected",
    ],
    ["that is not there", () => whole("", 404), "agent_rejected"],
    ["that is not there for now", () => whole("", 503), "agent_unavailable"],
    [
      "that leads elsewhere",
      () => whole("", 302, { location: "https://elsewhere.example" }),
      "agent_rejected",
    ],
    [
      "whose address is none",
      () =>
        whole(
          card({
            supportedInterfaces: [
              { url: "ftp://127.0.0.1", protocolBinding: "JSONRPC", protocolVersion: "1.0" },
            ],
          }),
        ),
      "agent_rejected",
    ],
  ])("%s is a failure, and nothing is called", async (_, answer, code) => {
    answers.card = answer();
    expect(await run()).toEqual([expect.objectContaining({ type: "failure", code })]);
    expect(asked).toEqual([]);
  });

  it("[J9] at a private address is not asked for where those are not allowed", async () => {
    const strict = settingsFor("http://127.0.0.1:1/v1");
    for (const address of [
      url,
      "https://127.0.0.1/",
      "https://[::1]/card.json",
      "https://a.internal/",
    ]) {
      const heard = await outputsOf(step({}, address), { settings: strict });
      expect(heard).toEqual([expect.objectContaining({ code: "agent_rejected" })]);
    }
  });
});

describe("what an agent over A2A sends", () => {
  it("[J6] may be unknown, empty, late or in halves of a character", async () => {
    send(
      stream([
        { task: TASK },
        ": alive\n\n",
        { moodUpdate: { taskId: "t-1" } },
        update("\ud83d"),
        update("\ude00!", { append: true, metadata: null }),
        { statusUpdate: { taskId: "t-1", status: { state: "TASK_STATE_OF_GRACE" }, metadata: 7 } },
        completed,
        update(" late", { append: true }),
      ]),
    );
    const heard = await run();
    expect(joined(heard, "text")).toBe("😀!");
    expect(heard.at(-1)).toMatchObject({ type: "finish" });
  });

  it("[J6] of files is carried by the answer: those that it has not taken back", async () => {
    const kept: string[] = [];
    const keep: StepFiles["keep"] = async ({ name, mediaType, bytes }) => {
      kept.push(`${name}: ${new TextDecoder().decode(bytes)}`);
      const fileId = `file_01hzzzzzzzzzzzzzzzzzzzzzz${kept.length}`;
      return { fileId, name, mediaType, size: bytes.length };
    };
    const file = (raw: string, filename: string) => ({ raw, filename, mediaType: "text/plain" });
    const holding = (parts: object[], more: object = {}) => ({
      artifactUpdate: { taskId: "t-1", artifact: { artifactId: "a", parts }, ...more },
    });
    send(
      stream([
        { task: TASK },
        holding([file("d3Jvbmc=", "wrong.txt")]),
        holding([file("b25l", "one.txt")]),
        holding([file("dHdv", "two.txt")], { append: true }),
        completed,
      ]),
    );
    const files = { ...NO_FILES, keep };
    const heard = await outputsOf(step(), { settings, files });
    expect(kept).toEqual(["one.txt: one", "two.txt: two"]);
    expect(heard.filter(({ type }) => type === "file")).toHaveLength(2);
    expect(heard.at(-1)).toMatchObject({ type: "finish" });
  });

  it.each([
    ["an answer without words", [{ task: TASK }, completed]],
    ["a task without a name", [{ task: { status: {} } }]],
    ["a result that is none", ["data: {}\n\n"]],
    ["no JSON", ["data: yes\n\n"]],
    ["an event that does not end", [`data: ${"x".repeat(9 * 1024 * 1024)}`]],
  ])("[J9] %s is malformed", async (_, events) => {
    send(stream(events));
    expect((await run()).at(-1)).toMatchObject({ type: "failure", code: "agent_malformed" });
  });

  it.each([
    [-32602, 200, { code: "agent_rejected", retryable: false }],
    [-32005, 400, { code: "agent_rejected", retryable: false }],
    [-32603, 200, { code: "agent_unavailable", retryable: true }],
    [-32000, 200, { code: "agent_unavailable", retryable: true }],
    [-32000, 429, { code: "agent_rate_limited", retryAfterMs: 3000, reason: "rate_limited" }],
    [-32000, 403, { code: "agent_rejected", reason: "bad_credentials", httpStatus: 403 }],
    [-32000, 503, { code: "agent_unavailable", httpStatus: 503 }],
  ])("[J9] error %i with status %i", async (code, status, failure) => {
    send(whole(refusal(code), status, { "retry-after": "3" }));
    expect((await run()).at(-1)).toMatchObject({ type: "failure", ...failure });
  });

  it("[J9] nothing at all is a timeout, before its first byte and while its task is asked for", async () => {
    const late = { type: "failure", code: "agent_timeout" };
    send(() => undefined);
    expect((await outputsOf(step(), { settings: impatient })).at(-1)).toMatchObject(late);
    send(stream([{ task: TASK }], { isOpen: true }));
    answers.SubscribeToTask = () => undefined;
    expect((await outputsOf(step(), { settings: impatient })).at(-1)).toMatchObject(late);
    expect(asked.map(({ method }) => method)).toEqual([
      ...["SendStreamingMessage", "SendStreamingMessage", "SubscribeToTask"],
    ]);
  });

  it("[J7] that breaks off is asked for again a few times, if nothing comes of it", async () => {
    send(stream([{ task: TASK }]));
    answers.SubscribeToTask = (request) => request.socket.destroy();
    expect((await run()).at(-1)).toMatchObject({ type: "failure", code: "agent_unavailable" });
    expect(asked.filter(({ method }) => method === "SubscribeToTask")).toHaveLength(4);
  });

  it("[J7] of a task that the agent does not know any more, is asked for with the same message", async () => {
    const memo = { key: "turn_1:assistant:1", state: kept("t-0") };
    answers.SubscribeToTask = whole(refusal(-32001));
    send(stream([{ task: TASK }, update("anew"), completed]));
    const rounds = [{ round: 0, bot: "user_1/far", text: "", calls: [], memo }];
    const heard = await run({ rounds, attempt: 2 });
    expect(joined(heard, "text")).toBe("anew");
    expect(asked.at(-1)?.params.message?.messageId).toBe("turn_1:assistant:1");
  });

  it("[J7] is not read on before its task's name is committed", async () => {
    const said: string[] = [];
    const committed = Promise.withResolvers<void>();
    const hearing = {
      ...listening([], (one) => said.push(one.type)),
      record: async () => {
        said.push("recorded");
        await committed.promise;
        said.push("committed");
      },
    };
    send(stream([{ task: TASK }, update("after"), completed]));
    const end = callAgent(step(), hearing, new AbortController().signal, {
      ...{ settings, own: {}, files: NO_FILES },
    });
    while (!said.includes("recorded")) await new Promise((resolve) => setTimeout(resolve, 5));
    committed.resolve();
    await end;
    expect(said).toEqual(["recorded", "committed", "text"]);
  });
});

function kept(taskId: string) {
  return { taskId, way: { url, version: "1.0", isStreaming: true } };
}
