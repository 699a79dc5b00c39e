import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as z from "zod";
import { Release } from "../../compat/released";
import { roomOf } from "../../support/room-alarm";
import { call, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { UserClient } from "../../support/user-client";
import { clock, control, freeClock, stopClock } from "../../worker/control";

// A later version ran here and was rolled back: its rows are in the store.

const ROUND = { turnId: "turn_later", round: 1, calls: [{ index: 0, name: "look" }] };
const NOTE = {
  timestamp: "2026-01-01T00:00:00.000Z",
  agentType: "assistant",
  level: "info",
  message: "a note",
};
/** What each thing that is stored has besides. */
const LATER = { than: ["this"] };

const release = new Release();
const { alice } = release;
let model: ScriptedModel;
let taskId: string;
let head: number;

beforeAll(async () => {
  stopClock();
  model = new ScriptedModel();
  control.model = model.callAgent;
  // Nobody takes what the webhook's queue holds.
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 503 }));
  await release.database();
  await release.home();
  taskId = await release.room("at rest");
  head = 18;
});
afterAll(() => {
  freeClock();
  vi.restoreAllMocks();
});

type Written = { type: string; data: object };

/** Writes these into the log as one commit of the later version. */
async function commit(...events: Written[]): Promise<object[]> {
  const ts = new Date(clock()).toISOString();
  const numbered = events.map((event, i) => ({ ...event, seq: head + 1 + i, ts, later: LATER }));
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    const query =
      "INSERT INTO log (first_seq, last_seq, at, entries, events) VALUES (?, ?, ?, ?, ?)";
    const entries = events.filter(({ type }) => type === "log").length;
    sql.exec(query, head + 1, head + events.length, clock(), entries, JSON.stringify(numbered));
  });
  head += events.length;
  await evictDurableObject(roomOf(taskId));
  return numbered;
}

async function read<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  const response = await call(alice, "GET", path);
  expect([path, response.status]).toEqual([path, 200]);
  return schema.parse(await response.json());
}

const page = z.object({ items: z.array(z.looseObject({ seq: z.number() })) });
const stats = z.looseObject({ outboxLag: z.number(), headSeq: z.number() });

it("[L10] an event of an unknown type is counted, told to nobody as news, and holds up no outbox", async () => {
  await commit({ type: "chat:tomorrow", data: ROUND });
  await expect.poll(async () => (await read(stats, `/tasks/${taskId}/stats`)).outboxLag).toBe(0);
  expect((await read(stats, `/tasks/${taskId}/stats`)).headSeq).toBe(head);
  const projected = env.DB.prepare("SELECT projected_seq FROM tasks WHERE id = ?").bind(taskId);
  expect(await projected.first("projected_seq")).toBe(head);
});

it("[L10] an event of an unknown type is replayed and listed as it is, and the fold goes past it", async () => {
  const events = await commit({ type: "chat:tomorrow", data: ROUND }, { type: "x:y", data: {} });
  const client = await RoomClient.join(alice, taskId, { after: head - 2 });
  await client.frames.next(({ seq }) => seq === head);
  expect(client.frames.logged()).toEqual(events);
  client.close();
  const { items } = await read(page, `/tasks/${taskId}/events?after=${head - 2}`);
  expect(items).toEqual(events);

  // Rewritten on its way, for the reader's role: what stands beside in the same commit stays.
  const task = Object(await read(z.unknown(), `/tasks/${taskId}`));
  const { role, headSeq, activeTurnId, ...known } = task;
  const mixed = await commit(
    { type: "task:updated", data: { task: { ...known, headSeq, later: LATER } } },
    { type: "chat:tomorrow", data: ROUND },
  );
  const reader = await RoomClient.join(release.bob, taskId, { after: head - 2 });
  await reader.frames.next(({ seq }) => seq === head);
  const [updated, round] = reader.frames.logged();
  expect(round).toEqual(mixed[1]);
  expect(updated).toMatchObject({ later: LATER, data: { task: { later: LATER, role: "viewer" } } });
  expect(reader.frames.state?.task.headSeq).toBe(head);
  reader.close();
});

it("[L10] members that a later version keeps of a room, a task, a turn and a run outlive this one's commits", async () => {
  taskId = await release.room("running");
  const add = (body: string, ...paths: string[]) =>
    paths.reduce(
      (text, path) => `json_set(${text}, '${path}', json('${JSON.stringify(LATER)}'))`,
      body,
    );
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    sql.exec(`UPDATE room SET body = ${add("body", "$.later", "$.task.later")}`);
    const paths = ["$.turn.later", "$.run.later", "$.turn.steps[0].later"];
    sql.exec(`UPDATE turns SET body = ${add("body", ...paths)}`);
  });
  await evictDurableObject(roomOf(taskId));
  const from = model.attempts.length;
  const client = await RoomClient.join(alice, taskId);
  for (const n of [1, 2, 3]) {
    const attempt = await model.attempt(from + n);
    attempt.say("done");
    attempt.finish();
  }
  await expect.poll(() => client.frames.state?.task.status).toBe("COMPLETED");
  client.close();
  const kept = await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => ({
    room: sql.exec("SELECT body FROM room").toArray().map(bodyOf),
    turns: sql.exec("SELECT body FROM turns").toArray().map(bodyOf),
  }));
  expect(kept.room).toMatchObject([{ later: LATER, task: { later: LATER } }]);
  const turn = {
    turn: { later: LATER, status: "COMPLETED", steps: [{ later: LATER }] },
    run: { later: LATER },
  };
  expect(kept.turns).toMatchObject([turn, turn, turn]);
});

function bodyOf({ body }: Record<string, unknown>): unknown {
  return JSON.parse(String(body));
}

it("[L10] thinning the log takes old entries out of a commit, and leaves what is unknown", async () => {
  taskId = await release.room("half told");
  head = Math.max(...(await read(page, `/tasks/${taskId}/events`)).items.map(({ seq }) => seq));
  const entry = { type: "log", data: NOTE };
  const [, unknown] = await commit(entry, { type: "chat:tomorrow", data: ROUND });
  await commit(entry);
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    // As many entries as make thinning worth it, all in the row before the last.
    sql.exec("UPDATE log SET entries = 20000 WHERE last_seq = ?", head - 1);
  });
  await evictDurableObject(roomOf(taskId));
  const client = await RoomClient.join(alice, taskId);
  const before = model.attempts.length;
  await client.ask("chat:send", { content: "go" });
  const attempt = await model.attempt(before + 1);
  attempt.say({ type: "log", level: "info", message: "one more" }, "done");
  attempt.finish();
  await expect.poll(() => client.frames.state?.task.status).toBe("COMPLETED");
  client.close();
  const { items } = await read(page, `/tasks/${taskId}/events?after=${head - 3}`);
  expect(items[0]).toEqual(unknown);
});

it("an event of an unknown type in the user's own log is sent on as it is", async () => {
  const home = env.USER_ROOM.getByName(alice);
  const ts = new Date(clock()).toISOString();
  const seq = await runInDurableObject(home, (_, { storage: { sql } }) => {
    const next = 1 + Number(sql.exec("SELECT max(seq) AS seq FROM log").one().seq);
    const event = { type: "task:archived", seq: next, ts, data: { taskId }, later: LATER };
    sql.exec(
      "INSERT INTO log (seq, at, event) VALUES (?, ?, ?)",
      next,
      clock(),
      JSON.stringify(event),
    );
    return next;
  });
  await evictDurableObject(home);
  const device = await UserClient.open(alice, { after: seq - 1 });
  const said = await device.frames.next((frame) => frame.seq === seq);
  expect(said).toEqual({ type: "task:archived", seq, ts, data: { taskId }, later: LATER });
  device.close();
});

it("a room in which there was an unknown event goes on talking", async () => {
  taskId = await release.room("waiting");
  head = Math.max(...(await read(page, `/tasks/${taskId}/events`)).items.map(({ seq }) => seq));
  await commit({ type: "turn:paused", data: { turnId: "turn_later" } });
  await call(alice, "POST", `/tasks/${taskId}/interrupt`, {});
  const client = await RoomClient.join(alice, taskId);
  expect(client.frames.state?.task.headSeq).toBeGreaterThan(head);
  client.close();
});
