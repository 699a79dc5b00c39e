import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let bob: string;
let taskId: string;
let model: ScriptedModel;

const ready = z.looseObject({ epoch: z.string(), presence: z.array(z.looseObject({})) });
const named = z.looseObject({ userId: z.string() });
const joined = z.looseObject({
  headSeq: z.number(),
  epoch: z.string(),
  state: z.unknown().optional(),
});

beforeEach(async () => {
  alice = newUser();
  bob = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  taskId = await newTask(alice, { members: [{ userId: bob, role: "editor" }] });
});

type Client = Awaited<ReturnType<typeof RoomClient.join>>;

async function both(): Promise<[Client, Client]> {
  return [await RoomClient.join(alice, taskId), await RoomClient.join(bob, taskId)];
}

/** What a client has heard of who is here; asking makes sure that nothing is on its way. */
async function heardBy(client: RoomClient): Promise<unknown[]> {
  await client.ask("history:sync");
  return client.frames.of("presence").map(({ data }) => data);
}

describe("[P1] who is here", () => {
  it("is told to the others when somebody comes, with each connection, and goes", async () => {
    const one = await RoomClient.join({ sub: alice, name: "Alice" }, taskId);
    const two = await RoomClient.join({ sub: bob, name: "Bob" }, taskId);
    const three = await RoomClient.join({ sub: bob, name: "Bob" }, taskId);
    three.close();
    await one.frames.next(
      ({ type, data }) => type === "presence" && JSON.stringify(data).includes("left"),
    );
    expect(await heardBy(one)).toEqual([
      { userId: bob, name: "Bob", state: "joined", connections: 1 },
      { userId: bob, name: "Bob", state: "joined", connections: 2 },
      { userId: bob, name: "Bob", state: "left", connections: 1 },
    ]);
    expect(ready.parse(two.ready).presence).toEqual([
      { userId: alice, name: "Alice", state: "joined", connections: 1 },
      { userId: bob, name: "Bob", state: "joined", connections: 1 },
    ]);
  });

  it("of a crowd that comes at once each hears of all who came later, once", async () => {
    const users = Array.from({ length: 40 }, newUser);
    const members = users.map((userId) => ({ userId, role: "viewer" }));
    const room = await newTask(alice, { members });
    const one = await RoomClient.join(alice, room);
    const crowd = await Promise.all(users.map((user) => RoomClient.join(user, room)));
    const told = (await heardBy(one)).map((data) => named.parse(data).userId);
    expect(told.toSorted()).toEqual(users.toSorted());
    for (const client of crowd) {
      const here = z.array(named).parse(ready.parse(client.ready).presence);
      const later = (await heardBy(client)).map((data) => named.parse(data).userId);
      expect([...here.map(({ userId }) => userId), ...later]).toEqual([alice, ...told]);
    }
  });

  it("typing is told to the others once, and a message ends it", async () => {
    const [one, two] = await both();
    await two.ask("chat:typing", { typing: true });
    await two.ask("chat:typing", { typing: true });
    const late = await RoomClient.join(alice, taskId);
    expect(ready.parse(late.ready).presence).toContainEqual(
      expect.objectContaining({ userId: bob, state: "typing" }),
    );
    await two.ask("chat:send", { content: "hello" });
    const states = (await heardBy(one)).map(
      (data) => z.looseObject({ state: z.string() }).parse(data).state,
    );
    expect(states).toEqual(["joined", "typing", "joined", "idle"]);
    expect((await heardBy(two)).length).toBe(1);
  });
});

describe("[R5] leaving and joining on an open connection", () => {
  it("who has left hears nothing, and has what was missed when it joins with its position", async () => {
    const [one, two] = await both();
    await converse(one, model, "first");
    await two.frames.next(() => two.frames.state?.task.status === "COMPLETED");
    const { epoch } = ready.parse(two.ready);
    const after = two.frames.state?.task.headSeq;
    expect(await two.ask("task:leave")).toMatchObject({ type: "ack" });
    const heard = two.frames.all.length;
    await converse(one, model, "second");
    await two.ask("history:sync");
    expect(two.frames.all.slice(heard).map(({ type }) => type)).toEqual(["ack"]);

    const reply = await two.ask("task:join", { after, epoch });
    expect(joined.parse(reply.data)).toMatchObject({
      epoch,
      headSeq: one.frames.state?.task.headSeq,
    });
    // The ack comes last: with it the client is caught up.
    expect(two.frames.state?.messages).toEqual(one.frames.state?.messages);
    expect(two.frames.state?.task.headSeq).toBe(one.frames.state?.task.headSeq);
    await converse(one, model, "third");
    await two.frames.next(() => two.frames.state?.messages.length === 6);
    const seqs = two.frames.logged().map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => Number(a) - Number(b)));
  });

  it("in mid-stream the text so far comes with it", async () => {
    const [one, two] = await both();
    const { epoch } = ready.parse(two.ready);
    await two.ask("task:leave");
    const after = two.frames.state?.task.headSeq;
    await one.ask("chat:send", { content: "go" });
    (await model.attempt(1)).say({ type: "thinking", delta: "hm " }, "half ");
    await one.frames.next(() => one.frames.state?.streams[0]?.text === "half ");
    await two.ask("task:join", { after, epoch });
    expect(two.frames.state?.streams).toEqual(one.frames.state?.streams);
  });

  it("without a position the ack has the whole state", async () => {
    const [one, two] = await both();
    await two.ask("task:leave");
    await converse(one, model, "first");
    const reply = joined.parse((await two.ask("task:join")).data);
    expect(reply.state).toMatchObject({ messages: one.frames.state?.messages });
  });

  it("who has left counts as gone, and as come again when it joins", async () => {
    const [one, two] = await both();
    await two.ask("task:leave");
    await two.ask("task:leave");
    await two.ask("task:join");
    await two.ask("task:join");
    const states = (await heardBy(one)).map(
      (data) => z.looseObject({ state: z.string() }).parse(data).state,
    );
    expect(states).toEqual(["joined", "left", "joined"]);
  });
});

describe("[R4] a position that can't be continued from is answered with history:reset and the state", () => {
  const cases: [string, { after: number; epoch?: string }][] = [
    ["of another epoch", { after: 1, epoch: "another" }],
    ["ahead of the log", { after: 999 }],
  ];
  it.each(cases)("%s, on connecting and on joining", async (_, place) => {
    const one = await RoomClient.join(alice, taskId);
    await converse(one, model, "first");
    const two = await RoomClient.join(bob, taskId, place);
    await two.frames.next(({ type }) => type === "history:reset");
    expect(two.frames.state?.messages).toEqual(one.frames.state?.messages);
    expect(two.frames.state?.task.headSeq).toBe(one.frames.state?.task.headSeq);

    await one.ask("task:join", place);
    expect(one.frames.of("history:reset")).toHaveLength(1);
    await converse(one, model, "second");
    await two.frames.next(() => two.frames.state?.messages.length === 4);
    expect(two.frames.state?.messages).toEqual(one.frames.state?.messages);
  });

  it("the position is the head: nothing comes, and no reset", async () => {
    const one = await RoomClient.join(alice, taskId);
    await converse(one, model, "first");
    await one.ask("history:sync");
    const after = one.frames.state?.task.headSeq ?? 0;
    const { epoch } = ready.parse(one.ready);
    const two = await RoomClient.join(alice, taskId, { after, epoch });
    await two.ask("history:sync");
    expect(two.frames.all.map(({ type }) => type)).toEqual(["session:ready", "synced", "ack"]);
    expect(two.ready).not.toHaveProperty("state");
  });
});
