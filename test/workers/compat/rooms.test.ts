import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { Release, ROOM_NAMES } from "../../compat/released";
import { ring, roomOf } from "../../support/room-alarm";
import { call, RoomClient } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control, freeClock, stopClock } from "../../worker/control";

const page = z.object({ items: z.array(z.looseObject({ id: z.string(), status: z.string() })) });
const numbers = z.object({ items: z.array(z.looseObject({ seq: z.number() })) });
const withHead = z.looseObject({ headSeq: z.number(), createdBy: z.string() });

const release = new Release();
const { alice } = release;
let model: ScriptedModel;

beforeAll(async () => {
  stopClock();
  model = new ScriptedModel();
  control.model = model.callAgent;
  await release.database();
});
afterAll(freeClock);

async function ask<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  const response = await call(alice, "GET", path);
  expect(response.status).toBe(200);
  return schema.parse(await response.json());
}

async function statuses(taskId: string): Promise<string[]> {
  const { items } = await ask(page, `/tasks/${taskId}/turns`);
  return items.map(({ status }) => status).reverse();
}

/** The next attempt from here on, once the model is asked. */
function nextAttempt(from: number) {
  return model.attempt(from + 1);
}

async function answerNext(from: number, text: string): Promise<void> {
  const attempt = await nextAttempt(from);
  attempt.say(text);
  attempt.finish();
}

/** How many events somebody still is to be told. */
async function lag(taskId: string): Promise<number> {
  return (await ask(z.looseObject({ outboxLag: z.number() }), `/tasks/${taskId}/stats`)).outboxLag;
}

it("every state of a room has been recorded", () => {
  expect(ROOM_NAMES.sort()).toEqual(
    ["at rest", "between phases", "half told", "retrying", "running", "waiting"].sort(),
  );
});

it("a room at rest is what it was: history, replay, repeated sends, and the next turn", async () => {
  const taskId = await release.room("at rest");
  expect(await ask(withHead, `/tasks/${taskId}`)).toMatchObject({
    headSeq: 18,
    createdBy: alice,
    title: "Boats",
    labels: { kind: "boat" },
    metadata: { order: 17 },
    status: "COMPLETED",
  });
  expect(await statuses(taskId)).toEqual(["COMPLETED", "COMPLETED"]);
  const { items } = await ask(numbers, `/tasks/${taskId}/events`);
  expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
  const client = await RoomClient.join(alice, taskId, { after: 0 });
  await client.frames.next(({ seq }) => seq === 18);
  expect(client.frames.logged().map(({ seq }) => seq)).toEqual(items.map(({ seq }) => seq));
  const said = client.frames.state?.messages.map(({ content }) => content);
  expect(said).toEqual(["about one", "one", "two", "the second"]);

  const again = { content: "two", clientMessageId: "mine-2" };
  const ack = await client.ask("chat:send", again);
  expect(ack.type).toBe("ack");
  expect(await statuses(taskId)).toHaveLength(2);
  await converse(client, model, "three");
  client.close();
});

it("a turn that was at work goes on as the next attempt, and the queue behind it follows", async () => {
  const taskId = await release.room("running");
  const from = model.attempts.length;
  const client = await RoomClient.join(alice, taskId, { after: 0 });
  const attempt = await nextAttempt(from);
  expect(attempt.request).toMatchObject({ attempt: 2, input: "first" });
  attempt.say("one");
  attempt.finish();
  await answerNext(from + 1, "two");
  await answerNext(from + 2, "three");
  await expect.poll(() => statuses(taskId)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
  await client.frames.next(says("task:status", "COMPLETED"));
  expect(client.frames.state?.messages.map(({ content }) => content)).toEqual([
    ...["first", "second", "third"],
    ...["one", "two", "three"],
  ]);
  client.close();
});

it("a turn that waits for a person is confirmed, and carried out", async () => {
  const taskId = await release.room("waiting");
  const from = model.attempts.length;
  const { items } = await ask(page, `/tasks/${taskId}/turns`);
  expect(items[0]?.status).toBe("WAITING");
  const confirmed = await call(alice, "POST", `/tasks/${taskId}/turns/${items[0]?.id}/confirm`, {
    step: "work",
    approve: true,
  });
  expect(confirmed.ok).toBe(true);
  await answerNext(from, "done");
  await expect.poll(() => statuses(taskId)).toEqual(["COMPLETED"]);
});

it("a step that waits for a retry is tried again when its time comes, not before", async () => {
  const taskId = await release.room("retrying");
  const from = model.attempts.length;
  await ask(withHead, `/tasks/${taskId}`);
  expect(model.attempts).toHaveLength(from);
  while (model.attempts.length === from) await ring(taskId);
  const attempt = await nextAttempt(from);
  expect(attempt.request).toMatchObject({ attempt: 2 });
  attempt.say("better");
  attempt.finish();
  await expect.poll(() => statuses(taskId)).toEqual(["COMPLETED"]);
});

it("a pipeline goes on in its second phase, with what the first one gave", async () => {
  const taskId = await release.room("between phases");
  const from = model.attempts.length;
  await ask(withHead, `/tasks/${taskId}`);
  const attempt = await nextAttempt(from);
  expect(attempt.request).toMatchObject({ phase: "build", attempt: 2, input: "a boat" });
  expect(attempt.request.context).toEqual([
    { role: "assistant", phase: "plan", content: "the plan" },
  ]);
  attempt.say("the boat");
  attempt.finish();
  await expect.poll(() => statuses(taskId)).toEqual(["COMPLETED"]);
});

it("whoever had not been told hears of it, from where they were", async () => {
  const taskId = await release.room("half told");
  const count = () =>
    env.DB.prepare("SELECT count(*) AS n FROM messages WHERE task_id = ?").bind(taskId).first("n");
  await env.DB.prepare("DELETE FROM messages WHERE task_id = ?").bind(taskId).run();
  await expect.poll(() => lag(taskId)).toBe(0);
  expect(await count()).toBe(2);
  await evictDurableObject(roomOf(taskId));
  expect(await lag(taskId)).toBe(0);
});
