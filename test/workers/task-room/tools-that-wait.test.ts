import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { settings } from "../../../src/platform/settings";
import type { StepRecord } from "../../../src/resources/step";
import { passTo } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control } from "../../worker/control";

const { CLIENT_TOOL_TIMEOUT_MS } = settings.parse({});
/** Shorter than a token lives. */
const CONFIRM_TIMEOUT_MS = 900_000;
const PAY = { round: 0, index: 0, toolCallId: "c0", name: "pay", input: { amount: 10 } };
const OPEN = { round: 0, index: 1, toolCallId: "c1", name: "open", input: {} };
const READ = { round: 0, index: 2, toolCallId: "c2", name: "read", input: {} };
const { input: _, ...READ_NAMED } = READ;

/** A round that asks for an approval, hands one call to the client, and has made the third. */
const ROUND: StepRecord[] = [
  { type: "round", round: 0, text: "Let me see.", calls: [PAY, OPEN, READ] },
  { type: "tool-approval", ...PAY },
  { type: "tool-call", ...OPEN, where: "client" },
  { type: "tool-call", ...READ },
  { type: "tool-result", ...READ_NAMED, output: "read" },
];

let alice: string;
let bob: string;
let taskId: string;
let model: ScriptedModel;
let client: RoomClient;
let turnId: string;

const sent = z.looseObject({ turnId: z.string() });
const room = () => env.TASK_ROOM.getByName(taskId);

beforeEach(async () => {
  alice = newUser();
  bob = newUser();
  control.clockAheadMs = 0;
  control.settings = { CONFIRM_TIMEOUT_MS };
  model = new ScriptedModel();
  control.model = model.callAgent;
  taskId = await newTask(alice, { members: [{ userId: bob, role: "editor" }] });
  client = await RoomClient.join(alice, taskId);
  const clientTools = [{ name: "open", inputSchema: { type: "object" } }];
  const ack = await client.ask("chat:send", { content: "go", clientTools });
  turnId = sent.parse(ack.data).turnId;
  const attempt = await model.attempt(1);
  expect(attempt.request.clientTools).toEqual(clientTools);
  attempt.say(...ROUND, { type: "wait" });
  await client.frames.next(says("turn:status", "WAITING"));
});

const approve = (by: RoomClient, yes: boolean, more: object = {}) =>
  by.ask("turn:confirm", { turnId, step: "assistant", toolCallId: "c0", approve: yes, ...more });
const give = (by: RoomClient, more: object) =>
  by.ask("tool:output", { turnId, toolCallId: "c1", ...more });

/** The calls of the one round that the next attempt goes on from. */
async function nextCalls() {
  const { request } = await model.attempt(2);
  expect(request.rounds).toHaveLength(1);
  return request.rounds[0]?.calls;
}

async function finished(): Promise<object> {
  const attempt = await model.attempt(2);
  attempt.say("Done.");
  attempt.finish();
  await client.frames.next(says("turn:status", "COMPLETED"));
  return Object(client.frames.state?.messages.at(-1));
}

describe("[E4] calls of a round that wait for a person, and for the client", () => {
  it("are answered one by one; the turn goes on after the last, with what each gave", async () => {
    expect(client.frames.of("tool:approval")[0]?.data).toMatchObject({ ...PAY, turnId });
    await approve(client, true);
    expect(client.frames.of("chat:start")).toHaveLength(1);
    await give(client, { output: { seen: [1, 2] } });
    expect(await nextCalls()).toMatchObject([
      { ...callOf(PAY), approval: "given" },
      { ...callOf(OPEN), output: { seen: [1, 2] } },
      { ...callOf(READ), output: "read" },
    ]);
    expect(client.frames.of("chat:start")[1]?.data).toMatchObject({ attempt: 2, offset: 11 });
    const message = await finished();
    expect(message).toMatchObject({ content: "Let me see.Done.", status: "complete" });
    const { tools } = z
      .looseObject({ tools: z.array(z.looseObject({})) })
      .parse(Object(message).metadata);
    expect(tools).toHaveLength(3);
    expect(tools.every(({ textOffset }) => textOffset === 11)).toBe(true);
  });

  it("a no is what the call gave, with the note, and the turn goes on", async () => {
    await approve(client, false, { note: "too dear" });
    await give(client, { error: "no such window" });
    const calls = await nextCalls();
    expect(calls?.[0]?.error).toContain("too dear");
    expect(calls?.[1]).toMatchObject({ error: "no such window" });
    const { metadata } = z.looseObject({ metadata: z.unknown() }).parse(await finished());
    const refused = [{ refused: true, error: expect.stringContaining("too dear") }, {}, {}];
    expect(metadata).toMatchObject({ tools: refused });
    const turn = await call(alice, "GET", `/tasks/${taskId}/turns/${turnId}`);
    expect(await turn.json()).toMatchObject({ steps: [{ tools: refused }] });
  });

  it("are answered by their place too: another's is no such call", async () => {
    const path = `/tasks/${taskId}/turns/${turnId}`;
    const wrong = await give(client, { round: 0, index: 2, output: 1 });
    expect(wrong.error?.code).toBe("not_found");
    const yes = { step: "assistant", toolCallId: "c0", round: 0, index: 0, approve: true };
    const elsewhere = await call(bob, "POST", `${path}/confirm`, { ...yes, index: 1 });
    expect(elsewhere.status).toBe(404);
    expect((await call(bob, "POST", `${path}/confirm`, yes)).status).toBe(202);
    const output = { toolCallId: "c1", round: 0, index: 1, output: null };
    expect((await call(alice, "POST", `${path}/tool-outputs`, output)).status).toBe(202);
    await finished();
  });

  it("by REST too, also after an eviction and after the object died", async () => {
    await evictDurableObject(room());
    const path = `/tasks/${taskId}/turns/${turnId}`;
    const yes = { step: "assistant", toolCallId: "c0", approve: true };
    expect((await call(bob, "POST", `${path}/confirm`, yes)).status).toBe(202);
    await abortAllDurableObjects();
    const output = { toolCallId: "c1", output: null };
    expect((await call(alice, "POST", `${path}/tool-outputs`, output)).status).toBe(202);
    expect(await nextCalls()).toMatchObject([{ approval: "given" }, { output: null }, {}]);
    client = await RoomClient.join(alice, taskId);
    await finished();
  });

  it("an answer counts once: of two people who say yes and no at once one is refused", async () => {
    const second = await RoomClient.join(bob, taskId);
    const replies = await Promise.all([approve(client, true), approve(second, false)]);
    expect(replies.map(({ type }) => type).sort()).toEqual(["ack", "error"]);
    expect(replies.find(({ error }) => error)?.error?.code).toBe("invalid_transition");
    await second.frames.next(({ type }) => type === "tool:decision");
    expect(second.frames.of("tool:decision")).toHaveLength(1);
  });

  it("only the sender of the turn's message, or an owner, answers for the client", async () => {
    const second = await RoomClient.join(bob, taskId);
    expect((await give(second, { output: 1 })).error?.code).toBe("forbidden");
    expect((await give(client, {})).error?.code).toBe("invalid_request");
    expect((await give(client, { output: 1, error: "both" })).error?.code).toBe("invalid_request");
    expect((await give(client, { toolCallId: "c9", output: 1 })).error?.code).toBe("not_found");
    expect((await give(client, { output: 1 })).type).toBe("ack");
    expect((await give(client, { output: 2 })).error?.code).toBe("invalid_transition");
  });

  it("the step itself is not asked for: a yes without the call's id is refused", async () => {
    const reply = await client.ask("turn:confirm", { turnId, step: "assistant", approve: true });
    expect(reply.error?.code).toBe("invalid_transition");
  });

  it("a client that does not answer in time has failed, and the turn waits for the person alone", async () => {
    await passTo(taskId, clock() + CLIENT_TOOL_TIMEOUT_MS);
    await client.frames.next(
      ({ type, data }) => type === "tool:result" && JSON.stringify(data).includes("in time"),
    );
    expect(client.frames.state?.openTurns[0]?.status).toBe("WAITING");
    await approve(client, true);
    expect((await nextCalls())?.[1]?.error).toContain("in time");
  });

  it("a person who does not answer in time fails the turn, and what was done is kept", async () => {
    await passTo(taskId, clock() + CONFIRM_TIMEOUT_MS);
    await client.frames.next(says("turn:status", "FAILED"));
    const message = client.frames.state?.messages.at(-1);
    expect(message).toMatchObject({ status: "failed", content: "Let me see." });
    const { tools } = z.looseObject({ tools: z.array(z.looseObject({})) }).parse(message?.metadata);
    expect(tools[2]).toMatchObject({ name: "read", output: "read" });
  });
});

describe("[E2] a turn that is tried again", () => {
  it("goes on from what its last run did, also with an object that knows nothing of it", async () => {
    await client.ask("chat:cancel", { turnId });
    await client.frames.next(says("turn:status", "INTERRUPTED"));
    await abortAllDurableObjects();
    client = await RoomClient.join(alice, taskId);
    await client.ask("chat:retry", { turnId });
    const calls = await nextCalls();
    expect(calls?.[2]).toMatchObject({ name: "read", output: "read" });
    const last = await RoomClient.join(bob, taskId, { after: 0 });
    await last.frames.next(({ seq }) => seq === client.frames.state?.task.headSeq);
    expect(last.frames.state?.streams).toEqual(client.frames.state?.streams);
    expect(client.frames.state?.streams[0]).toMatchObject({ text: "Let me see.", attempt: 2 });
  });
});

function callOf({ round, ...call }: typeof PAY | typeof OPEN | typeof READ) {
  return call;
}

it("[A5] the attempt after a wait is told whole, though the one before ended within a character", async () => {
  await approve(client, true);
  await give(client, { output: "opened" });
  const second = await model.attempt(2);
  const from = client.frames.all.length;
  const call = { ...PAY, round: 1 };
  second.say("Once more \ud83d");
  second.say({ type: "round", round: 1, text: "Once more", calls: [call] });
  second.say({ type: "tool-approval", ...call }, { type: "wait" });
  await client.frames.next(says("turn:status", "WAITING"), from);
  await approve(client, true, { round: 1, index: 0 });
  const third = await model.attempt(3);
  third.say("Done.");
  third.finish();
  await client.frames.next(says("turn:status", "COMPLETED"));
  const { content } = Object(client.frames.state?.messages.at(-1));
  expect(content).toBe("Let me see.\n\nOnce moreDone.");
});
