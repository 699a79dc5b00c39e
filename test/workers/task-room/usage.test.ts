import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { proxyDurable } from "itty-durable";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { usageView } from "../../../src/protocol/rooms/metering";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = `ålice ${newUser()}`;
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.settings = {};
  control.meters = "up";
});

async function used(user = alice) {
  return usageView.parse(await (await call(user, "GET", "/usage")).json());
}

const today = async () => (await used()).today;
const problem = z.looseObject({ code: z.string(), retryAfterMs: z.number().optional() });
const one = { turns: 1, tokens: 30 };

it("[U1] a turn and its tokens are counted for whoever asked for it, today and this month", async () => {
  expect(await used()).toEqual({
    today: { turns: 0, tokens: 0 },
    month: { turns: 0, tokens: 0 },
    limits: { turnsPerDay: 0, tokensPerDay: 0 },
  });
  const bob = newUser();
  const taskId = await newTask(alice, { members: [{ userId: bob, role: "editor" }] });
  await converse(await RoomClient.join(alice, taskId), model, "hello");
  await expect.poll(today).toEqual(one);
  expect((await used()).month).toEqual(one);
  expect((await used(bob)).today).toEqual({ turns: 0, tokens: 0 });
});

it("[U1] a turn that is tried again counts once, and only the tokens that the new try took", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "hello" });
  const attempt = await model.attempt(1);
  attempt.say("half");
  await client.frames.next(() => client.frames.state?.streams[0]?.text === "half");
  await client.ask("chat:cancel");
  await client.frames.next(says("turn:status", "INTERRUPTED"));
  const turnId = client.frames.all.find(({ type }) => type === "chat:start")?.data;
  const { turnId: id } = z.object({ turnId: z.string() }).parse(turnId);
  await client.ask("chat:retry", { turnId: id });
  (await model.attempt(2)).finish();
  await client.frames.next(says("turn:status", "COMPLETED"));
  await expect.poll(today).toEqual(one);
});

it("[U2] what a meter was told twice, or while it was down, counts once", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const taskId = await newTask(alice);
  control.meters = "answers are lost";
  const client = await RoomClient.join(alice, taskId);
  await converse(client, model, "one");
  await expect.poll(today).toEqual(one);
  control.meters = "down";
  await converse(client, model, "two");
  expect(await today()).toEqual(one);
  control.meters = "up";
  await abortAllDurableObjects();
  // Whatever wakes the room, it tells what its earlier self could not.
  await call(alice, "GET", `/tasks/${taskId}`);
  await expect.poll(today).toEqual({ turns: 2, tokens: 60 });
  log.mockRestore();
});

it("[U3] past the turns of a day every way to a new turn is refused; what is running goes on", async () => {
  control.settings = { TURNS_PER_DAY: 1 };
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  const sent = await client.ask("chat:send", { content: "hello", clientMessageId: "c-1" });
  const attempt = await model.attempt(1);
  const again = await client.ask("chat:send", { content: "more" });
  expect(again.error).toMatchObject({ code: "quota_exceeded", retryAfterMs: expect.any(Number) });
  const repeated = await client.ask("chat:send", { content: "hello", clientMessageId: "c-1" });
  expect(repeated.data).toEqual({ ...z.looseObject({}).parse(sent.data), duplicate: true });
  const executed = await call(alice, "POST", `/tasks/${taskId}/execute`, { input: "more" });
  expect([executed.status, Number(executed.headers.get("Retry-After")) > 0]).toEqual([429, true]);
  expect(problem.parse(await executed.json()).code).toBe("quota_exceeded");
  expect((await call(alice, "POST", "/tasks", { prompt: "more" })).status).toBe(429);
  expect((await call(alice, "POST", "/tasks", {})).status).toBe(201);
  attempt.finish();
  await client.frames.next(says("turn:status", "COMPLETED"));
  expect(client.frames.of("chat:message")).toHaveLength(1);
});

it("[U3] a refused send takes nothing of the quota", async () => {
  control.settings = { TURNS_PER_DAY: 2 };
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "one" });
  for (const n of [1, 2, 3]) {
    const reply = await client.ask("chat:send", { content: `no ${n}`, onBusy: "reject" });
    expect(reply.error).toMatchObject({ code: "turn_active" });
  }
  expect(await client.ask("chat:send", { content: "two" })).toMatchObject({ type: "ack" });
});

it("[U3] past the tokens of a day a turn is not tried again either", async () => {
  control.settings = { TOKENS_PER_DAY: 30 };
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "to be stopped" });
  const attempt = await model.attempt(1);
  await client.ask("chat:cancel");
  const { turnId } = z.looseObject({ turnId: z.string() }).parse(attempt.request);
  await converse(client, model, "hello");
  await expect.poll(today).toMatchObject({ tokens: 30 });
  const retried = await client.ask("chat:retry", { turnId });
  expect(retried.error).toMatchObject({ code: "quota_exceeded" });
});

it("[U4] a stop sent behind a message stops it, although the message waits for the meter", async () => {
  control.settings = { TURNS_PER_DAY: 5 };
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  client.send({ type: "chat:send", id: "a", data: { content: "hello" } });
  client.send({ type: "chat:cancel", id: "b", data: {} });
  client.send({ type: "chat:send", id: "c", data: { content: "after" } });
  await client.frames.next(({ ref }) => ref === "c");
  const order = client.frames.all.flatMap(({ ref }) => ref ?? []);
  expect(order).toEqual(["a", "b", "c"]);
  await client.frames.next(says("turn:status", "INTERRUPTED"));
});

it("[U4] without the meter nothing is let in, and the refusal says that it may pass", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  control.settings = { TURNS_PER_DAY: 5 };
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  control.meters = "down";
  const reply = await client.ask("chat:send", { content: "hello" });
  expect(reply.error).toMatchObject({ code: "unavailable" });
  expect((await call(alice, "GET", `/tasks/${taskId}`)).status).toBe(200);
  log.mockRestore();
});

it("TURN_TOKEN_LIMIT holds for teams that name no limit of their own", async () => {
  control.settings = { TURN_TOKEN_LIMIT: 10 };
  const teamRef = "system/research-plan-implement";
  const taskId = await newTask(alice, { teamRef });
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "hello" });
  const attempt = await model.attempt(1);
  attempt.say("found");
  attempt.finish();
  await client.frames.next(says("turn:status", "WAITING"));
});

it("stored counts are read through their schema", async () => {
  const meter = proxyDurable(env.USAGE_METER, { parse: true }).get(
    env.USAGE_METER.idFromName(alice),
  );
  await expect(meter.count({ taskId: "x", items: "none" })).rejects.toThrow();
  expect(await today()).toEqual({ turns: 0, tokens: 0 });
});
