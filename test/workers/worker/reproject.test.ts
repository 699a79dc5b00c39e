import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { databasesOf } from "../../../src/history/shards/databases";
import {
  type KnownPage,
  knownPage,
  type Reprojected,
  reprojected,
} from "../../../src/protocol/operator/reproject";
import { historyOf, toldHistoryOf } from "../../support/own-history";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, ORIGIN, RoomClient, tokenOf } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control, resetControl } from "../../worker/control";

let alice: string;
let bob: string;
let model: ScriptedModel;

beforeEach(() => {
  [alice, bob] = [newUser(), newUser()];
  model = new ScriptedModel();
  control.model = model.callAgent;
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  resetControl();
  vi.restoreAllMocks();
});

async function ask<T>(schema: z.ZodType<T>, method: string, path: string, body?: object) {
  const response = await exports.default.fetch(`${ORIGIN}/api/v1/history/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${await tokenOf({ sub: "operator", scope: "admin" })}`,
      "Content-Type": "application/json",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return schema.parse(await response.json());
}

const reproject = (...taskIds: string[]): Promise<Reprojected> =>
  ask(reprojected, "POST", "reproject", { taskIds });

const lag = z.looseObject({ outboxLag: z.number() });
async function told(taskId: string): Promise<void> {
  const lagOf = async () =>
    lag.parse(await (await call(alice, "GET", `/tasks/${taskId}/stats`)).json()).outboxLag;
  await expect.poll(lagOf).toBe(0);
}

async function room(): Promise<{ taskId: string; client: RoomClient }> {
  const taskId = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
  const client = await RoomClient.join(alice, taskId);
  await converse(client, model, "one");
  await converse(client, model, "two");
  await told(taskId);
  return { taskId, client };
}

type Row = Record<string, unknown>;

/** All rows of a task; the place in lists is given anew. */
async function rowsOf(taskId: string, database: D1Database): Promise<Row[][]> {
  const queries = [
    "SELECT * FROM tasks WHERE id = ?",
    "SELECT user_id, role, status FROM task_members WHERE task_id = ? ORDER BY user_id",
    "SELECT * FROM messages WHERE task_id = ? ORDER BY seq",
  ];
  const results = await database.batch<Row>(
    queries.map((query) => database.prepare(query).bind(taskId)),
  );
  const parsed = ({ metadata, ...row }: Row) =>
    metadata === undefined ? row : { ...row, metadata: JSON.parse(String(metadata)) };
  return results.map(({ results: rows }) => rows.map(parsed));
}

async function lose(database: D1Database): Promise<void> {
  const tables = ["tasks", "task_members", "messages", "deleted_tasks"];
  await database.batch(tables.map((table) => database.prepare(`DELETE FROM ${table}`)));
}

/** Gives a room messages with these `seq`s, as if its log were older. */
async function fillWith(taskId: string, from: number, to: number): Promise<void> {
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    sql.exec("UPDATE log SET first_seq = first_seq + 9000, last_seq = last_seq + 9000");
    sql.exec("UPDATE outbox SET cursor = cursor + 9000, history_cursor = cursor + 9000");
    const message = JSON.stringify({
      ...{ taskId, turnId: "turn_00000000000000000000000000", threadId: "main", role: "user" },
      ...{ content: "c", status: "complete", createdAt: "2026-11-01T00:00:00.000Z", metadata: {} },
    });
    sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
        INSERT INTO messages (seq, id, thread_id, role, body)
        SELECT i, printf('msg_%026d', i), 'main', 'user',
          json_set(?3, '$.seq', i, '$.id', printf('msg_%026d', i)) FROM n`,
      ...[from, to, message],
    );
    if (from > 1) sql.exec("INSERT INTO kept (what, seq) VALUES ('messages', ?)", from);
  });
}

describe("[Y6] a room writes its task again", () => {
  it("into a database that has lost everything: task, members and messages, and again changes nothing", async () => {
    const { taskId } = await room();
    const database = await historyOf(taskId);
    const before = await rowsOf(taskId, database);
    await lose(database);
    const first = await reproject(taskId);
    expect(first.rewritten).toEqual([
      { taskId, members: expect.arrayContaining([alice, bob]), messages: 4 },
    ]);
    expect(await rowsOf(taskId, database)).toEqual(before);
    expect(await reproject(taskId)).toEqual(first);
    expect(await rowsOf(taskId, database)).toEqual(before);
  });

  it("with what was superseded, also where the database has the messages and not that", async () => {
    const { taskId, client } = await room();
    const database = await historyOf(taskId);
    const [first] = client.frames.state?.messages ?? [];
    await client.ask("chat:edit", { messageId: first?.id, content: "eins" });
    const attempt = await model.attempt(3);
    attempt.finish();
    await client.frames.next(() => client.frames.state?.openTurns.length === 0);
    await told(taskId);
    const before = await rowsOf(taskId, database);
    expect(before[2]?.filter(({ superseded_by }) => superseded_by !== null)).toHaveLength(4);
    await database.prepare("UPDATE messages SET superseded_by = NULL").run();
    await reproject(taskId);
    expect(await rowsOf(taskId, database)).toEqual(before);
    // Where the room does not have the messages any more, its log has what became of them.
    await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
      sql.exec("DELETE FROM messages WHERE superseded_by IS NOT NULL");
      sql.exec("INSERT INTO kept (what, seq) SELECT 'superseded', max(seq) FROM messages");
    });
    await evictDurableObject(roomOf(taskId));
    await database.prepare("UPDATE messages SET superseded_by = NULL").run();
    await reproject(taskId);
    expect(await rowsOf(taskId, database)).toEqual(before);
    await lose(database);
    await reproject(taskId);
    const [, , messages] = await rowsOf(taskId, database);
    expect(messages).toEqual(before[2]?.filter(({ superseded_by }) => superseded_by === null));
  });

  it("asked for by its object's id, after it has slept", async () => {
    const { taskId } = await room();
    const database = await historyOf(taskId);
    await lose(database);
    await evictDurableObject(roomOf(taskId));
    const objectIds = [env.TASK_ROOM.idFromName(taskId).toString()];
    const { rewritten } = await ask(reprojected, "POST", "reproject", { objectIds });
    expect(rewritten).toMatchObject([{ taskId, messages: 4 }]);
    expect((await rowsOf(taskId, database))[2]).toHaveLength(4);
  });

  it("while a turn is at work, of which nothing is lost or doubled", async () => {
    const { taskId, client } = await room();
    const database = await historyOf(taskId);
    await client.ask("chat:send", { content: "three" });
    const attempt = await model.attempt(3);
    await lose(database);
    await Promise.all([reproject(taskId), reproject(taskId)]);
    attempt.say("about three");
    attempt.finish();
    await client.frames.next(
      (frame) =>
        says("turn:status", "COMPLETED")(frame) && client.frames.of("chat:done").length > 2,
    );
    await told(taskId);
    expect(await reproject(taskId)).toMatchObject({ rewritten: [{ messages: 6 }] });
    const [, , messages = []] = await rowsOf(taskId, database);
    expect(messages.map(({ content }) => content).sort()).toEqual(
      ["about one", "about three", "about two", "one", "three", "two"].sort(),
    );
  });

  it("and what the database has of a life that the room has lost goes", async () => {
    const { taskId } = await room();
    const database = await historyOf(taskId);
    const before = await rowsOf(taskId, database);
    for (const seq of [2, 9000]) {
      await database
        .prepare(
          `INSERT INTO messages (id, task_id, seq, turn_id, thread_id, role, content, status, created_at, metadata)
            SELECT id || ?1, task_id, ?1, turn_id, thread_id, role, 'a ghost', status, created_at, metadata
            FROM messages WHERE task_id = ?2 LIMIT 1`,
        )
        .bind(seq, taskId)
        .run();
    }
    await reproject(taskId);
    expect(await rowsOf(taskId, database)).toEqual(before);
  });

  it("page by page, and says which messages the database alone can have", async () => {
    const taskId = await newTask(alice);
    const database = await toldHistoryOf(taskId);
    await fillWith(taskId, 301, 1200);
    await evictDurableObject(roomOf(taskId));
    await lose(database);
    const { rewritten } = await reproject(taskId);
    expect(rewritten).toMatchObject([
      { taskId, messages: 900, databaseOnly: { beforeSeq: 301, stored: 0 } },
    ]);
    expect((await rowsOf(taskId, database))[2]).toHaveLength(900);
  });

  it("with what the room would let go of meanwhile, as what its database has", async () => {
    const taskId = await newTask(alice);
    const database = await toldHistoryOf(taskId);
    await fillWith(taskId, 1, 2400);
    await evictDurableObject(roomOf(taskId));
    await lose(database);
    control.d1 = "slow";
    control.d1SlowMs = 300;
    const written = reproject(taskId);
    const query = database.prepare("SELECT count(*) AS n FROM messages WHERE task_id = ?");
    const count = async () => Number((await query.bind(taskId).first())?.n);
    await expect.poll(count).toBeGreaterThan(0);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    expect(await written).toMatchObject({ rewritten: [{ taskId }] });
    control.d1 = "up";
    await told(taskId);
    expect(await count()).toBe(2402);
    // Afterwards it does.
    await converse(client, model, "two");
    const kept = await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) =>
      Number(sql.exec("SELECT count(*) AS n FROM messages").one().n),
    );
    expect(kept).toBeLessThan(1100);
  });

  it("but an erased one does not come back, and what cannot be written is named", async () => {
    const { taskId } = await room();
    const gone = await newTask(alice);
    await toldHistoryOf(gone);
    await call(alice, "DELETE", `/tasks/${gone}`);
    expect(await reproject(gone)).toMatchObject({ rewritten: [], empty: [gone] });
    control.d1 = "down";
    expect(await reproject(taskId)).toMatchObject({ rewritten: [], unreachable: [taskId] });
  });
});

type Stored = Record<string, SqlStorageValue>;

/** All that a room's storage has now; given back, the room is as it was then, and knows nothing of it. */
async function backUp(taskId: string): Promise<() => Promise<void>> {
  const tables = await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    const names = sql.exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
    );
    return names
      .toArray()
      .map(({ name }) => ({ name, rows: sql.exec<Stored>(`SELECT * FROM ${name}`).toArray() }));
  });
  return async () => {
    await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
      for (const { name, rows } of tables) {
        sql.exec(`DELETE FROM ${name}`);
        for (const row of rows) {
          const places = Object.keys(row).map(() => "?");
          sql.exec(`INSERT INTO ${name} VALUES (${places.join(", ")})`, ...Object.values(row));
        }
      }
    });
    await abortAllDurableObjects();
  };
}

describe("[Y8] a room whose storage was restored from an earlier time", () => {
  const contents = async (taskId: string) =>
    (await rowsOf(taskId, await historyOf(taskId)))[2]?.map(({ content }) => content);

  async function restored() {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await told(taskId);
    const restore = await backUp(taskId);
    for (const text of ["two", "three", "four"]) await converse(client, model, text);
    await told(taskId);
    const { headSeq: after, epoch } = client.frames.state?.task ?? { headSeq: 0, epoch: "" };
    await restore();
    return { taskId, place: { after, epoch } };
  }

  it("has another epoch once it is reprojected, and its database nothing of the life that was lost", async () => {
    const { taskId, place } = await restored();
    expect(await contents(taskId)).toHaveLength(8);
    expect(await reproject(taskId)).toMatchObject({ rewritten: [{ messages: 2 }] });
    expect(await contents(taskId)).toEqual(["about one", "one"]);
    const back = await RoomClient.join(alice, taskId, place);
    await back.frames.next(({ type }) => type === "history:reset");
    expect(back.frames.state?.task.epoch).not.toBe(place.epoch);
  });

  it("finds it out by itself where its database has heard more than it says next", async () => {
    const { taskId } = await restored();
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "five").catch(() => undefined);
    await expect.poll(() => contents(taskId)).toEqual(["about one", "one", "about five", "five"]);
    await told(taskId);
    expect(await reproject(taskId)).toMatchObject({ rewritten: [{ messages: 4 }] });
    expect(await contents(taskId)).toEqual(["about one", "one", "about five", "five"]);
  });
});

/** A whole walk, as the script makes it: all that it finds is asked for again. */
async function everythingKnown(
  from: string[],
): Promise<{ tasks: Set<string>; users: Set<string> }> {
  const tasks = new Set<string>();
  const users = new Set(["", ...from]);
  for (const userId of users) {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = new URLSearchParams({ ...(userId && { userId }), ...(cursor && { cursor }) });
      const page: KnownPage = await ask(knownPage, "GET", `tasks?${query}`);
      for (const id of page.taskIds) tasks.add(id);
      for (const id of page.userIds) users.add(id);
      cursor = page.nextCursor;
    }
  }
  return { tasks, users };
}

describe("[Y7] the tasks to be written again are found", () => {
  it("in every database, and in the homes of the users whom any of them knows", async () => {
    const taskIds = [await newTask(alice), await newTask(alice), await newTask(bob)];
    const databases = await Promise.all(taskIds.map(toldHistoryOf));
    const { tasks, users } = await everythingKnown([]);
    for (const id of taskIds) expect(tasks).toContain(id);
    expect([...users]).toEqual(expect.arrayContaining([alice, bob]));
    // The control database knows who has made tasks, and their homes know which.
    for (const database of new Set(databases)) await lose(database);
    const found = await everythingKnown([]);
    expect([...found.tasks]).toEqual(expect.arrayContaining(taskIds));
  });

  it("and in the home of a user who is named, and of those who made what is listed there", async () => {
    const shared = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
    const own = await newTask(alice);
    const brief = await newTask(alice, { ephemeral: true });
    await Promise.all([shared, own, brief].map(toldHistoryOf));
    await expect.poll(async () => (await call(bob, "GET", `/tasks/${shared}`)).status).toBe(200);
    for (const database of databasesOf(env).values()) await lose(database);
    await env.DB.prepare("DELETE FROM history_users").run();
    const { tasks } = await everythingKnown([bob]);
    expect([...tasks]).toEqual(expect.arrayContaining([shared, own, brief]));
  });
});
