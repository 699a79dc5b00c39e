import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Frame } from "../../support/frames";
import { ring } from "../../support/room-alarm";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { type ScriptedAttempt, ScriptedModel } from "../../support/scripted-model";
import { control, freeClock, stopClock } from "../../worker/control";

let alice: string;
let model: ScriptedModel;
let client: RoomClient;
let first: ScriptedAttempt;

const sent = z.looseObject({ turnId: z.string(), messageId: z.string() });

async function send(content: string, onBusy?: string) {
  const reply = await client.ask("chat:send", { content, ...(onBusy && { onBusy }) });
  return sent.parse(reply.data);
}

const contents = () => client.frames.state?.messages.map(({ content }) => content);
const inputs = () => model.attempts.map(({ request }) => request.input);
const idle = () => client.frames.next(() => client.frames.state?.openTurns.length === 0);

async function answer(n: number, text: string): Promise<void> {
  const attempt = await model.attempt(n);
  attempt.say(text);
  attempt.finish();
}

/** A turn is at work and has said something. */
beforeEach(async () => {
  stopClock();
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  client = await RoomClient.join(alice, await newTask(alice));
  await send("one");
  first = await model.attempt(1);
  first.say("half ");
  await client.frames.next(({ type }) => type === "chat:chunk");
});

afterEach(() => {
  freeClock();
});

function statusesOf(turnId: string): string[] {
  return client.frames.of("turn:status").flatMap(({ data }) => {
    const { status, ...turn } = z
      .looseObject({ turnId: z.string(), status: z.string() })
      .parse(data);
    return turn.turnId === turnId ? [status] : [];
  });
}

describe("[Q2] what a message does while a turn is open", () => {
  it("enqueue, the default: turns are answered in the order of their messages", async () => {
    await send("two");
    await send("three", "enqueue");
    const positions = client.frames.of("turn:status").map(({ data }) => data);
    expect(positions).toContainEqual(expect.objectContaining({ queuePosition: 2 }));
    first.finish();
    await answer(2, "second");
    await answer(3, "third");
    await idle();
    expect(inputs()).toEqual(["one", "two", "three"]);
    expect(contents()).toEqual(["one", "two", "three", "half ", "second", "third"]);
  });

  it("the task is RUNNING until the queue is empty", async () => {
    await send("two");
    first.finish();
    await answer(2, "second");
    await idle();
    const statuses = client.frames.of("task:status").map(({ data }) => data);
    expect(statuses).toMatchObject([{ status: "RUNNING" }, { status: "COMPLETED" }]);
  });

  it("interrupt: the active turn stops, and the message goes before those that wait", async () => {
    const waits = await send("waits");
    const { turnId } = await send("now", "interrupt");
    expect(first.signal.aborted).toBe(true);
    await answer(2, "quick");
    await answer(3, "later");
    await idle();
    expect(inputs()).toEqual(["one", "now", "waits"]);
    expect(statusesOf(turnId)).toEqual(["PENDING", "PROCESSING", "COMPLETED"]);
    expect(statusesOf(waits.turnId)).toEqual(["PENDING", "PROCESSING", "COMPLETED"]);
    expect(client.frames.of("chat:cancelled")[0]?.data).toMatchObject({
      by: alice,
      message: { content: "half ", status: "interrupted" },
    });
  });

  it("reject: refused with turn_active, and nothing is written", async () => {
    const head = client.frames.state?.task.headSeq;
    const reply = await client.ask("chat:send", { content: "two", onBusy: "reject" });
    expect(reply).toMatchObject({ type: "error", error: { code: "turn_active" } });
    expect(client.frames.state?.task.headSeq).toBe(head);
    first.finish();
    await idle();
    await send("two", "reject");
    await answer(2, "second");
    await idle();
    expect(inputs()).toEqual(["one", "two"]);
  });

  it("guide: the ack names the turn that is steered, and no turn is made", async () => {
    const { turnId } = await send("in verse", "guide");
    expect(turnId).toBe(client.frames.state?.task.activeTurnId);
    expect(client.frames.state?.openTurns).toHaveLength(1);
  });

  it.each(["enqueue", "interrupt", "reject", "guide"])(
    "%s with no turn open just begins",
    async (onBusy) => {
      first.finish();
      await idle();
      await send("two", onBusy);
      await answer(2, "second");
      await idle();
      expect(inputs()).toEqual(["one", "two"]);
    },
  );
});

describe("[Q5] guidance", () => {
  const guided = (frame: Frame) => frame.type === "chat:guided";

  it("is applied to the next attempt, and everyone hears of it", async () => {
    expect(await client.ask("chat:guide", { content: "in verse" })).toMatchObject({ type: "ack" });
    first.say(failure());
    await client.frames.next(({ type }) => type === "chat:error");
    await ring(client.frames.state?.task.id ?? "");
    const second = await model.attempt(2);
    expect(second.request.input).toBe("one\n\nin verse");
    expect((await client.frames.next(guided)).data).toMatchObject({
      content: "in verse",
      outcome: "applied",
    });
    second.finish();
    await idle();
    expect(contents()).toEqual(["one", ""]);
  });

  it("that comes too late is answered expired and becomes a queued turn", async () => {
    await client.ask("chat:guide", { content: "in verse" });
    first.finish();
    expect((await client.frames.next(guided)).data).toMatchObject({ outcome: "expired" });
    await answer(2, "roses are red");
    await idle();
    expect(inputs()).toEqual(["one", "in verse"]);
    expect(contents()).toEqual(["one", "half ", "in verse", "roses are red"]);
  });

  it("of a turn that is not active is refused, of an unknown one not found", async () => {
    const { turnId } = await send("two");
    const queued = await client.ask("chat:guide", { turnId, content: "x" });
    expect(queued).toMatchObject({ error: { code: "conflict" } });
  });
});

describe("[Q3] chat:retry", () => {
  it.each(["failed", "interrupted"])(
    "of a turn that %s replaces its message, in a new attempt",
    async (how) => {
      const turnId = client.frames.state?.task.activeTurnId;
      if (how === "failed") first.say(failure({ retryable: false, code: "model_rejected" }));
      else await client.ask("chat:cancel");
      await idle();
      const [, kept] = client.frames.state?.messages ?? [];
      expect(kept).toMatchObject({ content: "half ", status: how });
      expect(await client.ask("chat:retry", { turnId })).toMatchObject({ type: "ack" });
      await answer(2, "whole");
      await idle();
      const messages = client.frames.state?.messages ?? [];
      expect(messages.map(({ content }) => content)).toEqual(["one", "whole"]);
      expect(messages[1]).toMatchObject({ id: kept?.id, status: "complete", turnId });
      const fresh = await RoomClient.join(alice, client.frames.state?.task.id ?? "");
      expect(fresh.frames.state).toEqual(client.frames.state);
    },
  );

  it("waits at the tail of the queue", async () => {
    const turnId = client.frames.state?.task.activeTurnId;
    await client.ask("chat:cancel");
    await send("two");
    await send("three");
    await client.ask("chat:retry", { turnId });
    for (const n of [2, 3, 4]) await answer(n, `answer ${n}`);
    await idle();
    expect(inputs()).toEqual(["one", "two", "three", "one"]);
  });

  it("of a turn that is open or completed is an invalid transition", async () => {
    const turnId = client.frames.state?.task.activeTurnId;
    const refusal = { error: { code: "invalid_transition" } };
    expect(await client.ask("chat:retry", { turnId })).toMatchObject(refusal);
    first.finish();
    await idle();
    expect(await client.ask("chat:retry", { turnId })).toMatchObject(refusal);
  });
});

it("[Q4] twenty turns wait; one more is refused with queue_full, and so is a retry", async () => {
  control.clockAheadMs += 11_000;
  const turns = [];
  for (let n = 0; n < 20; n++) {
    // Commands a second apart, so that not the limiter refuses.
    control.clockAheadMs += 1000;
    turns.push(await send(`waits ${n}`));
  }
  const full = { type: "error", error: { code: "queue_full" } };
  expect(await client.ask("chat:send", { content: "one too many" })).toMatchObject(full);
  const head = client.frames.state?.openTurns.length;
  expect(head).toBe(21);
  const last = turns.at(-1)?.turnId;
  await client.ask("chat:cancel", { turnId: last });
  await send("takes its place");
  control.clockAheadMs += 11_000;
  expect(await client.ask("chat:retry", { turnId: last })).toMatchObject(full);
});

function failure(patch: object = {}) {
  const base = { type: "failure", code: "model_unavailable", message: "gone", retryable: true };
  return { ...base, ...patch } as Parameters<ScriptedAttempt["say"]>[0];
}
