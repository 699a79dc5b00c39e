import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/protocol/limits";
import { stepFailure } from "../../../src/resources/step";
import {
  type AgentAction,
  type AgentScript,
  chunk,
  event,
  hang,
  json,
  pause,
  type RemoteAgent,
  reset,
  result,
  startRemoteAgent,
} from "../../support/remote-agent";
import { agentOutputs, SECRET, sealedSecret } from "./agent-step";

let agent: RemoteAgent;
beforeAll(async () => {
  agent = await startRemoteAgent();
});
afterAll(() => agent.close());

const OWN = "the agent's own words, req-4711";
const own = { error: OWN };
const raw = (text: string): AgentAction => ({ do: "raw", text });
const bytes = (...values: number[]): AgentAction => ({
  do: "bytes",
  bytes: Uint8Array.from(values),
});
const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
const megabyte = "x".repeat(LIMITS.resultBytes);
/** Short on the wire, five times as long once it is written again. */
const inflating = `[${"1e20,".repeat(200_000)}1]`;

type Expected = { code: string; retryable: boolean; retryAfterMs?: number };
const limited: Expected = { code: "agent_rate_limited", retryable: true };
const down: Expected = { code: "agent_unavailable", retryable: true };
const refused: Expected = { code: "agent_rejected", retryable: false };
const garbled: Expected = { code: "agent_malformed", retryable: true };

const STATUSES: [name: string, script: AgentScript, expected: Expected][] = [
  ["429 with Retry-After", [...again(429, "7")], { ...limited, retryAfterMs: 7000 }],
  [
    "429 with an absurd Retry-After",
    [...again(429, "999999")],
    { ...limited, retryAfterMs: 3.6e6 },
  ],
  ["429", plain(429), limited],
  ["408", plain(408), down],
  ["425", plain(425), down],
  ["500", plain(500), down],
  ["501", plain(501), down],
  ["503 with Retry-After", [...again(503, "3")], { ...down, retryAfterMs: 3000 }],
  ["599", plain(599), down],
  ["500 with a body that does not end", [endless(500), hang], down],
  ["400", plain(400), refused],
  ["400 with Retry-After", [...again(400, "3")], refused],
  ["401", plain(401), refused],
  ["403", plain(403), refused],
  ["404", plain(404), refused],
  ["409", plain(409), refused],
  ["410", plain(410), refused],
  ["422", plain(422), refused],
  ["301", redirect(301), refused],
  ["302", redirect(302), refused],
  ["307", redirect(307), refused],
  ["308", redirect(308), refused],
  ["304", plain(304), refused],
];

const JSON_ANSWERS: typeof STATUSES = [
  ["no JSON", json(`<html>${OWN}</html>`, "text/html"), garbled],
  ["no body", json(""), garbled],
  ["204", [{ do: "status", status: 204 }], garbled],
  ["half of JSON", json(`{"output": "${OWN}`), garbled],
  ["no object", json([OWN]), garbled],
  ["no output", json({ data: OWN }), garbled],
  ["an output that is no string", json({ output: { text: OWN } }), garbled],
  ["an output that is null", json({ output: null }), garbled],
  ["usage that is no count", json({ output: OWN, usage: { inputTokens: "many" } }), garbled],
  ["usage below zero", json({ output: OWN, usage: { inputTokens: -1_000_000 } }), garbled],
  ["nesting without end", json(`{"output": "${OWN}", "data": ${deep}}`), garbled],
  ["half of a character", json(`{"output": "\\ud83d"}`), garbled],
  ["no UTF-8", [{ do: "headers", contentType: "application/json" }, bytes(0x22, 0xff)], garbled],
  ["more than a result may have", json({ output: megabyte }), garbled],
  ["what grows past that when written", json(`{"output":"${OWN}","data":${inflating}}`), garbled],
  ["a cut in its middle", [{ do: "json", body: '{"out' }, pause(20), reset], down],
];

const STREAMS: typeof STATUSES = [
  ["no event", [{ do: "headers" }], garbled],
  ["no result", [chunk("half")], garbled],
  ["a page", [raw(`<html>${OWN}</html>`)], garbled],
  ["a result that does not end", [raw(`event: result\ndata: {"output": "${OWN}"}`)], garbled],
  ["data that is no JSON", [event("progress", OWN), result("ok")], garbled],
  ["data that is no object", [event("chunk", [OWN]), result("ok")], garbled],
  ["a chunk without delta", [event("chunk", { text: OWN }), result("ok")], garbled],
  ["percents in words", [event("progress", { percentComplete: OWN }), result("ok")], garbled],
  ["endless percents", [event("progress", '{"percentComplete":1e999}'), result("ok")], garbled],
  ["a log without message", [event("log", { level: "info" }), result("ok")], garbled],
  ["a notice without title", [event("notify", { body: OWN }), result("ok")], garbled],
  ["a notice too large", [event("notify", { title: "t", data: { a: megabyte } })], garbled],
  ["an error that does not say whether to retry", [event("error", { message: OWN })], garbled],
  ["a result without output or text", [event("result", { data: OWN })], garbled],
  ["a result whose output is no string", [chunk("a"), event("result", { output: 1 })], garbled],
  ["nesting without end", [event("result", `{"output": "${OWN}", "data": ${deep}}`)], garbled],
  ["no UTF-8", [raw("event: chunk\ndata: "), bytes(0xc3, 0x28), raw("\n\n")], garbled],
  ["a result too large", [result(megabyte)], garbled],
  ["a piece of text larger than any result", [chunk(megabyte), result("ok")], garbled],
  ["a line without end", [raw("data: "), ...Array(8).fill(raw(megabyte)), hang], garbled],
  [
    "an event without end",
    [...Array(110).fill(raw(`data: ${"y".repeat(65_536)}\n`)), hang],
    garbled,
  ],
  ["a reset before an event", [{ do: "headers" }, pause(20), reset], down],
  ["a reset in its middle", [chunk("half an"), pause(20), reset], down],
];

describe.each([
  ["status", STATUSES],
  ["JSON answer with", JSON_ANSWERS],
  ["event stream with", STREAMS],
])("an agent's failure becomes one of the closed list, in words of our own: %s", (_, cases) => {
  it.each(cases)("%s", async (_, script, expected) => {
    agent.script(script);
    const outputs = await agentOutputs(agent.url, {}, { secret: sealedSecret });
    const { message, ...rest } = stepFailure.parse(outputs.at(-1));
    expect(rest).toEqual({ type: "failure", ...expected });
    expect(message).not.toBe("");
    expect(outputs.filter(({ type }) => type === "failure" || type === "finish")).toHaveLength(1);
    const said = JSON.stringify(outputs);
    for (const text of [OWN, "4711", SECRET, "127.0.0.1"]) expect(said).not.toContain(text);
  });
});

describe("an agent's own error", () => {
  it.each([true, false])(
    "is agent_unavailable and says whether to retry: %s",
    async (retryable) => {
      agent.script([chunk("half"), event("error", { message: "The host is full.", retryable })]);
      const outputs = await agentOutputs(agent.url);
      expect(outputs).toEqual([
        { type: "text", delta: "half" },
        { ...down, type: "failure", message: "The host is full.", retryable },
      ]);
    },
  );

  it("is shown as one short line", async () => {
    const message = `a\u0000b\u001b[2J\u202e\nc ${"long ".repeat(1000)}`;
    agent.script([event("error", { message, retryable: true })]);
    const failed = stepFailure.parse((await agentOutputs(agent.url)).at(-1));
    expect(failed.message).toMatch(/^a b \[2J c long/);
    expect(failed.message.length).toBe(500);
  });

  it("without words gets some", async () => {
    agent.script([event("error", { message: " \u0007 ", retryable: false })]);
    const failed = stepFailure.parse((await agentOutputs(agent.url)).at(-1));
    expect(failed.message).not.toBe("");
  });
});

describe("a connection", () => {
  it("that is refused is agent_unavailable", async () => {
    const outputs = await agentOutputs(await addressWithoutServer());
    expect(outputs).toEqual([expect.objectContaining(down)]);
    expect(JSON.stringify(outputs)).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  it("that is reset before the answer is agent_unavailable", async () => {
    agent.script([reset]);
    expect(await agentOutputs(agent.url)).toEqual([expect.objectContaining(down)]);
  });

  it("is not redirected", async () => {
    const elsewhere = await startRemoteAgent();
    agent.script([{ do: "status", status: 307, headers: { location: elsewhere.url } }]);
    await agentOutputs(agent.url);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it("is closed after a failure in mid-stream, whatever would follow", async () => {
    const n = agent.requests.length + 1;
    agent.script([chunk("a"), event("progress", "?"), hang]);
    await agentOutputs(agent.url);
    await (await agent.request(n)).aborted;
  });

  it("is closed after a refusal whose body does not end", async () => {
    const n = agent.requests.length + 1;
    agent.script([endless(400), hang]);
    await agentOutputs(agent.url);
    await (await agent.request(n)).aborted;
  });
});

function plain(code: number): AgentScript {
  return [{ do: "status", status: code, body: own }];
}

function again(code: number, retryAfter: string): AgentScript {
  return [{ do: "status", status: code, headers: { "retry-after": retryAfter }, body: own }];
}

function redirect(code: number): AgentScript {
  return [{ do: "status", status: code, headers: { location: "http://127.0.0.1:1/" }, body: own }];
}

function endless(code: number): AgentAction {
  return { do: "status", status: code, body: own, endless: true };
}

/** A port that nobody listens on any more. */
async function addressWithoutServer(): Promise<string> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("no port");
  return `http://127.0.0.1:${address.port}/`;
}
