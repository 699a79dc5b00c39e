import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { createClient } from "../../../src/client";
import type { TaskRoomApi } from "../../../src/durable-objects/task-room/api";
import { newId } from "../../../src/protocol/ids";
import { message } from "../../../src/protocol/message";
import { type FoundPage, foundPage } from "../../../src/protocol/rest/search";
import { toldHistoryOf } from "../../support/own-history";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const messages = z.object({ items: z.array(message) });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

async function search(user: string, q: string, query = ""): Promise<FoundPage> {
  const response = await call(user, "GET", `/search?q=${encodeURIComponent(q)}${query}`);
  expect(response.status).toBe(200);
  return foundPage.parse(await response.json());
}

async function found(user: string, q: string): Promise<string[]> {
  return (await search(user, q)).items.map(({ snippet }) => snippet.text);
}

/** Rows that a user's home has for searching. */
async function rowsOf(user: string): Promise<number> {
  const query = "SELECT (SELECT count(*) FROM texts) + (SELECT count(*) FROM text_search) AS n";
  return runInDurableObject(env.USER_ROOM.getByName(user), (_, { storage }) =>
    Number(storage.sql.exec(query).toArray()[0]?.n),
  );
}

/** As if the room had let go of all that the database has. */
async function letGo(taskId: string): Promise<void> {
  const history = await toldHistoryOf(taskId);
  const query = "SELECT count(*) AS n FROM messages WHERE task_id = ?";
  await expect.poll(() => history.prepare(query).bind(taskId).first("n")).toBe(2);
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    sql.exec("DELETE FROM messages");
    sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('messages', 1000000)");
  });
  await evictDurableObject(roomOf(taskId));
}

describe("[SE1] a search", () => {
  it("finds what people and models have said, once the turn is over", async () => {
    const taskId = await newTask(alice, { title: "Weather" });
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "Will it rain in Zürich?" });
    const attempt = await model.attempt(1);
    attempt.say({ type: "thinking", delta: "ponderous" }, "Rain, and then sun in Zurich.");
    attempt.finish();
    await client.frames.next(says("turn:status", "COMPLETED"));
    await expect.poll(() => found(alice, "zurich")).toHaveLength(2);
    const { items } = await search(alice, "sun zur");
    const answer = client.frames.state?.messages[1];
    expect(items).toMatchObject([
      { taskId, title: "Weather", messageId: answer?.id, seq: answer?.seq, role: "assistant" },
    ]);
    expect(await found(alice, "ponderous")).toEqual([]);
    client.close();
  });

  it("finds what was stopped as it is shown, and what is said anew in its place", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const sent = await client.ask("chat:send", { content: "tell me" });
    const { turnId } = z.looseObject({ turnId: z.string() }).parse(sent.data);
    (await model.attempt(1)).say("Once upon a platypus");
    await client.frames.next(({ type }) => type === "chat:chunk");
    await client.ask("chat:cancel", {});
    await client.frames.next(says("turn:status", "INTERRUPTED"));
    await expect.poll(() => found(alice, "platypus")).toHaveLength(1);
    await client.ask("chat:retry", { turnId });
    const again = await model.attempt(2);
    again.say("Once upon a wombat");
    again.finish();
    await client.frames.next(says("turn:status", "COMPLETED"));
    await expect.poll(() => found(alice, "wombat")).toHaveLength(1);
    expect(await found(alice, "platypus")).toEqual([]);
    client.close();
  });

  it("finds a message as it was edited, and no more what it was", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "a platypus");
    await expect.poll(() => found(alice, "platypus")).toHaveLength(2);
    const [first] = client.frames.state?.messages ?? [];
    await client.ask("chat:edit", { messageId: first?.id, content: "about an echidna" });
    const again = await model.attempt(2);
    again.say("an echidna");
    again.finish();
    await expect.poll(() => found(alice, "echidna")).toHaveLength(2);
    expect(await found(alice, "platypus")).toEqual([]);
    client.close();
  });

  it("finds a given history, and what a fork has of it", async () => {
    const history = [{ role: "user", content: "a platypus" }];
    const source = await newTask(alice, { title: "Source", history });
    const forked = await call(alice, "POST", `/tasks/${source}/fork`);
    const { id } = z.looseObject({ id: z.string() }).parse(await forked.json());
    const ids = async () => (await search(alice, "platypus")).items.map(({ taskId }) => taskId);
    await expect.poll(async () => (await ids()).sort()).toEqual([source, id].sort());
  });

  it("is in the client, and refuses what it can't read", async () => {
    await newTask(alice, { history: [{ role: "user", content: "a platypus" }] });
    await expect.poll(() => found(alice, "platypus")).toHaveLength(1);
    const client = createClient({
      url: "http://taskroom.test",
      token: "unused",
      fetch: async (address, init) => {
        const { pathname, search: query } = new URL(String(address));
        return call(alice, init?.method ?? "GET", pathname.slice("/api/v1".length) + query);
      },
    });
    expect((await client.search("platypus", { limit: 1 })).items).toHaveLength(1);
    for (const query of [
      "",
      "?q=",
      "?q=%20",
      `?q=${"x".repeat(4001)}`,
      "?q=a&limit=0",
      "?q=a&cursor=b",
    ]) {
      expect((await call(alice, "GET", `/search${query}`)).status).toBe(400);
    }
  });
});

describe("[SE7] a member who comes later", () => {
  it("finds what was said before, from whichever database has it", async () => {
    const bob = newUser();
    const principal = { userId: alice, scope: "write" as const, expiresAt: null };
    const teamRef = { namespace: "system", name: "assistant" };
    const said = (n: number) => [
      { role: "user" as const, content: `platypus ${n}` },
      { role: "assistant" as const, content: "a wombat" },
    ];
    const ids = await Promise.all([0, 1, 2, 3].map((n) => newTask(alice, { history: said(n) })));
    // As the release made them that knew the control database alone.
    const old = newId("task", Date.now());
    const input = { taskId: old, title: "Old", teamRef, labels: {}, metadata: {}, members: [] };
    const room = roomOf(old) as unknown as TaskRoomApi;
    await room.create(principal, { ...input, history: said(4) });
    for (const taskId of [...ids, old]) {
      await letGo(taskId);
      const member = { userId: bob, role: "viewer" };
      expect((await call(alice, "POST", `/tasks/${taskId}/members`, member)).status).toBe(201);
    }
    await expect
      .poll(async () => (await found(bob, "platypus")).sort())
      .toEqual([0, 1, 2, 3, 4].map((n) => `platypus ${n}`));
    expect(await search(bob, "platypus")).not.toHaveProperty("incomplete");
  });
});

describe("[SE8] whoever is not in a task", () => {
  it("finds nothing of it: removed members, and nobody once it is erased", async () => {
    const bob = newUser();
    const taskId = await newTask(alice, {
      history: [{ role: "user", content: "a platypus" }],
      members: [{ userId: bob, role: "viewer" }],
    });
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "a wombat");
    for (const user of [alice, bob]) {
      await expect.poll(() => found(user, "platypus")).toHaveLength(1);
      await expect.poll(() => found(user, "wombat")).not.toHaveLength(0);
    }
    expect(await found(newUser(), "platypus")).toEqual([]);
    expect((await call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`)).status).toBe(204);
    expect(await found(bob, "platypus")).toEqual([]);
    expect(await rowsOf(bob)).toBe(0);
    expect(await found(alice, "platypus")).toHaveLength(1);
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
    expect(await found(alice, "platypus")).toEqual([]);
    expect(await rowsOf(alice)).toBe(0);
  });

  it("finds what is said while the home is down once it is back", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    control.users = "down";
    await converse(client, model, "a platypus");
    control.users = "up";
    await evictDurableObject(roomOf(taskId));
    const read = await call(alice, "GET", `/messages?taskId=${taskId}`);
    expect(messages.parse(await read.json()).items).toHaveLength(2);
    await expect.poll(() => found(alice, "platypus")).not.toHaveLength(0);
    client.close();
  });
});
