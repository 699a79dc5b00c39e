import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Frames } from "../../support/frames";
import { HeldReplays } from "../../support/held-replays";
import { newTask, newUser, RoomClient, tokenOf, upgrade } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

/** More than a replay sends before it waits for its socket. */
const LONG = "漢".repeat(190_000);

let alice: string;
let bob: string;
let taskId: string;
let model: ScriptedModel;
let one: Awaited<ReturnType<typeof RoomClient.join>>;
let epoch: string;

beforeEach(async () => {
  alice = newUser();
  bob = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  taskId = await newTask(alice, { members: [{ userId: bob, role: "editor" }] });
  one = await RoomClient.join(alice, taskId);
  epoch = z.looseObject({ epoch: z.string() }).parse(one.ready).epoch;
  for (let turn = 0; turn < 2; turn++) await converse(one, model, LONG);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const headOf = ({ frames }: RoomClient) => frames.state?.task.headSeq ?? 0;
const seqsOf = ({ frames }: RoomClient) => frames.logged().map(({ seq }) => seq);
const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const joined = z.looseObject({ headSeq: z.number(), state: z.unknown().optional() });
const present = z.looseObject({ userId: z.string(), state: z.string(), connections: z.number() });

/** Whom a client shows, after what it was told. */
function shownBy({ frames }: RoomClient): Map<string, number> {
  const here = new Map<string, number>();
  for (const { type, data } of frames.all) {
    const said =
      type === "session:ready"
        ? z.looseObject({ presence: z.array(present) }).parse(data).presence
        : type === "presence"
          ? [present.parse(data)]
          : [];
    for (const { userId, connections } of said) here.set(userId, connections);
  }
  return new Map([...here].filter(([, connections]) => connections > 0));
}

describe("[R5] joining while what was missed is still being told", () => {
  it("tells nothing twice; each join is acknowledged once all of it was told", async () => {
    const held = new HeldReplays();
    const two = await RoomClient.join(bob, taskId, { after: 0, epoch });
    await held.waiting;
    const acks = [
      two.ask("task:join", { after: 0, epoch }),
      two.ask("task:join", { after: headOf(two), epoch }),
      two.ask("task:join"),
    ];
    await one.ask("chat:send", { content: "more" });
    (await model.attempt(3)).finish();
    await one.frames.next(() => one.frames.state?.messages.length === 6);
    expect(two.frames.of("ack")).toEqual([]);
    held.goOn();
    const head = headOf(one);
    for (const ack of await Promise.all(acks)) {
      expect(ack).toMatchObject({ type: "ack", data: { headSeq: head, epoch } });
    }
    const firstAck = two.frames.all.findIndex(({ type }) => type === "ack");
    const before = two.frames.all.slice(0, firstAck).flatMap(({ seq }) => seq ?? []);
    expect(before).toEqual(oneTo(head));
    expect(seqsOf(two)).toEqual(oneTo(head));
    expect(joined.parse((await acks[2])?.data)).toHaveProperty("state");
    expect(two.frames.state?.messages).toEqual(one.frames.state?.messages);
  });

  it("leaving ends it: nothing more is told, and the next join goes on from its own position", async () => {
    const held = new HeldReplays();
    const two = await RoomClient.join(bob, taskId, { after: 0, epoch });
    await held.waiting;
    const ack = two.ask("task:join", { after: 0, epoch });
    await two.ask("task:leave");
    expect(await ack).toMatchObject({ type: "error", error: { code: "conflict" } });
    held.goOn();
    const heard = headOf(two);
    await two.ask("history:sync", { limit: 1 });
    await scheduler.wait(20);
    expect(headOf(two)).toBe(heard);
    expect(heard).toBeLessThan(headOf(one));
    await two.ask("task:join", { after: heard, epoch });
    expect(seqsOf(two)).toEqual(oneTo(headOf(one)));
    expect(two.frames.state?.messages).toEqual(one.frames.state?.messages);
  });
});

describe("[P1] who comes and goes while somebody is being told what was missed", () => {
  it("is heard of at the end of it", async () => {
    const three = await RoomClient.join(alice, taskId);
    const held = new HeldReplays();
    const two = await RoomClient.join(bob, taskId, { after: 0, epoch });
    await held.waiting;
    three.close();
    await one.frames.next(({ data }) => JSON.stringify(data ?? {}).includes('"left"'));
    const four = await RoomClient.join(bob, taskId);
    await four.ask("chat:typing", { typing: true });
    expect(two.frames.of("presence")).toEqual([]);
    held.goOn();
    await two.ask("task:join", { after: headOf(one), epoch });
    expect(shownBy(two)).toEqual(
      new Map([
        [alice, 1],
        [bob, 2],
      ]),
    );
    await one.ask("history:sync", { limit: 1 });
    expect(shownBy(two)).toEqual(shownBy(one));
    const lastOf = (client: RoomClient) =>
      client.frames.of("presence").findLast(({ data }) => present.parse(data).userId === bob)?.data;
    expect(lastOf(two)).toEqual(lastOf(one));
  });

  it("or had left the room: it is heard of with the next join", async () => {
    const two = await RoomClient.join(bob, taskId);
    await two.ask("task:leave");
    const three = await RoomClient.join(alice, taskId);
    await three.ask("history:sync", { limit: 1 });
    const heard = two.frames.of("presence").length;
    expect(heard).toBe(0);
    await two.ask("task:join", { after: headOf(one), epoch });
    expect(shownBy(two).get(alice)).toBe(2);
  });
});

it("[R6] a snapshot and every frame of a replay are at most 1 MiB, however much the room holds", async () => {
  const sizes: number[] = [];
  const token = await tokenOf({ sub: alice });
  for (const place of [{}, { after: 0, epoch }, { after: 999, epoch }]) {
    const frames = new Frames();
    const { webSocket } = await upgrade(token, taskId, place);
    webSocket?.addEventListener("message", ({ data }) => {
      sizes.push(new TextEncoder().encode(String(data)).byteLength);
      frames.take(String(data));
    });
    webSocket?.accept();
    await frames.next(() => frames.state?.task.headSeq === headOf(one));
    // As many of the newest as fit: one of the two long answers and what is after it.
    const contents = frames.state?.messages.map(({ content }) => content.length) ?? [];
    const all = one.frames.state?.messages.map(({ content }) => content.length) ?? [];
    expect(contents).toEqual(all.slice(-contents.length));
    expect(contents.length).toBeGreaterThanOrEqual(2);
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
});
