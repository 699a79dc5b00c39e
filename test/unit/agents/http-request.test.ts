import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StepRequest } from "../../../src/resources/step";
import { type AgentRequest, type RemoteAgent, startRemoteAgent } from "../../support/remote-agent";
import { agentOutputs, agentStepFor, SECRET, sealedSecret } from "./agent-step";
import { outputsOf, settingsFor } from "./step";

let agent: RemoteAgent;
beforeAll(async () => {
  agent = await startRemoteAgent();
});
afterAll(() => agent.close());

async function requestOf(
  changes: Partial<StepRequest> = {},
  runtime: Parameters<typeof agentOutputs>[2] = {},
): Promise<AgentRequest> {
  const n = agent.requests.length + 1;
  await agentOutputs(agent.url, changes, runtime);
  return agent.request(n);
}

function signed(request: AgentRequest): Record<string, string> {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
  return Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
}

describe("what a remote agent is asked", () => {
  it("is the step, whole, as JSON", async () => {
    const context = [
      { role: "user" as const, content: "Earlier" },
      { role: "assistant" as const, phase: "story", content: "Once upon a time 👩‍🚀" },
    ];
    const request = await requestOf({ prompt: "Publish it.", context, attempt: 3, run: 2 });
    expect(request.method).toBe("POST");
    expect(request.path).toBe("/run");
    expect(request.body).toEqual({
      ...{ taskId: "task_1", turnId: "turn_1", step: "deploy", phase: "Deploy" },
      ...{ attempt: 3, run: 2, input: "Hello?", prompt: "Publish it.", context },
      bot: "user_1/deploy-bot",
    });
  });

  it("has no prompt where the member has none", async () => {
    expect((await requestOf()).body).not.toHaveProperty("prompt");
  });

  it("[E8] has what it goes on from, under the key of the run in which that began", async () => {
    const memo = { key: "turn_1:deploy:1", state: { at: 3 }, progress: { percentComplete: 40 } };
    const round = { round: 0, text: "So far. ", calls: [], bot: "user_1/deploy-bot", memo };
    const changes = { run: 2, attempt: 4, idempotencyKey: "turn_1:deploy:2", rounds: [round] };
    const { body, idempotencyKey } = await requestOf(changes);
    expect(body).toMatchObject({ resume: { text: "So far. ", state: { at: 3 } }, run: 2 });
    expect(idempotencyKey).toBe("turn_1:deploy:1");
    const others = await requestOf({ ...changes, rounds: [{ ...round, bot: "user_1/other" }] });
    expect(others.body).not.toHaveProperty("resume");
    expect(others.idempotencyKey).toBe("turn_1:deploy:2");
  });

  it("[E5] is told in words what tools did in a phase that left no result", async () => {
    const use = { toolCallId: "c", name: "pay", input: { amount: 5 }, output: "paid" };
    const failed = {
      role: "assistant" as const,
      phase: "build",
      content: "It failed.",
      uses: [use],
    };
    const { body } = await requestOf({ context: [failed] });
    const content = '[pay({"amount":5}): paid]\n\nIt failed.';
    expect(body.context).toEqual([{ role: "assistant", phase: "build", content }]);
  });

  it("carries the headers of the contract", async () => {
    const { headers, text } = await requestOf({ attempt: 3 });
    expect(headers).toMatchObject({
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "idempotency-key": "turn_1:deploy:1",
      "taskroom-attempt": "3",
      "content-length": String(Buffer.byteLength(text)),
    });
    expect(Object.keys(headers).filter((name) => name.startsWith("webhook-"))).toEqual([]);
  });

  it("has the same idempotency key at every attempt of a run", async () => {
    const first = await requestOf({ attempt: 1 });
    const second = await requestOf({ attempt: 2 });
    expect(second.idempotencyKey).toBe(first.idempotencyKey);
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
  });

  it("carries the shell's own headers, but for those that are not the shell's to say", async () => {
    const { headers } = await requestOf(
      {},
      {
        headers: {
          Authorization: "sealed:Bearer mine",
          "X-Team": "sealed:red",
          Accept: "sealed:text/html",
          "CONTENT-TYPE": "sealed:text/plain",
          "content-length": "sealed:3",
          Host: "sealed:elsewhere.example",
          "Idempotency-Key": "sealed:forged",
          "taskroom-attempt": "sealed:99",
          "Transfer-Encoding": "sealed:chunked",
          Connection: "sealed:upgrade",
          "Webhook-Signature": "sealed:v1,forged",
        },
      },
    );
    expect(headers).toMatchObject({ authorization: "Bearer mine", "x-team": "red" });
    expect(headers).toMatchObject({
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      host: new URL(agent.url).host,
      "idempotency-key": "turn_1:deploy:1",
      "taskroom-attempt": "1",
    });
    expect(headers["webhook-signature"]).toBeUndefined();
    expect(headers["transfer-encoding"]).toBeUndefined();
  });
});

describe("a signed request", () => {
  it("verifies with the Standard Webhooks library, over the bytes that were sent", async () => {
    const request = await requestOf({ input: "naïve 漢字 👩‍🚀" }, { secret: sealedSecret });
    expect(new Webhook(SECRET).verify(request.text, signed(request))).toEqual(request.body);
  });

  it("does not verify with another secret or another body", async () => {
    const request = await requestOf({}, { secret: sealedSecret });
    const other = new Webhook("whsec_b3RoZXI=");
    expect(() => other.verify(request.text, signed(request))).toThrow();
    expect(() => new Webhook(SECRET).verify(`${request.text} `, signed(request))).toThrow();
  });

  it("has an id of its own at every attempt, so that replay protection lets a retry pass", async () => {
    const first = await requestOf({ attempt: 1 }, { secret: sealedSecret });
    const second = await requestOf({ attempt: 2 }, { secret: sealedSecret });
    expect(first.headers["webhook-id"]).toBe("turn_1:deploy:1:1");
    expect(second.headers["webhook-id"]).toBe("turn_1:deploy:1:2");
  });

  it("never contains the secret", async () => {
    const request = await requestOf({}, { secret: sealedSecret });
    expect(JSON.stringify([request.headers, request.text])).not.toContain(SECRET.slice(6, 20));
  });
});

describe("an agent that cannot be called as it is", () => {
  const REJECTED = { type: "failure", code: "agent_rejected", retryable: false };
  const NO_KEYS = { unseal: undefined };

  it.each<[string, Parameters<typeof agentOutputs>[2], object]>([
    ["a secret without a door that opens it", { secret: sealedSecret }, NO_KEYS],
    ["a secret that cannot be opened", { secret: { from: "sealed", sealed: "old" } }, {}],
    ["a secret of the operator's settings", { secret: { from: "setting" } }, {}],
    ["a secret that is no base64", { secret: { from: "sealed", sealed: "sealed:whsec_=a=" } }, {}],
    ["a secret without a key", { secret: { from: "sealed", sealed: "sealed:whsec_" } }, {}],
    ["a door that throws", { secret: sealedSecret }, { unseal: () => Promise.reject(SECRET) }],
    ["a header that is none", { headers: { "not a header": `sealed:${SECRET}` } }, {}],
    ["a header with a line break", { headers: { "x-a": `sealed:${SECRET}\r\nx-b: c` } }, {}],
    ["no URL", { url: "agent" }, {}],
    ["an address with credentials", { url: "http://me:secret@127.0.0.1/" }, {}],
    ["another protocol", { url: "ftp://agent.example/" }, {}],
  ])("%s: rejected for good, without a call", async (_, runtime, doors) => {
    const before = agent.requests.length;
    const outputs = await outputsOf(agentStepFor(agent.url, {}, runtime), {
      settings: settingsFor("http://127.0.0.1:1/v1", { ALLOW_PRIVATE_TARGETS: "true" }),
      unseal: async (sealed) => (sealed.startsWith("sealed:") ? sealed.slice(7) : undefined),
      ...doors,
    });
    expect(outputs).toEqual([expect.objectContaining(REJECTED)]);
    expect(JSON.stringify(outputs)).not.toMatch(/whsec_|c2VjcmV0|me:secret/);
    expect(agent.requests.length).toBe(before);
  });

  it.each(["http://127.0.0.1:1/", "https://127.0.0.1/", "https://10.1.2.3/", "https://localhost/"])(
    "%s where private addresses are not allowed",
    async (url) => {
      const settings = settingsFor("http://127.0.0.1:1/v1");
      const outputs = await outputsOf(agentStepFor(url), { settings });
      expect(outputs).toEqual([expect.objectContaining(REJECTED)]);
    },
  );

  it("is not called on loopback where private addresses are not allowed", async () => {
    const before = agent.requests.length;
    const settings = settingsFor("http://127.0.0.1:1/v1");
    await outputsOf(agentStepFor(agent.url), { settings });
    expect(agent.requests.length).toBe(before);
  });
});
