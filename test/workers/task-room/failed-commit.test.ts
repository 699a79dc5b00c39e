import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

/** The room's storage refuses whatever is to be written until it is told to stop. */
async function refuseWrites(taskId: string): Promise<() => Promise<void>> {
  await runInDurableObject(roomOf(taskId), (_, { storage }) => {
    storage.transactionSync = () => {
      throw new Error("disk full");
    };
  });
  return () =>
    runInDurableObject(roomOf(taskId), (_, { storage }) => {
      Reflect.deleteProperty(storage, "transactionSync");
    });
}

it("[L2] a commit that fails is answered with an error, changes nothing, and the text being written goes on", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "go" });
  const attempt = await model.attempt(1);
  attempt.say("one ");
  await client.frames.next(() => client.frames.state?.streams[0]?.text === "one ");
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const accept = await refuseWrites(taskId);
  const head = client.frames.state?.task.headSeq;
  const refused = await client.ask("chat:send", { content: "lost", clientMessageId: "c-1" });
  expect(refused).toMatchObject({ type: "error", error: { code: "internal" } });
  expect(client.frames.state?.task.headSeq).toBe(head);
  await accept();
  log.mockRestore();

  attempt.say("two");
  attempt.finish();
  await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
  expect(client.frames.state?.messages.map(({ content }) => content)).toEqual(["go", "one two"]);
  const again = await client.ask("chat:send", { content: "lost", clientMessageId: "c-1" });
  expect(again).toMatchObject({ type: "ack", data: { duplicate: false } });
  await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
});
