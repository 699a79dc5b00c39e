import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { writeCode } from "../../scripts/client/bundle";
import {
  type ClientOptions,
  createClient,
  type RoomConnection,
  type RoomSnapshot,
  type Taskroom,
} from "../../src/client";
import { FlakyRoad } from "../support/flaky-road";
import { type Action, answer, done, finish, text, thinking } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { modelTeam } from "../support/model-team";
import { Server } from "../support/server";
import type {} from "../support/shared-servers";
import { until } from "../support/until";
import { WireUser } from "../support/wire-client";
import { startWorker } from "../support/workerd";

const CUTS = 60;
const ALICE = "alice-who-leaves";
const BOB = "bob-who-is-removed";
const server = new Server(inject("shared").testBuild);

let model: ModelServer;
let teamRef: string;
let road: FlakyRoad;
let stayer: Taskroom;
/** The same user over a road that breaks. */
let leaver: Taskroom;
const rooms: RoomConnection[] = [];

beforeAll(async () => {
  model = await startModelServer();
  teamRef = await modelTeam(await WireUser.of(server, ALICE), model);
  road = await FlakyRoad.to(server.url);
  stayer = await as(ALICE);
  leaver = await as(ALICE, { url: road.url, timing: { backoffMs: 10, maxBackoffMs: 50 } });
});
afterEach(() => {
  for (const room of rooms.splice(0)) room.close();
});
afterAll(async () => {
  await road.close();
  await model.close();
});

async function as(user: string, options: Partial<ClientOptions> = {}): Promise<Taskroom> {
  return createClient({ url: server.url, token: await server.token(user), ...options });
}

function enter(taskroom: Taskroom, taskId: string): RoomConnection {
  const room = taskroom.connect(taskId);
  rooms.push(room);
  return room;
}

function shows(room: RoomConnection, fits: (snapshot: RoomSnapshot) => boolean, ms = 90_000) {
  return until("the room shows it", () => fits(room.getSnapshot()), ms);
}

const isOpen = ({ connection }: RoomSnapshot) => connection.state === "open";
const isOver = ({ room }: RoomSnapshot) =>
  room !== undefined && room.openTurns.length === 0 && room.task.status !== "RUNNING";

/** What a model writes for some seconds, a little at a time. */
function long(pieces: number, ms: number): Action[] {
  return Array.from({ length: pieces }, (_, i): Action[] => [
    i % 7 === 0 ? thinking(`hm ${i} `) : text(`word ${i} 👩‍🚀 `),
    { do: "pause", ms },
  ]).flat();
}

async function same(one: RoomConnection, other: RoomConnection): Promise<void> {
  const head = () => one.getSnapshot().room?.task.headSeq;
  await shows(other, (snapshot) => isOpen(snapshot) && snapshot.room?.task.headSeq === head());
  expect(other.getSnapshot().room).toEqual(one.getSnapshot().room);
}

describe("[R1] the client over a road that breaks", () => {
  it(`cut at ${CUTS} points of streamed answers, shows in the end what one shows that never left`, async ({
    annotate,
  }) => {
    const { id } = await stayer.tasks.create({ teamRef });
    const [one, other] = [enter(stayer, id), enter(leaver, id)];
    const seqs: number[] = [];
    other.on("*", (event) => "seq" in event && seqs.push(event.seq));
    await Promise.all([shows(one, isOpen), shows(other, isOpen)]);
    const from = other.getSnapshot().room?.task.headSeq ?? 0;
    let cuts = 0;
    let inText = 0;
    while (cuts < CUTS) {
      model.script([...long(120, 15), finish(), done]);
      await one.send("go on 🚀");
      while (!isOver(one.getSnapshot())) {
        await shows(other, (snapshot) => isOpen(snapshot) || isOver(one.getSnapshot()));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
        if (other.getSnapshot().room?.streams[0]?.text) inText += 1;
        road.cut();
        cuts += 1;
      }
      await same(one, other);
    }
    const head = one.getSnapshot().room?.task.headSeq ?? 0;
    expect(seqs).toEqual(Array.from({ length: head - from }, (_, i) => from + 1 + i));
    expect(inText).toBeGreaterThan(CUTS / 2);
    const { items } = await stayer.sessions.list();
    expect(items.filter(({ taskId }) => taskId === id).length).toBeLessThanOrEqual(3);
    await annotate(`${cuts} cuts, ${inText} of them in mid-text`);
  });

  it("[K2] finds out that a connection is dead, and takes another", async () => {
    const { id } = await stayer.tasks.create({ teamRef });
    const timing = { backoffMs: 10, pingMs: 100, pongMs: 200 };
    const other = enter(await as(ALICE, { url: road.url, timing }), id);
    await shows(other, isOpen);
    road.stall();
    await shows(other, ({ connection }) => connection.state === "open" && connection.resumed);
  });
});

describe("[K3] what is sent arrives once", () => {
  it("written offline, in the order in which it was written", async () => {
    const { id } = await stayer.tasks.create({ teamRef });
    const other = enter(leaver, id);
    await shows(other, isOpen);
    await road.close();
    const contents = ["one", "two", "three", "four"];
    const sends = Promise.all(contents.map((content) => other.send(content)));
    await shows(other, ({ connection }) => connection.state === "waiting");
    expect(other.getSnapshot().unsent.map(({ content }) => content)).toEqual(contents);
    await road.open();
    expect((await sends).map(({ duplicate }) => duplicate)).toEqual([false, false, false, false]);
    expect(await said(id)).toEqual(contents);
    expect(other.getSnapshot().unsent).toEqual([]);
  });

  it("however often the road breaks under it", async () => {
    const { id } = await stayer.tasks.create({ teamRef });
    const other = enter(leaver, id);
    await shows(other, isOpen);
    const contents = Array.from({ length: 12 }, (_, i) => `message ${i}`);
    const acks = [];
    for (const content of contents) {
      const sent = other.send(content);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      road.cut();
      acks.push(await sent);
    }
    expect(await said(id)).toEqual(contents);
    expect(new Set(acks.map(({ messageId }) => messageId)).size).toBe(12);
  });

  async function said(taskId: string): Promise<string[]> {
    const { items } = await stayer.tasks.messages(taskId, { role: ["user"], limit: 200 });
    return items.map(({ content }) => content);
  }
});

describe("[S6] a token that runs out", () => {
  const timing = { backoffMs: 10 };

  it("is replaced by the next one, and the session goes on", async () => {
    const { id } = await stayer.tasks.create({ teamRef });
    let given = 0;
    const token = () => server.token(ALICE, { ttlSeconds: given++ === 0 ? 2 : 3600 });
    const room = enter(await as(ALICE, { token, timing }), id);
    await shows(room, isOpen);
    const { sessionId } = room.getSnapshot();
    await shows(room, ({ connection }) => connection.state === "open" && connection.resumed);
    expect(room.getSnapshot().sessionId).toBe(sessionId);
    expect(given).toBe(2);
  });

  it("without another one ends the connection", async () => {
    const { id } = await stayer.tasks.create({ teamRef });
    const token = await server.token(ALICE, { ttlSeconds: 1 });
    const room = enter(await as(ALICE, { token, timing }), id);
    await shows(room, ({ connection }) => connection.state === "closed");
    expect(room.getSnapshot().connection).toMatchObject({ closed: { code: "unauthorized" } });
  });
});

describe("an end that the server tells", () => {
  it("is told as what it is: removed, deleted", async () => {
    const bob = await as(BOB, { url: road.url });
    const members = [{ userId: BOB, role: "editor" as const }];
    const [one, two] = await Promise.all([
      stayer.tasks.create({ teamRef, members }),
      stayer.tasks.create({ teamRef, members }),
    ]);
    const [removed, deleted] = [enter(bob, one.id), enter(bob, two.id)];
    await Promise.all([shows(removed, isOpen), shows(deleted, isOpen)]);
    await Promise.all([stayer.tasks.dropMember(one.id, BOB), stayer.tasks.delete(two.id)]);
    for (const [room, code] of [
      [removed, "removed"],
      [deleted, "deleted"],
    ] as const) {
      await shows(room, ({ connection }) => connection.state === "closed");
      expect(room.getSnapshot().connection).toMatchObject({ closed: { code } });
    }
  });

  it("not_found, to whoever may not see the task", async () => {
    const { id } = await stayer.tasks.create({ teamRef });
    const room = enter(await as("eve-from-outside"), id);
    await shows(room, ({ connection }) => connection.state === "closed");
    expect(room.getSnapshot().connection).toMatchObject({ closed: { code: "not_found" } });
  });
});

it("all of a user's devices hear of a task's end, and of what one of them has acknowledged", async () => {
  const [one, other] = [stayer.connectUser(), leaver.connectUser()];
  const { id } = await stayer.tasks.create({ teamRef, title: "News", prompt: "hello" });
  await until("both are told", () =>
    [one, other].every((user) =>
      user.getSnapshot().notifications.some(({ taskId }) => taskId === id),
    ),
  );
  const ids = one.getSnapshot().notifications.map((item) => item.id);
  const { unread } = await stayer.notifications.ack({ ids });
  await until("both know", () =>
    [one, other].every((user) => user.getSnapshot().unread === unread),
  );
  await until("it is gone from both", () =>
    [one, other].every((user) => user.getSnapshot().notifications.length === 0),
  );
  one.close();
  other.close();
});

it("works in a Worker: its own WebSocket, fetch and timers", async () => {
  const outDir = mkdtempSync(join(tmpdir(), "taskroom-client-"));
  await writeCode(outDir);
  const worker = await startWorker({
    "main.js": WORKER,
    "client.js": readFileSync(join(outDir, "client.js"), "utf8"),
  });
  try {
    const { id } = await stayer.tasks.create({ teamRef });
    model.script(answer("said ", "to a Worker"));
    const body = JSON.stringify({ url: road.url, token: await server.token(ALICE), id });
    const one = enter(stayer, id);
    await shows(one, ({ connection }) => connection.state === "open");
    const asked = fetch(worker.url, { method: "POST", body });
    // It types once it is in, so that the road is not cut before.
    await shows(one, ({ presence }) => presence.some(({ state }) => state === "typing"));
    road.cut();
    const said: unknown = await (await asked).json();
    expect(said).toMatchObject({ connections: 2, room: { task: { status: "COMPLETED" } } });
    await shows(one, ({ room }) => room?.task.status === "COMPLETED");
    expect(said).toMatchObject({ room: one.getSnapshot().room });
  } finally {
    worker.stop();
    rmSync(outDir, { recursive: true });
  }
});

/** Connects, is cut off, sends all the same, and answers with what it shows in the end. */
const WORKER = `
import { createClient } from "client.js";
export default {
  async fetch(request) {
    if (request.method === "GET") return new Response("ready");
    const { url, token, id } = await request.json();
    const room = createClient({ url, token, timing: { backoffMs: 10 } }).connect(id);
    const shows = (fits) => new Promise((resolve) => {
      const look = () => fits(room.getSnapshot()) && resolve();
      room.subscribe(look);
      look();
    });
    let connections = 0;
    room.on("session:ready", () => { connections += 1; });
    await shows(({ connection }) => connection.state === "open");
    room.typing(true);
    await shows(({ connection }) => connection.state !== "open");
    await room.send("hello");
    await shows(({ room }) => room.task.status === "COMPLETED");
    room.close();
    return Response.json({ connections, room: room.getSnapshot().room });
  },
};
`;
