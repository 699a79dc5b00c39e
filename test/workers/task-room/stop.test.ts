import { beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const turnStatus = (status: string) => (frame: { type: string; data?: unknown }) =>
  frame.type === "turn:status" &&
  z.looseObject({ status: z.string() }).parse(frame.data).status === status;

let model: ScriptedModel;

let alice: string;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

async function running() {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "go" });
  const attempt = await model.attempt(1);
  attempt.say("half an ");
  await client.frames.next(({ type }) => type === "chat:chunk");
  return { taskId, client, attempt };
}

it("[X3] a stop keeps what was written, ends the turn and aborts the provider", async () => {
  const { client, attempt, taskId } = await running();
  const ack = await client.ask("chat:cancel", { reason: "enough" });
  expect(ack.type).toBe("ack");
  expect(attempt.signal.aborted).toBe(true);
  const types = client.frames.logged().map(({ type }) => type);
  expect(types.slice(-3)).toEqual(["chat:cancelled", "turn:status", "task:status"]);
  expect(client.frames.of("chat:cancelled")[0]?.data).toMatchObject({
    by: alice,
    reason: "enough",
    message: { content: "half an ", status: "interrupted" },
  });
  const task = z.looseObject({}).parse(await (await call(alice, "GET", `/tasks/${taskId}`)).json());
  expect(task).toMatchObject({ status: "COMPLETED", statusReason: "interrupted", role: "owner" });
});

it("[X1] nothing of a stopped attempt is heard, even if its provider goes on", async () => {
  const { client, attempt } = await running();
  await client.ask("chat:cancel");
  const heard = client.frames.all.length;
  attempt.say("more");
  attempt.finish();
  await client.ask("history:sync");
  expect(client.frames.all.slice(heard).map(({ type }) => type)).toEqual(["ack"]);
});

it("[X2] a stop can be said again, and when nothing runs", async () => {
  const { client } = await running();
  const replies = await Promise.all([client.ask("chat:cancel"), client.ask("chat:cancel")]);
  expect(replies.map(({ type }) => type)).toEqual(["ack", "ack"]);
  expect(client.frames.of("chat:cancelled")).toHaveLength(1);
});

it("[X2] a turn that waits is stopped before it has begun", async () => {
  const { client, attempt } = await running();
  const sent = await client.ask("chat:send", { content: "second" });
  const { turnId } = z.looseObject({ turnId: z.string() }).parse(sent.data);
  await client.ask("chat:cancel", { turnId });
  attempt.finish();
  await client.frames.next(turnStatus("COMPLETED"));
  expect(client.frames.state?.task.status).toBe("COMPLETED");
  expect(client.frames.of("chat:start")).toHaveLength(1);
});

it("[X2] a stop in the same moment as the send is a stop", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  client.send({ type: "chat:send", data: { content: "go" } });
  client.send({ type: "chat:cancel", data: {} });
  await client.frames.next(turnStatus("INTERRUPTED"));
  await client.ask("history:sync");
  expect(client.frames.state?.openTurns).toEqual([]);
  expect(client.frames.state?.task.status).toBe("COMPLETED");
});

it("[X1] interrupt by REST ends every open turn", async () => {
  const { taskId, client } = await running();
  await client.ask("chat:send", { content: "second" });
  const response = await call(alice, "POST", `/tasks/${taskId}/interrupt`, {
    reason: "all of it",
  });
  expect(response.status).toBe(202);
  expect(await response.json()).toEqual({ interrupted: 2 });
  expect(client.frames.state?.openTurns).toEqual([]);
});

it("[X6] cancelling the task ends its turns and takes no more messages", async () => {
  const { taskId, client } = await running();
  const response = await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
  expect(response.status).toBe(200);
  const types = client.frames.logged().map(({ type }) => type);
  expect(types.slice(-3)).toEqual(["chat:cancelled", "turn:status", "task:status"]);
  expect(await client.ask("chat:send", { content: "more" })).toMatchObject({
    type: "error",
    error: { code: "task_cancelled" },
  });
});

it("[X6] deleting the task closes its sockets with 4410 and leaves nothing behind", async () => {
  const { taskId, client, attempt } = await running();
  expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
  expect(await client.frames.whenClosed()).toMatchObject({ code: 4410 });
  expect(attempt.signal.aborted).toBe(true);
  expect((await call(alice, "GET", `/tasks/${taskId}`)).status).toBe(404);
  expect((await call(alice, "GET", `/messages?taskId=${taskId}`)).status).toBe(404);
  const list = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) });
  const tasks = list.parse(await (await call(alice, "GET", "/tasks?limit=200")).json());
  expect(tasks.items.map(({ id }) => id)).not.toContain(taskId);
});

it("[A10] a stop right after a call of the model loses nothing of what that cost", async () => {
  const { client, attempt } = await running();
  const from = client.frames.all.length;
  const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
  attempt.say({ type: "usage", usage }, "answer");
  await client.frames.next(({ type }) => type === "chat:chunk", from);
  await client.ask("chat:cancel");
  const ended = await client.frames.next(turnStatus("INTERRUPTED"));
  expect(ended.data).toMatchObject({ usage, tokens: 15 });
});
