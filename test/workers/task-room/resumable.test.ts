import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { control } from "../../worker/control";

const asked = z.looseObject({
  attempt: z.number(),
  run: z.number(),
  resume: z.looseObject({ text: z.string(), state: z.unknown().optional() }).optional(),
});
type Asked = z.infer<typeof asked> & { key: string | null };

/** An answer that a test writes on; the object reads it in its own context. */
class Writing {
  readonly #pieces: (string | Error | null)[] = [];

  say(name: string, data: object): void {
    this.#pieces.push(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  chunk(delta: string): void {
    this.say("chunk", { delta });
  }

  result(more: object = {}): void {
    this.say("result", more);
  }

  breakOff(): void {
    this.#pieces.push(new Error("gone"));
  }

  stream(): ReadableStream<Uint8Array> {
    let isOver = false;
    return new ReadableStream({
      cancel: () => {
        isOver = true;
      },
      pull: async (controller) => {
        while (!isOver) {
          const piece = this.#pieces.shift();
          if (piece instanceof Error) controller.error(piece);
          else if (piece) controller.enqueue(new TextEncoder().encode(piece));
          else {
            await scheduler.wait(1);
            continue;
          }
          return;
        }
      },
    });
  }
}

let alice: string;
let taskId: string;
let turnId: string;
let client: RoomClient;
let calls: Asked[];
let answers: Writing[];

async function put(collection: string, name: string, spec: object): Promise<string> {
  const response = await call(alice, "POST", `/${collection}`, { metadata: { name }, spec });
  expect(response.status).toBe(201);
  return `${alice}/${name}`;
}

/** A chat with agents over HTTP; the n-th call is answered by the n-th of `answers`. */
async function begin(rules: object = {}): Promise<void> {
  const member = { role: "work", botRef: `${alice}/a`, ...rules };
  await put("teams", "work", { collaboration: "solo", members: [member] });
  taskId = await newTask(alice, { teamRef: `${alice}/work` });
  client = await RoomClient.join(alice, taskId);
  const { data } = await client.ask("chat:send", { content: "go" });
  turnId = z.looseObject({ turnId: z.string() }).parse(data).turnId;
}

beforeEach(async () => {
  alice = newUser();
  calls = [];
  answers = Array.from({ length: 9 }, () => new Writing());
  control.model = undefined;
  control.clockAheadMs = 0;
  control.settings = { RETRY_INITIAL_MS: 1 };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    const body = asked.parse(JSON.parse(String(init?.body)));
    calls.push({ ...body, key: new Headers(init?.headers).get("idempotency-key") });
    const headers = { "content-type": "text/event-stream" };
    return new Response(answers[calls.length - 1]?.stream() ?? null, { headers });
  });
  for (const name of ["a", "b"]) {
    const url = `https://${name}.example/run`;
    const shellRef = await put("shells", name, { runtime: "http", url });
    await put("bots", name, { ghostRef: "system/assistant", shellRef });
  }
});
afterEach(() => vi.restoreAllMocks());

async function called(n: number): Promise<Asked> {
  for (;;) {
    const one = calls[n - 1];
    if (one) return one;
    await scheduler.wait(1);
  }
}

function answer(n: number): Writing {
  const writing = answers[n - 1];
  if (!writing) throw new Error("no answer is left");
  return writing;
}

const committed = () => client.frames.next(({ type }) => type === "chat:round");

async function textIs(text: string): Promise<void> {
  await client.frames.next(() => client.frames.state?.streams[0]?.text === text);
}

/** The object dies, and another goes on. */
async function kill(): Promise<void> {
  await abortAllDurableObjects();
  await ring(taskId);
  client = await RoomClient.join(alice, taskId);
}

/** What was said is in the message; the fold of who never left is what is stored. */
async function ended(content: string): Promise<void> {
  await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
  const { data } = await client.ask("history:sync", {});
  expect(data).toMatchObject({ messages: [{ role: "user" }, { role: "assistant", content }] });
  expect(client.frames.state?.messages.at(-1)?.content).toBe(content);
}

describe("[E8] what an agent over HTTP says that it can go on from", () => {
  it("stays when the object dies: the next attempt has it, and its text stands", async () => {
    await begin();
    answer(1).chunk("One. ");
    answer(1).say("progress", { percentComplete: 40 });
    answer(1).say("resumable", { state: { done: [1] } });
    await committed();
    answer(1).chunk("lost");
    await textIs("One. lost");
    await kill();
    expect(await called(2)).toMatchObject({
      ...{ attempt: 2, run: 1, key: `${turnId}:work:1` },
      resume: { text: "One. ", state: { done: [1] } },
    });
    await textIs("One. ");
    await client.frames.next(
      () => client.frames.state?.openTurns[0]?.steps[0]?.percentComplete === 40,
    );
    const seen = await call(alice, "GET", `/tasks/${taskId}/events?type=chat:start`);
    expect(await seen.json()).toMatchObject({ items: [{}, { data: { offset: 5 } }] });
    answer(2).chunk("Two.");
    answer(2).result();
    await ended("One. Two.");
  });

  it("is the last that was committed, whichever attempt said it, also where storage was evicted in between", async () => {
    await begin();
    answer(1).chunk("One. ");
    answer(1).say("resumable", { state: 1 });
    await committed();
    answer(1).breakOff();
    expect((await called(2)).resume).toEqual({ text: "One. ", state: 1 });
    answer(2).chunk("Two. ");
    answer(2).say("resumable", { state: 2 });
    await client.frames.next(() => client.frames.of("chat:round").length === 2);
    expect(client.frames.of("chat:round")[1]?.data).toMatchObject({ offset: 5, text: "Two. " });
    answer(2).chunk("half");
    answer(2).breakOff();
    expect((await called(3)).resume).toEqual({ text: "One. Two. ", state: 2 });
    answer(3).result();
    await ended("One. Two. ");
    await evictDurableObject(roomOf(taskId));
    const turn = await call(alice, "GET", `/tasks/${taskId}/turns/${turnId}`);
    expect(await turn.json()).toMatchObject({ steps: [{ result: { output: "One. Two. " } }] });
  });

  it("that comes soon after another is committed before the attempt is given up", async () => {
    await begin();
    answer(1).say("resumable", { state: 1 });
    answer(1).chunk("One. ");
    answer(1).say("resumable", { state: 2 });
    answer(1).chunk("lost");
    answer(1).breakOff();
    expect((await called(2)).resume).toEqual({ text: "One. ", state: 2 });
    answer(2).result();
    await ended("One. ");
  });

  it("outlives a stop and a retry: a new run goes on, under the same key", async () => {
    await begin();
    answer(1).chunk("One. ");
    answer(1).say("resumable", {});
    await committed();
    answer(1).chunk("more");
    await textIs("One. more");
    await client.ask("chat:cancel", { turnId });
    expect(client.frames.state?.messages.at(-1)).toMatchObject({ content: "One. more" });
    // Another object, which knows what is stored alone.
    await abortAllDurableObjects();
    client = await RoomClient.join(alice, taskId);
    expect((await client.ask("chat:retry", { turnId })).error).toBeUndefined();
    const again = await called(2);
    expect(again).toMatchObject({ run: 2, key: `${turnId}:work:1`, resume: { text: "One. " } });
    expect(again.resume).not.toHaveProperty("state");
    await textIs("One. ");
    await kill();
    expect((await called(3)).resume).toEqual({ text: "One. " });
    answer(3).chunk("Two.");
    answer(3).result();
    await ended("One. Two.");
  });

  it("is nothing to another bot: that one begins anew, and the text with it", async () => {
    await begin({ retry: { maxAttempts: 1 }, onFailure: { fallback: `${alice}/b` } });
    answer(1).chunk("One. ");
    answer(1).say("resumable", { state: 1 });
    await committed();
    answer(1).breakOff();
    expect(await called(2)).not.toHaveProperty("resume");
    await textIs("");
    answer(2).chunk("Mine.");
    answer(2).say("resumable", { state: "b" });
    await client.frames.next(() => client.frames.of("chat:round").length === 2);
    await kill();
    expect((await called(3)).resume).toEqual({ text: "Mine.", state: "b" });
    answer(3).result();
    await ended("Mine.");
  });

  it("with more text than is kept twice leaves the last that was kept", async () => {
    await begin();
    answer(1).chunk("One. ");
    answer(1).say("resumable", { state: 1 });
    await committed();
    answer(1).chunk("x".repeat(300_000));
    answer(1).say("resumable", { state: 2 });
    await client.frames.next(() => (client.frames.state?.streams[0]?.text.length ?? 0) > 300_000);
    answer(1).breakOff();
    expect((await called(2)).resume).toEqual({ text: "One. ", state: 1 });
    answer(2).result();
    await ended("One. ");
  });

  it("that nobody says: the next attempt begins anew, as ever", async () => {
    await begin();
    answer(1).chunk("One. ");
    answer(1).breakOff();
    expect(await called(2)).not.toHaveProperty("resume");
    await textIs("");
    answer(2).result({ output: "All." });
    await ended("All.");
  });

  it("waits where storage takes no commits, and so does the agent", async () => {
    await begin();
    answer(1).chunk("One. ");
    await textIs("One. ");
    control.storage = "refuses commits";
    answer(1).say("resumable", { state: 1 });
    answer(1).chunk("Two.");
    answer(1).result();
    const before = control.transactions;
    await expect.poll(() => control.transactions > before).toBe(true);
    expect(client.frames.state?.streams[0]?.text).toBe("One. ");
    control.storage = "well";
    await expect
      .poll(async () => {
        await runInDurableObject(roomOf(taskId), () => undefined);
        await ring(taskId).catch(() => undefined);
        return client.frames.of("chat:round").length;
      })
      .toBe(1);
    await ended("One. Two.");
  });
});
