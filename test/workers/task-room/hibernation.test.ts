import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import * as z from "zod";
import type { Hearing } from "../../../src/agents/voice";
import { Frames } from "../../support/frames";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { FINISH, ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let model: ScriptedModel;

let alice: string;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

const roomOf = (taskId: string) => env.TASK_ROOM.getByName(taskId);

function constructions(taskId: string): number {
  return control.constructed.get(env.TASK_ROOM.idFromName(taskId).toString()) ?? 0;
}

it("[C4] an evicted room goes on with its sockets, its state and its numbers", async () => {
  const taskId = await newTask(alice, { prompt: "first" });
  (await model.attempt(1)).say("one");
  (await model.attempt(1)).finish();
  const client = await RoomClient.join(alice, taskId);
  const before = constructions(taskId);
  await client.frames.next(({ type }) => type === "session:ready");
  await evictDurableObject(roomOf(taskId));
  await client.ask("chat:send", { content: "second" });
  expect(constructions(taskId)).toBe(before + 1);
  const attempt = await model.attempt(2);
  expect(attempt.request.context).toEqual([
    { role: "user", content: "first" },
    { role: "assistant", content: "one" },
  ]);
  attempt.say("two");
  attempt.finish();
  await client.frames.next(({ type }) => type === "chat:done");
  await client.ask("history:sync");
  const rejoined = await RoomClient.join(alice, taskId);
  expect(client.frames.state).toEqual(rejoined.frames.state);
  const replayed = await RoomClient.join(alice, taskId, { after: 0 });
  expect(replayed.frames.logged().map(({ seq }) => seq)).toEqual(
    replayed.frames.logged().map((_, i) => i + 1),
  );
});

it("[C1] a turn whose object died gets a new attempt when its alarm comes, and ends", async () => {
  const taskId = await newTask(alice, { prompt: "go" });
  (await model.attempt(1)).say("lost");
  // An answer leaves the object only once what it rests on is stored.
  await call(alice, "GET", `/tasks/${taskId}`);
  await abortAllDurableObjects();
  await runDurableObjectAlarm(roomOf(taskId));
  const again = await model.attempt(2);
  expect(again.request.attempt).toBe(2);
  again.say("kept");
  again.finish();
  const client = await RoomClient.join(alice, taskId);
  await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
  const contents = client.frames.state?.messages.map(({ content }) => content);
  expect(contents).toEqual(["go", "kept"]);
});

it("[R2] a client that joins in mid-stream gets the text so far as one chunk", async () => {
  const taskId = await newTask(alice, { prompt: "go" });
  const attempt = await model.attempt(1);
  const one = await RoomClient.join(alice, taskId);
  attempt.say("Hello ");
  await one.frames.next(({ type }) => type === "chat:chunk");
  const { headSeq, epoch } = z.object({ headSeq: z.number(), epoch: z.string() }).parse(one.ready);
  const two = await RoomClient.join(
    alice,
    taskId,
    { after: headSeq, epoch },
    new Frames(one.frames.state),
  );
  const chunk = await two.frames.next(({ type }) => type === "chat:chunk");
  expect(chunk.data).toMatchObject({ offset: 0, delta: "Hello " });
  expect(two.ready).not.toHaveProperty("state");
  attempt.say("world 🎉");
  attempt.finish();
  for (const client of [one, two]) {
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
  }
  expect(two.frames.state).toEqual(one.frames.state);
});

it("[R1] the first frame is `session:ready`, also where text gathered while the socket was opened", async () => {
  const words = ["Hello ", "dear ", "world"];
  const end = Promise.withResolvers<typeof FINISH>();
  let say: Hearing["say"] = () => undefined;
  control.model = (_, hearing) => {
    say = hearing.say;
    return end.promise;
  };
  const taskId = await newTask(alice, { prompt: "go" });
  const one = await RoomClient.join(alice, taskId);
  control.opening.answered = async () => {
    for (const word of words) say("text", word);
  };
  const two = await RoomClient.join(alice, taskId);
  control.opening = {};
  expect(two.frames.all[0]?.type).toBe("session:ready");
  end.resolve(FINISH);
  for (const client of [one, two]) {
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
    expect(client.frames.state?.messages.at(-1)?.content).toBe(words.join(""));
  }
});
