import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AgentScript,
  chunk,
  event,
  hang,
  pause,
  type RemoteAgent,
  result,
  startRemoteAgent,
} from "../../support/remote-agent";
import type { Heard } from "../../support/scripted-model";
import { agentOutputs, agentStepFor, privateAllowed } from "./agent-step";
import { heardOf, settingsFor } from "./step";

let agent: RemoteAgent;
beforeAll(async () => {
  agent = await startRemoteAgent();
});
afterAll(() => agent.close());

describe("a remote agent's step that is aborted", () => {
  it.each<[string, AgentScript]>([
    ["before it answers", [hang]],
    ["after its headers", [{ do: "headers" }, hang]],
    ["in the middle of JSON", [{ do: "json", body: '{"output": "ha' }, hang]],
    ["in the middle of an event", [{ do: "raw", text: 'event: chunk\ndata: {"delta":"' }, hang]],
  ])("%s ends without output, and the connection closes", async (_, script) => {
    const n = agent.requests.length + 1;
    agent.script(script);
    const stop = new AbortController();
    const outputs = agentOutputs(agent.url, {}, {}, stop.signal);
    const { aborted } = await agent.request(n);
    await new Promise((resolve) => setTimeout(resolve, 30));
    stop.abort();
    expect(await outputs).toEqual([]);
    await aborted;
  });

  it("in mid-stream yields nothing more, although the agent goes on writing", async () => {
    const n = agent.requests.length + 1;
    agent.script([...Array(3000).fill(chunk("more ")), hang]);
    const stop = new AbortController();
    const outputs: Heard[] = [];
    const doors = { settings: privateAllowed, signal: stop.signal };
    for await (const output of heardOf(agentStepFor(agent.url), doors)) {
      outputs.push(output);
      if (outputs.length === 3) stop.abort();
    }
    expect(outputs).toHaveLength(3);
    await (await agent.request(n)).aborted;
  });

  it("before it begins calls nobody", async () => {
    const before = agent.requests.length;
    expect(await agentOutputs(agent.url, {}, {}, AbortSignal.abort())).toEqual([]);
    expect(agent.requests.length).toBe(before);
  });

  it("is let go by a reader that stops reading", async () => {
    const n = agent.requests.length + 1;
    agent.script([chunk("a"), hang]);
    const doors = { settings: privateAllowed, signal: new AbortController().signal };
    for await (const output of heardOf(agentStepFor(agent.url), doors)) {
      expect(output).toEqual({ type: "text", delta: "a" });
      break;
    }
    await (await agent.request(n)).aborted;
  });
});

describe("a remote agent that is silent", () => {
  it("for longer than a model may be is let think: its phase has the limit", async () => {
    const short = { MODEL_FIRST_BYTE_TIMEOUT_MS: 20, MODEL_STALL_TIMEOUT_MS: 20 };
    const settings = settingsFor("http://127.0.0.1:1/", {
      ...short,
      ALLOW_PRIVATE_TARGETS: "true",
    });
    agent.script([pause(150), event("progress", { percentComplete: 1 }), pause(150), result("ok")]);
    const outputs: Heard[] = [];
    const doors = { settings, signal: new AbortController().signal };
    for await (const output of heardOf(agentStepFor(agent.url), doors)) outputs.push(output);
    expect(outputs.at(-1)).toMatchObject({ type: "finish", output: "ok" });
  });
});
