import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const ROUNDS = 20;

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

const sent = z.looseObject({ turnId: z.string() });
const ofTurn = z.looseObject({ turnId: z.string(), status: z.string().optional() });
const TERMINAL = ["COMPLETED", "INTERRUPTED", "FAILED"];

/** What the log says of how a turn ended: its last words and its terminal states, in order. */
function ending(client: RoomClient, turnId: string): string[] {
  return client.frames.logged().flatMap(({ type, data }) => {
    const about = ofTurn.safeParse(data);
    if (!about.success || about.data.turnId !== turnId) return [];
    if (type === "chat:done" || type === "chat:cancelled") return [type];
    const { status = "" } = about.data;
    return type === "turn:status" && TERMINAL.includes(status) ? [status] : [];
  });
}

const DONE = ["chat:done", "COMPLETED"];
const CANCELLED = ["chat:cancelled", "INTERRUPTED"];

async function begun(client: RoomClient) {
  const before = model.attempts.length;
  const { turnId } = sent.parse((await client.ask("chat:send", { content: "go" })).data);
  const attempt = await model.attempt(before + 1);
  attempt.say("some words ");
  return { turnId, attempt };
}

async function expectOneEnd(client: RoomClient, turnId: string): Promise<string[]> {
  await client.frames.next(() => client.frames.state?.openTurns.length === 0);
  await client.ask("history:sync");
  const end = ending(client, turnId);
  expect([DONE, CANCELLED]).toContainEqual(end);
  expect(client.frames.state?.streams).toEqual([]);
  expect(client.frames.state?.task.status).toBe("COMPLETED");
  const [message, ...more] = (client.frames.state?.messages ?? []).filter(
    (item) => item.turnId === turnId && item.role === "assistant",
  );
  expect(more).toEqual([]);
  if (end === DONE) expect(message?.status).toBe("complete");
  return end;
}

describe("[X4] a stop that races with the end leaves one terminal state and one last word", () => {
  it("the end first, then the stop: the answer stands", async () => {
    const client = await RoomClient.join(alice, await newTask(alice));
    const { turnId, attempt } = await begun(client);
    attempt.finish();
    await client.frames.next(({ type }) => type === "chat:done");
    expect(await client.ask("chat:cancel", { turnId })).toMatchObject({ type: "ack" });
    expect(await expectOneEnd(client, turnId)).toEqual(DONE);
  });

  it("the stop first, then the end: the stop stands", async () => {
    const client = await RoomClient.join(alice, await newTask(alice));
    const { turnId, attempt } = await begun(client);
    client.send({ type: "chat:cancel", data: { turnId } });
    await client.frames.next(({ type }) => type === "chat:cancelled");
    attempt.finish();
    expect(await expectOneEnd(client, turnId)).toEqual(CANCELLED);
  });

  // Each round gives the stop and the end another start over the other.
  it.each(Array.from({ length: ROUNDS }, (_, round) => [round]))(
    "at once, round %i",
    async (round) => {
      const taskId = await newTask(alice);
      const client = await RoomClient.join(alice, taskId);
      const { turnId, attempt } = await begun(client);
      await client.frames.next(({ type }) => type === "chat:chunk");
      const stops = [
        () => client.send({ type: "chat:cancel", data: round % 2 ? { turnId } : {} }),
        () => void call(alice, "POST", `/tasks/${taskId}/turns/${turnId}/interrupt`, {}),
      ];
      const stop = stops[round % stops.length] ?? stops[0];
      if (round % 4 < 2) attempt.finish();
      for (let i = 0; i < round % 7; i++) await Promise.resolve();
      if (round % 5 === 0) await scheduler.wait(1);
      stop?.();
      if (round % 4 >= 2) attempt.finish();
      await expectOneEnd(client, turnId);
    },
  );

  it("ten stops at once, by socket and by REST, are one stop, and all are answered", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const { turnId, attempt } = await begun(client);
    const acks = Array.from({ length: 5 }, () => client.ask("chat:cancel", { turnId }));
    const path = `/tasks/${taskId}/turns/${turnId}/interrupt`;
    const calls = Array.from({ length: 5 }, () => call(alice, "POST", path, {}));
    expect((await Promise.all(acks)).map(({ type }) => type)).toEqual(Array(5).fill("ack"));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses).toEqual(Array(5).fill(202));
    attempt.finish();
    expect(await expectOneEnd(client, turnId)).toEqual(CANCELLED);
  });
});
