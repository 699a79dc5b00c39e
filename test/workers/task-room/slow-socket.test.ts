import { beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { Frames } from "../../support/frames";
import { newTask, newUser, RoomClient, tokenOf, upgrade } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const PIECE = "漢".repeat(20_000);

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

const ready = z.looseObject({ epoch: z.string() });

it("[B1] a socket that does not take what it is sent is closed with 1013; the others hear everything, and it can resume", async () => {
  const taskId = await newTask(alice);
  const quick = await RoomClient.join(alice, taskId);
  // Its other end is not read from until `accept`.
  const { webSocket: slow } = await upgrade(await tokenOf({ sub: alice }), taskId);
  await quick.ask("chat:send", { content: "tell me all" });
  const attempt = await model.attempt(1);
  let said = "";
  for (let n = 0; n < 60; n++) {
    attempt.say(PIECE);
    said += PIECE;
    await quick.frames.next(() => quick.frames.state?.streams[0]?.text.length === said.length);
  }
  attempt.finish();
  await quick.frames.next(says("task:status", "COMPLETED"));
  expect(quick.frames.state?.messages.at(-1)?.content).toBe(said);

  const frames = new Frames();
  slow?.addEventListener("message", ({ data }) => frames.take(String(data)));
  slow?.addEventListener("close", ({ code, reason }) => frames.close({ code, reason }));
  slow?.accept();
  expect(await frames.whenClosed()).toMatchObject({ code: 1013 });
  const { epoch } = ready.parse(quick.ready);
  const after = frames.state?.task.headSeq ?? 0;
  const back = await RoomClient.join(alice, taskId, { after, epoch }, new Frames(frames.state));
  await back.frames.next(() => back.frames.state?.task.status === "COMPLETED");
  expect(back.frames.state).toEqual(quick.frames.state);
});
