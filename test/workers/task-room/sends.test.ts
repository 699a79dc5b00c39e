import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

const ack = z.object({ messageId: z.string(), turnId: z.string(), duplicate: z.boolean() });
const page = z.looseObject({ items: z.array(z.looseObject({ content: z.string() })) });
const executed = z.looseObject({ turn: z.looseObject({ id: z.string(), messageId: z.string() }) });

async function asked(taskId: string): Promise<string[]> {
  const response = await call(alice, "GET", `/messages?taskId=${taskId}&role=user`);
  return page.parse(await response.json()).items.map(({ content }) => content);
}

const HELLO = { content: "hello", clientMessageId: "c-1" };

it("[M2] ten identical sends at once, over ten connections, make one message, and one of the answers is not a duplicate", async () => {
  const taskId = await newTask(alice);
  const clients = await Promise.all(
    Array.from({ length: 5 }, () => RoomClient.join(alice, taskId)),
  );
  const replies = await Promise.all(
    [...clients, ...clients].map((client) => client.ask("chat:send", HELLO)),
  );
  const acks = replies.map(({ data }) => ack.parse(data));
  expect(acks.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  expect(new Set(acks.map(({ messageId, turnId }) => `${messageId} ${turnId}`)).size).toBe(1);
  expect(await asked(taskId)).toEqual(["hello"]);
  await Promise.all(clients.map((client) => client.ask("history:sync")));
  for (const { frames } of clients) expect(frames.of("chat:message")).toHaveLength(1);
});

describe("[M2] the same id with the same content is the same message", () => {
  it("after the turn has ended", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const first = ack.parse((await client.ask("chat:send", HELLO)).data);
    (await model.attempt(1)).finish();
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
    const second = ack.parse((await client.ask("chat:send", HELLO)).data);
    expect(second).toEqual({ ...first, duplicate: true });
    expect(await asked(taskId)).toEqual(["hello"]);
  });

  it("after the room was evicted", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "before");
    const first = ack.parse((await client.ask("chat:send", HELLO)).data);
    (await model.attempt(2)).finish();
    await client.frames.next(() => client.frames.state?.openTurns.length === 0);
    await evictDurableObject(roomOf(taskId));
    const second = ack.parse((await client.ask("chat:send", HELLO)).data);
    expect(second).toEqual({ ...first, duplicate: true });
  });

  it("after the runtime died under it", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const first = ack.parse((await client.ask("chat:send", HELLO)).data);
    await model.attempt(1);
    await abortAllDurableObjects();
    const again = await RoomClient.join(alice, taskId);
    const second = ack.parse((await again.ask("chat:send", HELLO)).data);
    expect(second).toEqual({ ...first, duplicate: true });
    expect(await asked(taskId)).toEqual(["hello"]);
  });
});

describe("[M3] the same id with something else is a conflict and changes nothing", () => {
  const cases: [string, object][] = [
    ["other content", { ...HELLO, content: "goodbye" }],
    ["another thread", { ...HELLO, threadId: "side" }],
  ];
  it.each(cases)("%s", async (_, other) => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", HELLO);
    const head = client.frames.state?.task.headSeq;
    const reply = await client.ask("chat:send", other);
    expect(reply).toMatchObject({ type: "error", error: { code: "conflict" } });
    expect(await asked(taskId)).toEqual(["hello"]);
    expect(head).toBeDefined();
  });

  it("after the room was evicted", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", HELLO);
    (await model.attempt(1)).finish();
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
    await evictDurableObject(roomOf(taskId));
    const reply = await client.ask("chat:send", { ...HELLO, content: "goodbye" });
    expect(reply).toMatchObject({ type: "error", error: { code: "conflict" } });
  });
});

it("[M2] naming the default thread is no change of content", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", HELLO);
  const again = await client.ask("chat:send", { ...HELLO, threadId: "main" });
  expect(again).toMatchObject({ type: "ack", data: { duplicate: true } });
});

it("[M2] two users' equal ids are two messages", async () => {
  const bob = newUser();
  const taskId = await newTask(alice, { members: [{ userId: bob, role: "editor" }] });
  const one = await RoomClient.join(alice, taskId);
  const two = await RoomClient.join(bob, taskId);
  const replies = await Promise.all([one.ask("chat:send", HELLO), two.ask("chat:send", HELLO)]);
  expect(replies.map(({ data }) => ack.parse(data).duplicate)).toEqual([false, false]);
  expect(await asked(taskId)).toEqual(["hello", "hello"]);
});

it("[M1] a send that is refused leaves its id free", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "first" });
  const refused = await client.ask("chat:send", { ...HELLO, onBusy: "reject" });
  expect(refused).toMatchObject({ error: { code: "turn_active" } });
  const reply = await client.ask("chat:send", HELLO);
  expect(ack.parse(reply.data).duplicate).toBe(false);
});

describe("[M6] chat:message carries the sender's own id", () => {
  const ids = (client: RoomClient) =>
    client.frames.of("chat:message").map((frame) => sent.parse(frame.data).clientMessageId);
  const sent = z.object({ message: z.object({}), clientMessageId: z.string().optional() });

  it("over the socket and over REST, to everyone, and to who replays the log", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", HELLO);
    await client.ask("chat:send", { content: "without" });
    const body = { input: "by REST", clientMessageId: "c-2" };
    expect((await call(alice, "POST", `/tasks/${taskId}/execute`, body)).status).toBe(202);
    await client.frames.next(() => ids(client).length === 3);
    expect(ids(client)).toEqual(["c-1", undefined, "c-2"]);
    const late = await RoomClient.join(alice, taskId, { after: 0 });
    await late.frames.next(() => ids(late).length === 3);
    expect(ids(late)).toEqual(["c-1", undefined, "c-2"]);
    expect(late.frames.of("session:ready")).toMatchObject([{ data: { userId: alice } }]);
  });

  it("also of guidance that came too late, and became a turn", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", HELLO);
    const attempt = await model.attempt(1);
    await client.ask("chat:send", { content: "left", clientMessageId: "c-3", onBusy: "guide" });
    attempt.finish();
    await client.frames.next(() => ids(client).length === 2);
    expect(ids(client)).toEqual(["c-1", "c-3"]);
  });
});

describe("[M4] execute with an Idempotency-Key", () => {
  const execute = (taskId: string, key: string, body: object) =>
    call(alice, "POST", `/tasks/${taskId}/execute`, body, { "Idempotency-Key": key });

  it("ten at once make one turn, and all get it", async () => {
    const taskId = await newTask(alice);
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => execute(taskId, "k-1", { input: "do it" })),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]));
    const turns = await Promise.all(
      responses.map(async (response) => executed.parse(await response.json()).turn.id),
    );
    expect(new Set(turns).size).toBe(1);
    expect(await asked(taskId)).toEqual(["do it"]);
  });

  it("another body under the same key is a conflict, also after the runtime died", async () => {
    const taskId = await newTask(alice);
    expect((await execute(taskId, "k-1", { input: "do it" })).status).toBe(202);
    await model.attempt(1);
    await abortAllDurableObjects();
    const response = await execute(taskId, "k-1", { input: "do that" });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: "conflict" });
    expect(await asked(taskId)).toEqual(["do it"]);
  });

  it("a clientMessageId is the same over REST and over the socket", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const first = ack.parse((await client.ask("chat:send", HELLO)).data);
    const body = { input: "hello", clientMessageId: "c-1" };
    const response = await execute(taskId, "k-1", body);
    expect(executed.parse(await response.json()).turn.id).toBe(first.turnId);
    expect(await asked(taskId)).toEqual(["hello"]);
  });
});
