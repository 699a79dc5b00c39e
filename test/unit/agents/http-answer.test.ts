import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8Bytes } from "../../../src/protocol/bytes";
import { LIMITS } from "../../../src/protocol/limits";
import {
  type AgentScript,
  chunk,
  event,
  json,
  type RemoteAgent,
  result,
  startRemoteAgent,
} from "../../support/remote-agent";
import type { Heard } from "../../support/scripted-model";
import { agentOutputs } from "./agent-step";
import { joined } from "./step";

let agent: RemoteAgent;
beforeAll(async () => {
  agent = await startRemoteAgent();
});
afterAll(() => agent.close());

function run(...script: AgentScript): Promise<Heard[]> {
  agent.script(script);
  return agentOutputs(agent.url);
}

const finish = { type: "finish", finishReason: "stop", model: "user_1/deploy-bot" };

describe("a JSON answer", () => {
  it("is text, and the result whole", async () => {
    const data = { url: "https://site.example", sizes: [1, 2.5, null], cid: "bafy" };
    const usage = { inputTokens: 3, outputTokens: 4 };
    expect(await run(...json({ output: "Deployed.", data, usage }))).toEqual([
      { type: "text", delta: "Deployed." },
      { ...finish, output: "Deployed.", data, usage },
    ]);
  });

  it.each([
    ["an output alone", { output: "ok" }, { output: "ok" }],
    ["nulls for what is absent", { output: "ok", usage: null }, { output: "ok" }],
    ["data that is null", { output: "ok", data: null }, { output: "ok", data: null }],
    ["fields of a later version", { output: "ok", mood: "good" }, { output: "ok" }],
  ])("with %s", async (_, body, expected) => {
    expect((await run(...json(body))).at(-1)).toEqual({ ...finish, ...expected });
  });

  it.each(["application/json; charset=utf-8", "text/plain; charset=utf-8", "application/x+json"])(
    "may call itself %s",
    async (contentType) => {
      expect((await run(...json({ output: "ok" }, contentType))).at(-1)).toMatchObject(finish);
    },
  );

  it("without text makes no text", async () => {
    expect(await run(...json({ output: "", data: { done: true } }))).toEqual([
      { ...finish, output: "", data: { done: true } },
    ]);
  });
});

describe("an event stream", () => {
  it("is relayed in order, event by event, and ends with its result", async () => {
    const outputs = await run(
      event("log", { level: "success", message: "Begun", metadata: { host: "a" } }),
      event("progress", { percentComplete: 10 }),
      chunk("Hel"),
      event("notify", { title: "Half done", body: "Soon", data: { url: "u" } }),
      event("progress", { percentComplete: 60, message: "Uploading" }),
      chunk("lo"),
      result("Hello", { data: { cid: "bafy" }, usage: { totalTokens: 7 } }),
    );
    expect(outputs).toEqual([
      { type: "log", level: "success", message: "Begun", metadata: { host: "a" } },
      { type: "progress", percentComplete: 10 },
      { type: "text", delta: "Hel" },
      { type: "notify", title: "Half done", body: "Soon", data: { url: "u" } },
      { type: "progress", percentComplete: 60, message: "Uploading" },
      { type: "text", delta: "lo" },
      { ...finish, output: "Hello", data: { cid: "bafy" }, usage: { totalTokens: 7 } },
    ]);
  });

  it("without chunks has the output as its text", async () => {
    expect(await run(event("progress", { percentComplete: 50 }), result("All of it"))).toEqual([
      { type: "progress", percentComplete: 50 },
      { type: "text", delta: "All of it" },
      { ...finish, output: "All of it" },
    ]);
  });

  it("whose output is not what was written keeps both", async () => {
    const outputs = await run(chunk("Working on it …"), result("42"));
    expect(joined(outputs, "text")).toBe("Working on it …");
    expect(outputs.at(-1)).toEqual({ ...finish, output: "42" });
  });

  it("[E8] has kept what it can go on from before anything that comes after it", async () => {
    const outputs = await run(
      chunk("One. "),
      event("progress", { percentComplete: 40 }),
      event("resumable", { state: { at: 1 } }),
      chunk("Two."),
      event("result", {}),
    );
    const progress = { percentComplete: 40 };
    expect(outputs).toEqual([
      { type: "text", delta: "One. " },
      { type: "progress", ...progress },
      { type: "resumable", memo: { key: "turn_1:deploy:1", state: { at: 1 }, progress } },
      { type: "text", delta: "Two." },
      finish,
    ]);
  });

  it("[E8] with more to go on from than is kept is malformed", async () => {
    const outputs = await run(event("resumable", { state: "x".repeat(LIMITS.resumeStateBytes) }));
    expect(outputs).toMatchObject([{ type: "failure", code: "agent_malformed" }]);
  });

  it("may leave the output to what was written", async () => {
    const outputs = await run(chunk("42"), event("result", { data: 42 }));
    expect(outputs).toEqual([
      { type: "text", delta: "42" },
      { ...finish, data: 42 },
    ]);
  });

  it.each([
    ["bytes that come one by one", true],
    ["frames that come whole", false],
  ])("keeps characters in %s", async (_, bytewise) => {
    const delta = "naïve 漢字 👩‍🚀";
    const outputs = await run(
      { do: "event", name: "chunk", data: { delta }, bytewise },
      result("done"),
    );
    expect(joined(outputs, "text")).toBe(delta);
  });

  it("never shows half of a character that the agent cut in two", async () => {
    const outputs = await run(chunk("a\ud83d"), chunk("\ude00b"), chunk("c\ud83d"), result("ok"));
    expect(joined(outputs, "text")).toBe("a😀bc\ufffd");
    for (const output of outputs) {
      if ("delta" in output) expect(output.delta.isWellFormed()).toBe(true);
    }
  });

  it("may be framed in any way that the standard allows", async () => {
    const outputs = await run({
      do: "raw",
      text: [
        "\ufeff: keep-alive\n\n",
        "retry: 10\nid: 7\n\n",
        'event:chunk\r\ndata:{"delta":\r\ndata:"Hi"}\r\n\r\n',
        "event: later-version\ndata: whatever\n\n",
        "data: no name\n\n",
        "mood: good\n\n",
        'data: {"output":"Hi"}\nevent: result\n\n',
        "event: error\ndata: never read\n\n",
      ].join(""),
    });
    expect(outputs).toEqual([
      { type: "text", delta: "Hi" },
      { ...finish, output: "Hi" },
    ]);
  });

  it("that has its result is over, whatever follows", async () => {
    const n = agent.requests.length + 1;
    const outputs = await run(result("ok"), chunk("more"), { do: "hang" });
    expect(outputs).toHaveLength(2);
    await (await agent.request(n)).aborted;
  });
});

describe("progress", () => {
  it("is whole percents within 0 and 100 that never go back", async () => {
    const said = [-5, 10.4, 10.4, 9, 33.6, 20, 250, 100, 99];
    const outputs = await run(
      ...said.map((percentComplete) => event("progress", { percentComplete })),
      result("ok"),
    );
    const percents = outputs.map((output) =>
      output.type === "progress" ? output.percentComplete : [],
    );
    expect(percents.flat()).toEqual([0, 10, 34, 100]);
  });

  it("may say something new at the same percent", async () => {
    const at = (message: string) => event("progress", { percentComplete: 5, message });
    const outputs = await run(at("a"), at("b"), at("b"), result("ok"));
    expect(outputs.filter(({ type }) => type === "progress")).toHaveLength(2);
  });
});

describe("what an agent says beside its text", () => {
  it("is cut, and cleaned of what would confuse a screen", async () => {
    const hostile = `a\u0000\u001b[31m\u202eb\r\nc${"x".repeat(10_000)}`;
    const outputs = await run(
      event("progress", { percentComplete: 1, message: hostile }),
      event("log", { level: "info", message: hostile }),
      event("notify", { title: hostile, body: hostile }),
      result("ok"),
    );
    for (const output of outputs.slice(0, 3)) {
      for (const text of Object.values(output).map(String)) {
        expect(text.length).toBeLessThanOrEqual(4000);
        for (const character of "\0\u001b\u202e\r") expect(text).not.toContain(character);
      }
    }
    expect(outputs[0]).toMatchObject({ message: expect.stringMatching(/^a \[31m b cx+…$/) });
  });

  it("in a log entry of a wrong form is kept as far as it can be", async () => {
    const outputs = await run(
      event("log", { level: "fatal", message: "Odd", metadata: ["no object"] }),
      event("log", { message: "Huge", metadata: { huge: "x".repeat(LIMITS.metadataBytes) } }),
      result("ok"),
    );
    expect(outputs.slice(0, 2)).toEqual([
      { type: "log", level: "info", message: "Odd" },
      { type: "log", level: "info", message: "Huge" },
    ]);
  });

  it("is bounded in number, and says so", async () => {
    const many = (name: string, data: unknown) => ({
      do: "raw" as const,
      text: `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`.repeat(1500),
    });
    const outputs = await run(
      many("log", { level: "info", message: "again" }),
      many("notify", { title: "again" }),
      result("ok"),
    );
    const logs = outputs.filter(({ type }) => type === "log");
    expect(logs).toHaveLength(1001);
    expect(logs.at(-1)).toMatchObject({ level: "warn" });
    expect(outputs.filter(({ type }) => type === "notify")).toHaveLength(20);
    expect(outputs.at(-1)).toMatchObject(finish);
  });
});

describe("a large result", () => {
  const large = "ß".repeat(450 * 1024);

  it.each<[string, AgentScript]>([
    ["JSON", json({ output: large })],
    ["an event", [result(large)]],
  ])("of 900 KiB as %s is kept whole; its message is cut, with a mark", async (_, script) => {
    const outputs = await run(...script);
    expect(outputs.at(-1)).toEqual({ ...finish, output: large });
    const text = joined(outputs, "text");
    expect(utf8Bytes(text)).toBeLessThanOrEqual(LIMITS.answerBytes);
    expect(utf8Bytes(text)).toBeGreaterThan(LIMITS.answerBytes - 16);
    expect(text.endsWith("ß\n[…]")).toBe(true);
  });

  it("of chunks alone is their text, cut where an answer ends; what the agent adds is kept", async () => {
    const long = "x".repeat(LIMITS.answerBytes / 4);
    const outputs = await run(
      ...Array.from({ length: 6 }, () => chunk(long)),
      event("result", { data: { url: "u" } }),
    );
    expect(outputs.at(-1)).toMatchObject({ finishReason: "length", data: { url: "u" } });
    const bytes = joined(outputs, "text").length;
    expect(bytes).toBeLessThanOrEqual(LIMITS.answerBytes);
    expect(bytes).toBeGreaterThan(LIMITS.answerBytes - 16);
  });

  it("after chunks is kept beside them", async () => {
    const outputs = await run(chunk("See the result."), result(large));
    expect(outputs).toHaveLength(2);
    expect(outputs.at(-1)).toMatchObject({ output: large });
  });
});
