import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import type { Heard } from "../../support/scripted-model";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const KEPT = 20;

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  control.settings = { LOG_ENTRIES_KEPT: KEPT };
});

afterEach(() => {
  control.settings = {};
  vi.restoreAllMocks();
});

const page = z.object({
  items: z.array(z.looseObject({ message: z.string() })),
  nextCursor: z.string().nullable(),
});

/** Oldest first. */
async function entries(taskId: string): Promise<string[]> {
  const response = await call(alice, "GET", `/tasks/${taskId}/logs?limit=200`);
  return page
    .parse(await response.json())
    .items.map(({ message }) => message)
    .reverse();
}

function entry(n: number): Heard {
  return { type: "log", level: "info", message: `entry ${n}` };
}

/** A turn that logs, piece by piece, each piece a row of its own. */
async function logInPieces(client: RoomClient, pieces: number, perPiece: number) {
  await client.ask("chat:send", { content: "go" });
  const attempt = await model.attempt(model.attempts.length || 1);
  for (let piece = 0; piece < pieces; piece++) {
    const from = piece * perPiece;
    attempt.say(...Array.from({ length: perPiece }, (_, i) => entry(from + i)));
    await client.frames.next(({ data }) => isEntry(data, from + perPiece - 1));
  }
  return attempt;
}

function isEntry(data: unknown, n: number): boolean {
  return z.looseObject({ message: z.literal(`entry ${n}`) }).safeParse(data).success;
}

it("[L1] a task keeps so many log entries and a quarter more; the oldest go first, and nothing else", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  const attempt = await logInPieces(client, 8, 10);
  attempt.finish();
  await client.frames.next(says("task:status", "COMPLETED"));
  const kept = await entries(taskId);
  expect(kept.length).toBeGreaterThanOrEqual(KEPT);
  expect(kept.length).toBeLessThanOrEqual(KEPT * 1.25);
  expect(kept.filter((message) => message.startsWith("entry"))).toEqual(
    Array.from({ length: 80 }, (_, n) => `entry ${n}`).slice(80 - kept.length),
  );

  // What was there besides is still there, and whoever would miss entries gets the state instead.
  const fresh = await RoomClient.join(alice, taskId);
  expect(fresh.frames.state).toEqual(client.frames.state);
  const { epoch } = z.object({ epoch: z.string() }).parse(client.ready);
  const back = await RoomClient.join(alice, taskId, { after: 1, epoch });
  await back.frames.next(({ type }) => type === "history:reset");
  expect(back.frames.state).toEqual(client.frames.state);
});

it("an entry that cannot be stored is lost, and the work it is about is not", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "go" });
  const attempt = await model.attempt(1);
  const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
  await runInDurableObject(roomOf(taskId), (_, { storage }) => {
    storage.transactionSync = () => {
      Reflect.deleteProperty(storage, "transactionSync");
      throw new Error("disk full");
    };
  });
  attempt.say("done", entry(1));
  attempt.finish();
  await client.frames.next(says("task:status", "COMPLETED"));
  expect(complaint).toHaveBeenCalled();
  expect(client.frames.state?.messages.at(-1)).toMatchObject({ content: "done" });
  expect(model.attempts).toHaveLength(1);
  expect(await entries(taskId)).toEqual([]);
  expect(client.frames.logged().map(({ seq }) => seq)).toEqual(
    client.frames.logged().map((_, i) => Number(client.frames.logged()[0]?.seq) + i),
  );
});

it("a log that cannot be thinned stays longer, and the work goes on", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
  await runInDurableObject(roomOf(taskId), (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    vi.spyOn(storage.sql, "exec").mockImplementation((query, ...values) => {
      if (query.startsWith("UPDATE log")) throw new Error("disk full");
      return exec(query, ...values);
    });
  });
  const attempt = await logInPieces(client, 4, 10);
  expect(complaint).toHaveBeenCalled();
  const reply = await client.ask("chat:send", { content: "and on" });
  expect(reply.type).toBe("ack");
  attempt.finish();
  (await model.attempt(2)).finish();
  await client.frames.next(says("task:status", "COMPLETED"));
  expect(await entries(taskId)).toHaveLength(40);
});
