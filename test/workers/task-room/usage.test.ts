import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { proxyDurable } from "itty-durable";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { usageView } from "../../../src/protocol/rooms/metering";
import { roomOf } from "../../support/room-alarm";
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

it("[U2] what a task has cost is counted also where it is erased before its meter could be told", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const taskId = await newTask(alice);
  control.meters = "down";
  await converse(await RoomClient.join(alice, taskId), model, "one");
  expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
  control.meters = "up";
  await runDurableObjectAlarm(roomOf(taskId));
  await expect.poll(today).toEqual(one);
  // Then nothing is left of it.
  const query = "SELECT count(*) AS n FROM sqlite_schema WHERE name = 'log'";
  const left = () =>
    runInDurableObject(roomOf(taskId), (_, { storage }) => storage.sql.exec(query).one());
  await expect.poll(left).toEqual({ n: 0 });
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

it("[U3] a turn that waits in the queue is counted while it waits", async () => {
  control.settings = { TURNS_PER_DAY: 3 };
  const client = await RoomClient.join(alice, await newTask(alice));
  await client.ask("chat:send", { content: "one" });
  const attempt = await model.attempt(1);
  await expect.poll(today).toMatchObject({ turns: 1 });
  await client.ask("chat:send", { content: "two" });
  await expect.poll(today).toMatchObject({ turns: 2 });
  attempt.finish();
  (await model.attempt(2)).finish();
  await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
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

describe("[U3] guidance", () => {
  const guide = (taskId: string, turnId: string, content: string, by = alice) =>
    call(by, "POST", `/tasks/${taskId}/turns/${turnId}/guide`, { content });
  const statusOf = async (taskId: string, content: string) => {
    const listed = await (await call(alice, "GET", `/messages?taskId=${taskId}`)).json();
    const turnId = turnOf.parse(listed).items.find((item) => item.content === content)?.turnId;
    const turn = await call(alice, "GET", `/tasks/${taskId}/turns/${turnId}`);
    return begun.parse(await turn.json());
  };
  const turnOf = z.object({
    items: z.array(z.looseObject({ content: z.string(), turnId: z.string() })),
  });
  const begun = z.looseObject({
    id: z.string(),
    status: z.string(),
    reason: z.string().optional(),
    startedAt: z.string().optional(),
  });
  /** A turn at work in a task of Alice's; Bob is its editor. */
  async function running(turnsPerDay: number) {
    control.settings = { TURNS_PER_DAY: turnsPerDay };
    const bob = newUser();
    const taskId = await newTask(alice, { members: [{ userId: bob, role: "editor" }] });
    const client = await RoomClient.join(alice, taskId);
    const { data } = await client.ask("chat:send", { content: "hello" });
    const { turnId } = z.looseObject({ turnId: z.string() }).parse(data);
    return { bob, taskId, client, turnId, attempt: await model.attempt(1) };
  }

  it("steers a turn also where no other is left, and costs none where it does", async () => {
    const { taskId, client, turnId, attempt } = await running(1);
    expect((await guide(taskId, turnId, "by REST")).status).toBe(202);
    expect(await client.ask("chat:guide", { content: "by socket" })).toMatchObject({ type: "ack" });
    const sent = await client.ask("chat:send", { content: "by policy", onBusy: "guide" });
    expect(sent).toMatchObject({ type: "ack" });
    attempt.say({ type: "failure", code: "model_unavailable", message: "No.", retryable: true });
    await client.frames.next(({ type }) => type === "chat:error");
    (await model.attempt(2)).finish();
    await client.frames.next(says("turn:status", "COMPLETED"));
    expect(client.frames.of("chat:guided")).toHaveLength(3);
    await expect.poll(today).toMatchObject({ turns: 1 });
    expect(client.frames.state?.openTurns).toEqual([]);
  });

  it("becomes a turn for which its giver has a turn left, one after the other", async () => {
    const { bob, taskId, client, turnId, attempt } = await running(2);
    await guide(taskId, turnId, "one");
    await guide(taskId, turnId, "two");
    await guide(taskId, turnId, "of Bob's", bob);
    attempt.finish();
    (await model.attempt(2)).finish();
    (await model.attempt(3)).finish();
    await client.frames.next(() => client.frames.state?.openTurns.length === 0);
    expect(await statusOf(taskId, "one")).toMatchObject({ status: "COMPLETED" });
    const refused = await statusOf(taskId, "two");
    expect(refused).toMatchObject({ status: "INTERRUPTED" });
    expect([refused.startedAt, refused.reason]).toEqual([
      undefined,
      expect.stringMatching(/^quota_exceeded: /),
    ]);
    expect(await statusOf(taskId, "of Bob's")).toMatchObject({ status: "COMPLETED" });
    await expect.poll(today).toMatchObject({ turns: 2 });
    await expect.poll(async () => (await used(bob)).today.turns).toBe(1);

    const again = await client.ask("chat:retry", { turnId: refused.id });
    expect(again.error).toMatchObject({ code: "quota_exceeded" });
    expect(model.attempts).toHaveLength(3);
    control.settings = { TURNS_PER_DAY: 3 };
    // Settings are read when an object is made.
    await evictDurableObject(roomOf(taskId));
    expect(await client.ask("chat:retry", { turnId: refused.id })).toMatchObject({ type: "ack" });
    (await model.attempt(4)).finish();
    await expect.poll(today).toMatchObject({ turns: 3 });
  });

  it("waits where its giver's meter cannot be asked", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { taskId, client, turnId, attempt } = await running(2);
    await guide(taskId, turnId, "late");
    control.meters = "down";
    attempt.finish();
    await client.frames.next(says("turn:status", "COMPLETED"));
    expect(await statusOf(taskId, "late")).toMatchObject({ status: "PENDING" });
    // Who is asked again after an answer that was lost holds one turn, not two.
    control.meters = "answers are lost";
    await roomOf(taskId).wake();
    await client.ask("history:sync");
    control.meters = "up";
    await expect
      .poll(async () => {
        await roomOf(taskId).wake();
        return model.attempts.length;
      })
      .toBe(2);
    (await model.attempt(2)).finish();
    await expect.poll(today).toMatchObject({ turns: 2 });
    log.mockRestore();
  });
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
