import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { StepFailure } from "../../../src/resources/step";
import { clockTo, nextAlarm, ring, roomOf } from "../../support/room-alarm";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control, freeClock, stopClock } from "../../worker/control";

let alice: string;
let taskId: string;
let model: ScriptedModel;
let client: RoomClient;

const error = z.looseObject({
  code: z.string(),
  retryable: z.boolean(),
  retryInMs: z.number().optional(),
});

const GONE: StepFailure = {
  type: "failure",
  code: "model_unavailable",
  message: "The model is not there.",
  retryable: true,
};

beforeEach(async () => {
  stopClock();
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  taskId = await newTask(alice);
  client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "go" });
});

afterEach(() => {
  freeClock();
});

/** The n-th attempt fails: what everyone hears of it, and when. */
async function fail(n: number, failure = GONE) {
  const attempt = await model.attempt(n);
  attempt.say(`words of ${n}`, failure);
  await client.frames.next(() => client.frames.of("chat:error").length === n);
  const said = client.frames.of("chat:error")[n - 1];
  return { ...error.parse(said?.data), at: Date.parse(z.string().parse(said?.ts)) };
}

/** Lets alarms come until the model has been called `n` times; tells when the last one was due. */
async function ringUntil(n: number): Promise<number> {
  for (;;) {
    const due = await ring(taskId);
    if (client.frames.state?.streams.some(({ attempt }) => attempt === n)) return due;
    await client.ask("history:sync");
    if (client.frames.state?.streams.some(({ attempt }) => attempt === n)) return due;
  }
}

const types = () => client.frames.logged().map(({ type }) => type);
const ended = () => client.frames.next(() => client.frames.state?.openTurns.length === 0);

describe("[A4] a failure that may pass is tried again by alarm", () => {
  it("after 2 s, after 4 s, and then the turn fails, with what was written last kept", async () => {
    const first = await fail(1);
    expect(first).toMatchObject({ retryable: true, retryInMs: 2000 });
    expect(client.frames.state?.streams).toEqual([]);
    expect(await nextAlarm(taskId)).toBe(first.at + 2000);
    expect(await ringUntil(2)).toBe(first.at + 2000);

    const second = await fail(2);
    expect(second).toMatchObject({ retryable: true, retryInMs: 4000 });
    expect(await ringUntil(3)).toBe(second.at + 4000);

    const third = await fail(3);
    expect(third).toMatchObject({ code: "model_unavailable", retryable: false });
    await ended();
    expect(client.frames.state?.task.status).toBe("FAILED");
    expect(client.frames.state?.messages.at(-1)).toMatchObject({
      content: "words of 3",
      status: "failed",
    });
    const last = types().slice(types().lastIndexOf("chat:error"));
    expect(last.filter((type) => type !== "log" && type !== "task:error")).toEqual([
      "chat:error",
      "turn:status",
      "task:status",
    ]);
    expect(model.attempts.map(({ request }) => request.attempt)).toEqual([1, 2, 3]);
  });

  it("not before its time, whatever else wakes the room", async () => {
    const { at } = await fail(1);
    clockTo(at + 1900);
    await roomOf(taskId).wake();
    await client.ask("history:sync");
    expect(model.attempts).toHaveLength(1);
    clockTo(at + 2000);
    await roomOf(taskId).wake();
    (await model.attempt(2)).finish();
    await ended();
    expect(client.frames.state?.task.status).toBe("COMPLETED");
  });

  it.each([
    [30_000, 30_000],
    [500, 2000],
  ])("a Retry-After of %i ms makes it wait %i ms", async (retryAfterMs, waited) => {
    const failed = await fail(1, { ...GONE, code: "model_rate_limited", retryAfterMs });
    expect(failed).toMatchObject({ code: "model_rate_limited", retryInMs: waited });
    expect(await ringUntil(2)).toBe(failed.at + waited);
  });

  it("a final failure is not tried again", async () => {
    const failed = await fail(1, { ...GONE, code: "model_rejected", retryable: false });
    expect(failed).toMatchObject({ code: "model_rejected", retryable: false });
    await ended();
    expect(client.frames.state?.task.status).toBe("FAILED");
    expect(client.frames.of("task:error")).toHaveLength(1);
  });

  it("[A1] a new attempt starts its text anew, in the same message", async () => {
    await fail(1);
    const before = client.frames.of("chat:start")[0]?.data;
    await ringUntil(2);
    const again = await model.attempt(2);
    again.say("better");
    const chunk = await client.frames.next(
      ({ type, data }) =>
        type === "chat:chunk" && z.looseObject({ attempt: z.number() }).parse(data).attempt === 2,
    );
    expect(chunk.data).toMatchObject({ offset: 0, delta: "better" });
    again.finish();
    await ended();
    const { messageId } = z.looseObject({ messageId: z.string() }).parse(before);
    expect(client.frames.state?.messages.at(-1)).toMatchObject({
      id: messageId,
      content: "better",
      metadata: { attempt: 2 },
    });
  });
});

it("[X3] a stop while a retry is waited for ends the turn, and no alarm brings it back", async () => {
  const { at } = await fail(1);
  await client.ask("chat:cancel");
  await ended();
  expect(client.frames.of("chat:cancelled")[0]?.data).toMatchObject({ message: null });
  clockTo(at + 60_000);
  await roomOf(taskId).wake();
  await client.ask("history:sync");
  expect(model.attempts).toHaveLength(1);
  expect(client.frames.state?.task).toMatchObject({
    status: "COMPLETED",
    statusReason: "interrupted",
  });
});

describe("[D2] a turn ends at its own limit", () => {
  it("with turn_timeout although its provider ignores the abort, of which nothing more is heard", async () => {
    const attempt = await model.attempt(1);
    attempt.say("so far");
    await client.frames.next(({ type }) => type === "chat:chunk");
    const deadlineAt = client.frames.state?.openTurns[0]?.deadlineAt ?? "";
    clockTo(Date.parse(deadlineAt) - 1000);
    await roomOf(taskId).wake();
    await client.ask("history:sync");
    expect(client.frames.state?.openTurns).toHaveLength(1);

    clockTo(Date.parse(deadlineAt));
    await ring(taskId);
    await ended();
    expect(attempt.signal.aborted).toBe(true);
    expect(client.frames.of("chat:error").at(-1)?.data).toMatchObject({
      code: "turn_timeout",
      retryable: false,
      partial: { content: "so far", status: "failed" },
    });
    const heard = client.frames.all.length;
    attempt.say(" and on", GONE);
    await client.ask("history:sync");
    expect(client.frames.all.slice(heard).map(({ type }) => type)).toEqual(["ack"]);
  });

  it("in a retry wait too", async () => {
    await fail(1, { ...GONE, retryAfterMs: 300_000 });
    clockTo(clock() + 601_000);
    await ring(taskId);
    await ended();
    expect(client.frames.state?.task.status).toBe("FAILED");
    expect(client.frames.of("task:error")[0]?.data).toMatchObject({ code: "turn_timeout" });
    expect(model.attempts).toHaveLength(1);
  });

  it("and at once where the provider asks for a wait that passes it", async () => {
    (await model.attempt(1)).say({ ...GONE, retryAfterMs: 3_600_000 });
    await ended();
    expect(client.frames.state?.task.status).toBe("FAILED");
    expect(client.frames.of("task:error")[0]?.data).toMatchObject({ code: GONE.code });
  });

  it("[A2] what a timed-out attempt still says does not reach the attempt that follows", async () => {
    const stale = await model.attempt(1);
    await client.frames.next(({ type }) => type === "chat:start");
    const turnId = client.frames.state?.task.activeTurnId;
    clockTo(clock() + 601_000);
    await ring(taskId);
    await ended();
    await client.ask("chat:retry", { turnId });
    const fresh = await model.attempt(2);
    stale.say("stale");
    fresh.say("fresh");
    await client.frames.next(({ type }) => type === "chat:chunk");
    stale.finish();
    fresh.finish();
    await ended();
    expect(client.frames.state?.messages.map(({ content }) => content)).toEqual(["go", "fresh"]);
  });
});
