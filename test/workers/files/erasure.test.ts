import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { databasesOf } from "../../../src/history/shards/databases";
import type { Attachment } from "../../../src/protocol/files/attachment";
import type { MadeFile } from "../../../src/resources/step-files";
import { clockTo, nextAlarm, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control } from "../../worker/control";
import { fetched, home, homeOf, inBucket, NOTHING, ringAfter, stored, textOf } from "./uploads";

const DAY_MS = 24 * 60 * 60 * 1000;
const tableNames = z.array(z.object({ name: z.string() }));

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(control, { clockAheadMs: 0, users: "up", rooms: "up", bucket: "up", d1: "up" });
});

const aMade = (key: string, text: string): MadeFile => ({
  ...{ key, name: "made.txt", mediaType: "text/plain" },
  bytes: textOf(text),
});

const late = (user: string) => ({ sub: user, expiresInSeconds: 99 * 86_400 });

/** Every text of every row that an object or a database has, in one. */
async function rowsOf(sql: SqlStorage): Promise<string> {
  const query =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'";
  const names = tableNames.parse(sql.exec(query).toArray());
  return names
    .map(({ name }) => JSON.stringify(sql.exec(`SELECT * FROM "${name}"`).toArray()))
    .join();
}

async function databaseRows(): Promise<string> {
  const query =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'";
  const all = [...databasesOf(env).values()].map(async (database) => {
    const names = tableNames.parse((await database.prepare(query).all()).results);
    const rows = names.map(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all());
    return JSON.stringify((await Promise.all(rows)).map(({ results }) => results));
  });
  return (await Promise.all(all)).join();
}

describe("[FL8] a task that is erased", () => {
  it("leaves no object, no row in any database, and nothing in any home", async () => {
    const bob = newUser();
    const [one, two] = [await stored(alice), await stored(bob, undefined, { name: "b.txt" })];
    const members = [{ userId: bob, role: "editor" }];
    const taskId = await newTask(alice, { attachments: [one.id], members });
    const client = await RoomClient.join(bob, taskId);
    await client.ask("chat:send", { content: "see", attachments: [two.id] });
    const made = await model.attempt(1);
    const kept = await made.use((files) => files.keep(aMade("k", "made")));
    expect(kept).toMatchObject({ name: "made.txt" });
    made.say("done");
    made.finish();
    await client.frames.next(() => client.frames.state?.task.status === "RUNNING");
    expect(await inBucket()).toHaveLength(3);
    const ids = (await inBucket()).join("|");

    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    expect(await inBucket()).toEqual([]);
    for (const user of [alice, bob]) {
      expect(await homeOf(user)).toEqual(NOTHING);
      const rows = await runInDurableObject(home(user), (_, { storage }) => rowsOf(storage.sql));
      expect(rows).not.toMatch(new RegExp(ids));
    }
    expect(await databaseRows()).not.toMatch(new RegExp(ids));
    expect(await runInDurableObject(roomOf(taskId), (_, { storage }) => rowsOf(storage.sql))).toBe(
      "",
    );
    for (const id of ids.split("|")) expect((await fetched(alice, id)).status).toBe(404);
  });

  it("keeps what another task carries, for that one's members alone", async () => {
    const bob = newUser();
    const { id } = await stored(alice);
    const members = [{ userId: bob, role: "viewer" }];
    const shared = await newTask(alice, { attachments: [id], members });
    const other = await newTask(alice, { attachments: [id] });
    expect((await fetched(bob, id)).status).toBe(200);
    expect((await call(alice, "DELETE", `/tasks/${shared}`)).status).toBe(204);
    expect((await fetched(bob, id)).status).toBe(404);
    expect((await fetched(alice, id)).status).toBe(200);
    expect((await call(alice, "DELETE", `/tasks/${other}`)).status).toBe(204);
    expect(await homeOf(alice)).toEqual(NOTHING);
    expect(await inBucket()).not.toContain(id);
  });

  it("is not done before its files' homes have heard of it, even after days", async () => {
    const { id } = await stored(alice);
    const taskId = await newTask(alice, { attachments: [id] });
    (await model.attempt(1)).finish();
    control.users = "down";
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    clockTo(clock() + 2 * DAY_MS);
    await ring(taskId);
    await evictDurableObject(roomOf(taskId));
    expect(await inBucket()).toContain(id);
    expect(await nextAlarm(taskId)).not.toBeNull();
    control.users = "up";
    await ring(taskId);
    expect(await nextAlarm(taskId)).toBeNull();
    expect(await inBucket()).not.toContain(id);
    expect(await homeOf(alice)).toEqual(NOTHING);
  });

  it("has its files' bytes removed later, where the bucket is down meanwhile", async () => {
    const { id } = await stored(alice);
    const taskId = await newTask(alice, { attachments: [id] });
    control.bucket = "down";
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    expect(await nextAlarm(taskId)).toBeNull();
    expect((await homeOf(alice)).files).toEqual([]);
    control.bucket = "up";
    expect((await fetched(alice, id)).status).toBe(404);
    await ringAfter(alice, DAY_MS);
    expect(await homeOf(alice)).toEqual(NOTHING);
    expect(await inBucket()).not.toContain(id);
  });

  it("by itself, as an ephemeral one is, leaves no file either", async () => {
    const { id } = await stored(alice);
    const taskId = await newTask(alice, { ephemeral: true, attachments: [id] });
    const attempt = await model.attempt(1);
    attempt.say("x");
    attempt.finish();
    await expect
      .poll(async () => {
        const { status } = await (await call(alice, "GET", `/tasks/${taskId}`)).json<{
          status: string;
        }>();
        return status;
      })
      .not.toBe("RUNNING");
    for (let n = 0; n < 20 && (await nextAlarm(taskId)) !== null; n++) await ring(taskId);
    expect(await inBucket()).not.toContain(id);
    expect(await homeOf(alice)).toEqual(NOTHING);
  });
});

describe("[FL3] who leaves a task leaves the files there", () => {
  it("for its members, and may still read them", async () => {
    const bob = newUser();
    const { id } = await stored(bob);
    const taskId = await newTask(alice, { members: [{ userId: bob, role: "editor" }] });
    const client = await RoomClient.join(bob, taskId);
    await client.ask("chat:send", { content: "see", attachments: [id] });
    expect((await call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`)).status).toBe(204);
    await ringAfter(bob, 2 * DAY_MS);
    expect((await fetched(late(alice), id)).status).toBe(200);
    expect((await fetched(late(bob), id)).status).toBe(200);
  });
});

describe("[FL9] a file that an agent makes", () => {
  async function working(body: object = {}) {
    const taskId = await newTask(alice, { prompt: "make", ...body });
    const attempt = await model.attempt(1);
    const keep = (made: MadeFile) => attempt.use((files) => files.keep(made));
    const read = (attachment: Attachment) => attempt.use((files) => files.read(attachment));
    return { taskId, files: { keep, read } };
  }

  it("is its turn's user's, is carried by the task, and is the same however often it is said", async () => {
    const bob = newUser();
    const { taskId, files } = await working({ members: [{ userId: bob, role: "viewer" }] });
    const first = await files.keep(aMade("a", "one"));
    expect(first).toMatchObject({ name: "made.txt", mediaType: "text/plain", size: 3 });
    expect(await files.keep(aMade("a", "one"))).toEqual(first);
    const second = await files.keep(aMade("b", "two"));
    expect(second).not.toEqual(first);
    if ("code" in first) throw new Error(first.code);
    expect(new TextDecoder().decode(await files.read(first))).toBe("one");
    expect(await (await fetched(bob, first.fileId)).text()).toBe("one");
    expect((await homeOf(alice)).file_totals).toMatchObject([{ files: 2, bytes: 6 }]);
    await ringAfter(alice, 2 * 60_000);
    const carriers = (await homeOf(alice)).file_carriers ?? [];
    expect(carriers).toMatchObject([{ task_id: taskId, ask_at: null }, { ask_at: null }]);
  });

  it("is refused where it is too large, is none of its type, or is over the quota", async () => {
    const { files } = await working();
    const png = { ...aMade("a", "no picture"), mediaType: "image/png" };
    expect(await files.keep(png)).toMatchObject({ code: "invalid_request" });
    expect(await files.keep({ ...aMade("a", "x"), name: "a/b" })).toMatchObject({
      code: "invalid_request",
    });
    const large = { ...aMade("a", ""), bytes: new Uint8Array(25 * 1024 * 1024 + 1) };
    expect(await files.keep(large)).toMatchObject({ code: "payload_too_large" });
    await home(alice).reserveFile({
      ...{ id: `file_${"0".repeat(26)}`, name: "x", mediaType: "text/plain" },
      size: 1024 ** 3,
    });
    expect(await files.keep(aMade("a", "x"))).toMatchObject({ code: "quota_exceeded" });
  });

  it("goes on where its keeping broke off", async () => {
    const { files } = await working();
    control.users = "answers are lost";
    await expect(files.keep(aMade("a", "one"))).rejects.toThrow();
    control.users = "up";
    const kept = await files.keep(aMade("a", "one"));
    if ("code" in kept) throw new Error(kept.code);
    expect(await (await fetched(alice, kept.fileId)).text()).toBe("one");
    expect((await homeOf(alice)).file_totals).toMatchObject([{ files: 1, bytes: 3 }]);
  });

  it("is not kept for a task that was erased meanwhile", async () => {
    const { taskId, files } = await working();
    const before = await inBucket();
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    await expect(files.keep(aMade("a", "one"))).rejects.toThrow();
    expect(await inBucket()).toEqual(before);
  });
});
