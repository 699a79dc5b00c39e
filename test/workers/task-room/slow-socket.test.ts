import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { Frames } from "../../support/frames";
import { newTask, newUser, RoomClient, tokenOf, upgrade } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const MIB = 1024 * 1024;
const PIECE = "漢".repeat(20_000);
const HALF_A_MINUTE = 31_000;

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});
afterEach(() => {
  control.clockAheadMs = 0;
});

const ready = z.looseObject({ epoch: z.string() });

/** A client that takes nothing: its other end is not read from until `accept`. */
async function unread(taskId: string): Promise<WebSocket> {
  const { webSocket } = await upgrade(await tokenOf({ sub: alice }), taskId);
  if (!webSocket) throw new Error("refused");
  return webSocket;
}

function reading(ws: WebSocket): Frames {
  const frames = new Frames();
  ws.addEventListener("message", ({ data }) => frames.take(String(data)));
  ws.addEventListener("close", ({ code, reason }) => frames.close({ code, reason }));
  ws.accept();
  return frames;
}

/** Far more than a socket may leave lying, to a room in which one reads it. */
async function longAnswer(quick: RoomClient, turn: number): Promise<void> {
  await quick.ask("chat:send", { content: "tell me all" });
  const attempt = await model.attempt(turn);
  let said = "";
  const from = quick.frames.all.length;
  for (let n = 0; n < 12; n++) {
    attempt.say(PIECE);
    said += PIECE;
    await quick.frames.next(() => quick.frames.state?.streams[0]?.text.length === said.length);
  }
  attempt.finish();
  await quick.frames.next(says("turn:status", "COMPLETED"), from);
  expect(quick.frames.state?.messages.at(-1)?.content).toBe(said);
}

function mostUnsent(taskId: string): Promise<number> {
  return runInDurableObject(env.TASK_ROOM.getByName(taskId), (_, state) =>
    Math.max(...state.getWebSockets().map(({ bufferedAmount }) => bufferedAmount)),
  );
}

describe("[B1] a socket that does not take what it is sent", () => {
  it("is told nothing more than its bound holds, and all of it once it reads; the others hear everything meanwhile", async () => {
    const taskId = await newTask(alice);
    const quick = await RoomClient.join(alice, taskId);
    const slow = await unread(taskId);
    for (let turn = 1; turn <= 4; turn++) await longAnswer(quick, turn);
    expect(await mostUnsent(taskId)).toBeLessThanOrEqual(2 * MIB);

    const frames = reading(slow);
    const head = quick.frames.state?.task.headSeq;
    await frames.next(() => frames.state?.task.headSeq === head);
    expect(frames.state).toEqual(quick.frames.state);
    expect(frames.closed).toBeUndefined();
    const seqs = frames.logged().map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)]);
  });

  it("is closed with 1013 once it has taken nothing for half a minute, and can resume", async () => {
    const taskId = await newTask(alice);
    const quick = await RoomClient.join(alice, taskId);
    const slow = await unread(taskId);
    for (let turn = 1; turn <= 3; turn++) await longAnswer(quick, turn);
    const heard = quick.frames.all.length;
    control.clockAheadMs += 2 * HALF_A_MINUTE;
    // The others hear it leave before its client has answered the close.
    await quick.frames.next(
      ({ type, data }) => type === "presence" && JSON.stringify(data).includes("left"),
      heard,
    );

    const frames = reading(slow);
    expect(await frames.whenClosed()).toMatchObject({ code: 1013 });
    const { epoch } = ready.parse(quick.ready);
    const after = frames.state?.task.headSeq ?? 0;
    const back = await RoomClient.join(alice, taskId, { after, epoch }, new Frames(frames.state));
    const head = quick.frames.state?.task.headSeq;
    await back.frames.next(() => back.frames.state?.task.headSeq === head);
    expect(back.frames.state).toEqual(quick.frames.state);
  });
});
