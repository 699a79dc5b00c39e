import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { LIMITS } from "../../../src/protocol/limits";
import { message } from "../../../src/protocol/message";
import { toldHistoryOf } from "../../support/own-history";
import { nextAlarm, ring, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import { fetched, inBucket, stored, textOf } from "./uploads";

const messages = z.object({ items: z.array(message) });
const withId = z.looseObject({ id: z.string() });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.d1 = "up";
});

async function attachmentsOf(user: string, taskId: string) {
  const response = await call(user, "GET", `/messages?taskId=${taskId}`);
  return messages.parse(await response.json()).items.flatMap(({ attachments = [] }) => attachments);
}

describe("[FK1] the files of a fork's messages", () => {
  it("are the source's, readable in the fork for as long as it is there, whoever made it", async () => {
    const bob = newUser();
    const { id: fileId } = await stored(alice, textOf("a map"));
    const members = [{ userId: bob, role: "viewer" }];
    const source = await newTask(alice, { prompt: "look", attachments: [fileId], members });
    (await model.attempt(1)).finish();
    const forked = await call(bob, "POST", `/tasks/${source}/fork`);
    expect(forked.status).toBe(201);
    const { id: fork } = withId.parse(await forked.json());
    expect(await attachmentsOf(bob, fork)).toMatchObject([{ fileId, name: "hello.txt" }]);
    expect((await call(alice, "DELETE", `/tasks/${source}/members/${bob}`)).status).toBe(204);
    expect((await call(alice, "DELETE", `/tasks/${source}`)).status).toBe(204);
    expect(await (await fetched(bob, fileId)).text()).toBe("a map");
    expect((await call(bob, "DELETE", `/tasks/${fork}`)).status).toBe(204);
    expect((await fetched(bob, fileId)).status).toBe(404);
    await expect.poll(inBucket).not.toContain(fileId);
  });
});

describe("[FK6] a file that as many tasks carry as may", () => {
  /** As if so many tasks carried it besides. */
  async function fill(fileId: string): Promise<void> {
    await runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage: { sql } }) => {
      for (let n = 1; n < LIMITS.tasksPerFile; n++) {
        sql.exec("INSERT INTO file_carriers VALUES (?, ?, 1, 0, NULL)", fileId, `task_${n}`);
      }
    });
  }

  /** As if the room had let go of all but the last message; the database has it. */
  async function letGo(taskId: string, before: number): Promise<void> {
    const history = await toldHistoryOf(taskId);
    const stored = "SELECT count(*) AS n FROM messages WHERE task_id = ?";
    await expect.poll(() => history.prepare(stored).bind(taskId).first("n")).toBe(3);
    await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
      sql.exec("DELETE FROM messages WHERE seq < ?", before);
      sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('messages', ?)", before);
    });
    await evictDurableObject(roomOf(taskId));
  }

  const said = async (taskId: string) => {
    const response = await call(alice, "GET", `/messages?taskId=${taskId}`);
    const page = z.object({ items: z.array(message), nextCursor: z.string().nullable() });
    const { items, nextCursor } = page.parse(await response.json());
    const contents = items.map(({ content }) => content);
    return nextCursor === null ? contents : undefined;
  };

  it("stays behind where it is in the older part, which is copied all the same", async () => {
    const { id: fileId } = await stored(alice, textOf("a map"));
    const source = await newTask(alice, { prompt: "look", attachments: [fileId] });
    const attempt = await model.attempt(1);
    attempt.say("seen");
    attempt.finish();
    await expect.poll(() => said(source)).toEqual(["look", "seen"]);
    await call(alice, "POST", `/tasks/${source}/notes`, { content: "the end" });
    const items = z.object({ items: z.array(message) });
    const all = items.parse(await (await call(alice, "GET", `/messages?taskId=${source}`)).json());
    await letGo(source, all.items.at(-1)?.seq ?? 0);
    await fill(fileId);
    control.d1 = "down";
    const forked = await call(alice, "POST", `/tasks/${source}/fork`);
    control.d1 = "up";
    const { id: fork } = withId.parse(await forked.json());
    await expect.poll(() => nextAlarm(fork)).not.toBeNull();
    await ring(fork);
    await expect.poll(() => said(fork)).toEqual(["look", "seen", "the end"]);
    expect(await attachmentsOf(alice, fork)).toEqual([]);
  });

  it("refuses a fork whose newest messages carry it", async () => {
    const { id: fileId } = await stored(alice, textOf("a map"));
    const source = await newTask(alice, { prompt: "look", attachments: [fileId] });
    (await model.attempt(1)).finish();
    await fill(fileId);
    const forked = await call(alice, "POST", `/tasks/${source}/fork`);
    expect(await forked.json()).toMatchObject({ code: "quota_exceeded" });
  });
});
