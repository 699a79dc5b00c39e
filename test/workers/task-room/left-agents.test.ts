import { abortAllDurableObjects } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { StepFailure } from "../../../src/resources/step";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const BROKEN: StepFailure = {
  type: "failure",
  code: "agent_unavailable",
  message: "The agent broke off.",
  retryable: true,
};
const rpc = z.looseObject({ method: z.string(), params: z.looseObject({ id: z.string() }) });

let alice: string;
let taskId: string;
let turnId: string;
let client: RoomClient;
let model: ScriptedModel;
let calls: { url: string; token: string | null; method: string; id: string }[];
/** Whether the agent keeps whoever calls it waiting. */
let isSlow: boolean;

/** A team whose one agent is another's, over A2A; what its attempts come to a test says. */
beforeEach(async () => {
  alice = newUser();
  model = new ScriptedModel();
  calls = [];
  isSlow = false;
  Object.assign(control, { model: model.callAgent, left: [], clockAheadMs: 0 });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { method, params } = rpc.parse(JSON.parse(String(init?.body)));
    const token = new Headers(init?.headers).get("authorization");
    calls.push({ url: String(input), token, method, id: params.id });
    const body = { jsonrpc: "2.0", id: 1, result: { id: params.id, status: {} } };
    while (isSlow) await scheduler.wait(5);
    return Response.json(body);
  });
  const make = async (collection: string, spec: object) => {
    const answer = await call(alice, "POST", `/${collection}`, { metadata: { name: "far" }, spec });
    expect(answer.status, await answer.clone().text()).toBe(201);
  };
  const headers = { Authorization: "Bearer t-1" };
  await make("shells", { runtime: "a2a", url: "https://far.example/card.json", headers });
  await make("bots", { ghostRef: "system/assistant", shellRef: `${alice}/far` });
  const members = [{ role: "work", botRef: `${alice}/far` }];
  await make("teams", { collaboration: "solo", members });
  taskId = await newTask(alice, { teamRef: `${alice}/far` });
  client = await RoomClient.join(alice, taskId);
  const { data } = await client.ask("chat:send", { content: "go" });
  turnId = z.looseObject({ turnId: z.string() }).parse(data).turnId;
});
afterEach(() => {
  vi.restoreAllMocks();
  control.model = undefined;
});

const KEPT = {
  taskId: "far-1",
  way: { url: "https://far.example/rpc", version: "1.0", isStreaming: true },
};

/** The first attempt has the agent at work, and is over as `end` says; nothing more where it says nothing. */
async function attempted(end?: StepFailure): Promise<void> {
  const attempt = await model.attempt(1);
  attempt.say("So far", {
    type: "resumable",
    memo: { key: attempt.request.idempotencyKey, state: KEPT },
  });
  await client.frames.next(({ type }) => type === "chat:round");
  if (!end) return;
  attempt.say(end);
  await client.frames.next(({ type }) => type === "chat:error");
}

const CANCELLED = {
  url: "https://far.example/rpc",
  token: "Bearer t-1",
  method: "CancelTask",
  id: "far-1",
};

describe("[J8] an agent of A2A that works on while no attempt is at work", () => {
  it("is told of a stop, once, and nobody waits for it", async () => {
    await attempted({ ...BROKEN, retryAfterMs: 300_000 });
    isSlow = true;
    expect((await client.ask("chat:cancel")).type).toBe("ack");
    expect((await client.ask("chat:cancel")).type).toBe("ack");
    await expect.poll(() => calls).toEqual([CANCELLED]);
    isSlow = false;
    await scheduler.wait(50);
    expect(calls).toEqual([CANCELLED]);
  });

  it("is told of the task's erasure", async () => {
    await attempted({ ...BROKEN, retryAfterMs: 300_000 });
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    await expect.poll(() => calls).toEqual([CANCELLED]);
  });

  it("is told of a stop where its attempt has died with the room's object", async () => {
    await attempted();
    await abortAllDurableObjects();
    const stop = `/tasks/${taskId}/turns/${turnId}/interrupt`;
    expect((await call(alice, "POST", stop, {})).status).toBe(202);
    await expect.poll(() => calls).toEqual([CANCELLED]);
  });

  it("is not told where it is waited for at its own place: the step has failed for good", async () => {
    await attempted({ ...BROKEN, code: "agent_rejected", retryable: false });
    await client.frames.next(({ type }) => type === "task:error");
    expect(control.left).toEqual([]);
    expect(calls).toEqual([]);
  });

  it("is not told where nothing is known of it", async () => {
    (await model.attempt(1)).say({ ...BROKEN, retryAfterMs: 300_000 });
    await client.frames.next(({ type }) => type === "chat:error");
    await client.ask("chat:cancel");
    expect(calls).toEqual([]);
  });
});
