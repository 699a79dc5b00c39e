import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Retention } from "../../../src/durable-objects/task-room/store/retention";
import { clockTo, nextAlarm, passTo, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control, freeClock, stopClock } from "../../worker/control";

const MINUTE = 60_000;
const turns = z.object({
  items: z.array(z.looseObject({ status: z.string(), steps: z.array(z.unknown()) })),
});

let alice: string;
let model: ScriptedModel;
/** What went wrong, as the platform's log has it. */
let lines: string[];

beforeEach(() => {
  stopClock();
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  lines = [];
  vi.spyOn(console, "error").mockImplementation((line) => void lines.push(String(line)));
});

afterEach(() => {
  makeWell();
  freeClock();
  vi.restoreAllMocks();
});

function makeWell(): void {
  control.storage = "well";
  control.storageAfter = undefined;
}

async function onlyTurn(taskId: string) {
  const response = await call(alice, "GET", `/tasks/${taskId}/turns`);
  return turns.parse(await response.json()).items[0];
}

const waiting = z.object({ begin: z.object({ failures: z.number(), retryAt: z.number() }) });

/** How often in a row a turn could not begin and until when it waits, as it is stored. */
function beginning(taskId: string) {
  return runInDurableObject(
    roomOf(taskId),
    (_, { storage }) => waiting.parse(storage.kv.get("failed work")).begin,
  );
}

/** Rings until a turn's beginning was tried once more, and has failed; gives how long it waits now. */
async function failOnceMore(taskId: string): Promise<number> {
  const { failures, retryAt } = await beginning(taskId);
  while (clock() < retryAt) {
    expect(await nextAlarm(taskId), "never at once").toBeGreaterThan(clock());
    await ring(taskId);
  }
  await expect.poll(async () => (await beginning(taskId)).failures).toBe(failures + 1);
  return (await beginning(taskId)).retryAt - clock();
}

/** Five minutes in which a room's work fails; gives how often it was tried. */
async function fiveMinutes(taskId: string): Promise<number> {
  const from = control.transactions;
  const end = clock() + 5 * MINUTE;
  for (;;) {
    const due = (await nextAlarm(taskId)) ?? Number.POSITIVE_INFINITY;
    expect(due, "never at once").toBeGreaterThan(clock());
    if (due > end) break;
    await ring(taskId);
  }
  clockTo(end);
  return control.transactions - from;
}

function expectFew(tries: number): void {
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThanOrEqual(36);
}

/** A room with a turn in its queue whose first try to begin has failed. */
async function stuckQueue(storage: typeof control.storage): Promise<string> {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  const before = control.transactions;
  control.storageAfter = { transactions: 1, storage };
  expect(await client.ask("chat:send", { content: "go" })).toMatchObject({ type: "ack" });
  await expect.poll(() => control.transactions).toBe(before + 2);
  client.close();
  return taskId;
}

describe("[D5] a room whose commits fail tries less and less often, and goes on when its storage is well again", () => {
  it("where a turn can't begin", async () => {
    const taskId = await stuckQueue("refuses commits");
    await expect.poll(async () => (await beginning(taskId)).failures).toBe(1);
    const end = clock() + 5 * MINUTE;
    let tries = 0;
    for (; clock() < end; tries++) await failOnceMore(taskId);
    expectFew(tries);
    makeWell();
    await passTo(taskId, clock() + MINUTE);
    (await model.attempt(1)).finish();
    await expect.poll(async () => (await onlyTurn(taskId))?.status).toBe("COMPLETED");
    expect(model.attempts).toHaveLength(1);
  });

  it("where a deadline can't be met", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    await model.attempt(1);
    clockTo(clock() + 11 * MINUTE);
    control.storage = "refuses commits";
    await ring(taskId);
    expectFew(await fiveMinutes(taskId));
    makeWell();
    await passTo(taskId, clock() + MINUTE);
    expect(await onlyTurn(taskId)).toMatchObject({
      status: "FAILED",
      error: { code: "turn_timeout" },
    });
  });

  it("where a lost attempt can't be made again, also by those who ask in between", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    await model.attempt(1);
    await abortAllDurableObjects();
    control.storage = "refuses commits";
    await ring(taskId);
    const from = control.transactions;
    for (let i = 0; i < 20; i++) expect((await onlyTurn(taskId))?.status).toBe("PROCESSING");
    expect(control.transactions).toBe(from);
    expectFew(await fiveMinutes(taskId));
    makeWell();
    await passTo(taskId, clock() + MINUTE);
    (await model.attempt(2)).finish();
    await expect.poll(async () => (await onlyTurn(taskId))?.status).toBe("COMPLETED");
  });

  it("where an attempt's end can't be kept: its answer is, and no other is asked for", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    const attempt = await model.attempt(1);
    control.storage = "refuses commits";
    const from = control.transactions;
    attempt.say("paid for");
    attempt.finish();
    await expect.poll(() => control.transactions).toBe(from + 1);
    expectFew(await fiveMinutes(taskId));
    makeWell();
    await passTo(taskId, clock() + MINUTE);
    expect((await onlyTurn(taskId))?.status).toBe("COMPLETED");
    const client = await RoomClient.join({ sub: alice, expiresInSeconds: 86_400 }, taskId);
    expect(client.frames.state?.messages.at(-1)?.content).toBe("paid for");
    expect(model.attempts).toHaveLength(1);
  });

  it("and an end that waits is dropped where its turn is stopped", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    const attempt = await model.attempt(1);
    control.storage = "refuses commits";
    const from = control.transactions;
    attempt.finish();
    await expect.poll(() => control.transactions).toBe(from + 1);
    makeWell();
    await call(alice, "POST", `/tasks/${taskId}/interrupt`, {});
    await ring(taskId);
    expect((await onlyTurn(taskId))?.status).toBe("INTERRUPTED");
  });
});

it("[D5] the wait is stored: an instance that wakes before it is over tries nothing", async () => {
  const taskId = await stuckQueue("refuses commits");
  await expect.poll(async () => (await beginning(taskId)).failures).toBe(1);
  for (let n = 1; n < 5; n++) await failOnceMore(taskId);
  const { retryAt } = await beginning(taskId);
  expect(retryAt - clock()).toBeGreaterThanOrEqual(8000);
  await evictDurableObject(roomOf(taskId));
  const from = control.transactions;
  await roomOf(taskId).wake();
  expect((await onlyTurn(taskId))?.status).toBe("PENDING");
  expect(control.transactions).toBe(from);
  expect(await beginning(taskId)).toEqual({ failures: 5, retryAt });
  expect(await failOnceMore(taskId)).toBeGreaterThanOrEqual(16_000);
});

it("[D5] what a person asks for is tried at once, whatever waits", async () => {
  const taskId = await stuckQueue("refuses commits");
  await expect.poll(async () => (await beginning(taskId)).failures).toBe(1);
  makeWell();
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "and this" });
  expect((await model.attempt(1)).request.input).toBe("go");
});

it("[D5] a clean-up that can't be done waits, and holds up nothing else", async () => {
  const taskId = await newTask(alice, { prompt: "go" });
  (await model.attempt(1)).finish();
  await expect.poll(async () => (await onlyTurn(taskId))?.status).toBe("COMPLETED");
  const broken = vi.spyOn(Retention.prototype, "cleanUp").mockImplementation(() => {
    throw new Error("disk full");
  });
  await passTo(taskId, clock() + (7 * 24 * 60 - 1) * MINUTE);
  await fiveMinutes(taskId);
  expectFew(broken.mock.calls.length);
  const late = { sub: alice, expiresInSeconds: 9 * 86_400 };
  const sent = await call(late, "POST", `/tasks/${taskId}/execute`, { input: "again" });
  expect(sent.status).toBe(202);
  (await model.attempt(2)).finish();
  const lag = z.looseObject({ outboxLag: z.number() });
  const stats = async () =>
    lag.parse(await (await call(late, "GET", `/tasks/${taskId}/stats`)).json());
  await expect.poll(async () => (await stats()).outboxLag).toBe(0);
  // What fails once everybody has been told is not their failure.
  expect(lines.filter((line) => line.includes("outbox_failed"))).toEqual([]);
  expect(lines.some((line) => line.includes("work_failed"))).toBe(true);
  broken.mockRestore();
  const cleaned = vi.spyOn(Retention.prototype, "cleanUp");
  await passTo(taskId, clock() + 2 * MINUTE);
  expect(cleaned).toHaveBeenCalledOnce();
});

describe("[D5] a room whose storage takes nothing at all", () => {
  it("waits by memory alone, and sets its alarm when it can", async () => {
    const taskId = await stuckQueue("refuses all");
    const from = control.alarmsSet;
    // In real time: it is the platform's alarm that fails.
    await scheduler.wait(2000);
    expect(control.alarmsSet - from).toBeLessThanOrEqual(10);
    makeWell();
    const tries = control.alarmsSet;
    await expect.poll(() => control.alarmsSet).toBeGreaterThan(tries);
    await passTo(taskId, clock() + MINUTE);
    (await model.attempt(1)).finish();
    await expect.poll(async () => (await onlyTurn(taskId))?.status).toBe("COMPLETED");
  });

  it("lets the platform's own alarm come again", async () => {
    const taskId = await stuckQueue("refuses commits");
    await expect.poll(async () => (await beginning(taskId)).failures).toBe(1);
    control.storage = "refuses all";
    clockTo((await nextAlarm(taskId)) ?? 0);
    await expect(runDurableObjectAlarm(roomOf(taskId))).rejects.toThrow("disk full");
  });
});
