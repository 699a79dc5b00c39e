import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { taskStats } from "../../../src/protocol/rest/stats";
import { clockTo, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { FINISH, ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const DAY_MS = 24 * 60 * 60 * 1000;

let alice: string;
let model: ScriptedModel;

const item = z.looseObject({
  id: z.string(),
  seq: z.number(),
  role: z.string(),
  content: z.string(),
});
type Item = z.infer<typeof item>;
const syncPage = z.object({ messages: z.array(item), hasMore: z.boolean(), headSeq: z.number() });
const restPage = z.object({ items: z.array(item), nextCursor: z.string().nullable() });

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.clockAheadMs = 0;
  control.d1 = "up";
});

async function page(client: RoomClient, query: object) {
  // Pages a second apart, so that not the limiter refuses.
  control.clockAheadMs += 1000;
  return syncPage.parse((await client.ask("history:sync", query)).data);
}

/** All messages, read page by page from one end, in the order of the log. */
async function walk(client: RoomClient, way: "before" | "after", limit: number, from?: string) {
  let found: Item[] = [];
  for (let edge = from; ; ) {
    const { messages, hasMore } = await page(client, { limit, ...(edge && { [way]: edge }) });
    found = way === "before" ? [...messages, ...found] : [...found, ...messages];
    if (!hasMore) return found;
    expect(messages).toHaveLength(limit);
    edge = way === "before" ? messages[0]?.id : messages.at(-1)?.id;
  }
}

async function walkRest(user: object, taskId: string, query: string): Promise<Item[]> {
  let found: Item[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const at = cursor === undefined ? query : `${query.replace(/&after=.*/, "")}&cursor=${cursor}`;
    const path = `/messages?taskId=${taskId}${at}`;
    const response = await call({ sub: alice, ...user }, "GET", path);
    const { items, nextCursor } = restPage.parse(await response.json());
    found = query.includes("after=") ? [...found, ...items] : [...items, ...found];
    cursor = nextCursor;
  }
  return found;
}

describe("[L5] history:sync", () => {
  it("pages both ways, exactly as REST does", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    for (const text of ["a", "b", "c", "d"]) await converse(client, model, text);
    const all = client.frames.state?.messages;
    expect(all).toHaveLength(8);
    expect(await walk(client, "before", 3)).toEqual(all);
    const [first] = all ?? [];
    expect(await walk(client, "after", 3, first?.id)).toEqual(all?.slice(1));
    expect(await walkRest({}, taskId, "&limit=3")).toEqual(all);
    expect(await walkRest({}, taskId, `&limit=3&after=${first?.id}`)).toEqual(all?.slice(1));
    const { headSeq } = await page(client, {});
    expect(headSeq).toBe(client.frames.state?.task.headSeq);
  });

  it("has no message that is still being written", async () => {
    const client = await RoomClient.join(alice, await newTask(alice));
    await client.ask("chat:send", { content: "go" });
    const attempt = await model.attempt(1);
    attempt.say("half");
    await client.frames.next(({ type }) => type === "chat:chunk");
    expect((await page(client, {})).messages.map(({ content }) => content)).toEqual(["go"]);
    attempt.finish();
    await client.frames.next(({ type }) => type === "chat:done");
    expect((await page(client, {})).messages.map(({ content }) => content)).toEqual(["go", "half"]);
  });
});

it("[L6] threads share one log and one queue, and a turn's context is its own thread's", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  for (const [content, threadId] of [
    ["one", "main"],
    ["two", "side"],
    ["three", "main"],
  ]) {
    await client.ask("chat:send", { content, threadId });
  }
  for (const n of [1, 2, 3]) {
    const attempt = await model.attempt(n);
    attempt.say(`answer ${n}`);
    attempt.finish();
  }
  await client.frames.next(() => client.frames.state?.openTurns.length === 0);
  const contexts = model.attempts.map(({ request }) =>
    request.context.map(({ content }) => content),
  );
  expect(contexts).toEqual([[], [], ["one", "answer 1"]]);
  const threads = async (name: string) =>
    (await walkRest({}, taskId, `&threadId=${name}`)).map(({ content }) => content);
  expect(await threads("side")).toEqual(["two", "answer 2"]);
  expect(await threads("main")).toEqual(["one", "three", "answer 1", "answer 3"]);
  expect(client.frames.state?.messages).toHaveLength(6);
});

it("[L7] pages older than the room keeps come from D1, joined without a gap or a double", async () => {
  const MESSAGES = 1030;
  control.model = async () => FINISH;
  const taskId = await newTask(alice);
  const principal = { userId: alice, scope: "write" as const, expiresAt: null };
  await runInDurableObject(roomOf(taskId), async (room) => {
    for (let n = 0; n < MESSAGES; n++) {
      await room.execute(principal, { input: `message ${n}` });
      await room.interruptAll(principal);
    }
  });
  const client = await RoomClient.join({ sub: alice, expiresInSeconds: 99 * 86_400 }, taskId);
  const lag = async () => {
    const response = await call(alice, "GET", `/tasks/${taskId}/stats`);
    return taskStats.parse(await response.json()).outboxLag;
  };
  await expect.poll(lag).toBe(0);

  // The clean-up takes what is older than a week and beyond the thousand newest.
  clockTo(Date.now() + 8 * DAY_MS);
  await roomOf(taskId).wake();
  const kept = await runInDurableObject(roomOf(taskId), (_, { storage }) =>
    storage.sql.exec("SELECT count(*) AS n FROM messages").one(),
  );
  expect(kept).toEqual({ n: 1000 });

  const expected = Array.from({ length: MESSAGES }, (_, n) => `message ${n}`);
  const asked = (items: Item[]) =>
    items.filter(({ role }) => role === "user").map(({ content }) => content);
  const back = await walk(client, "before", 100);
  expect(asked(back)).toEqual(expected);
  expect(back.map(({ seq }) => seq)).toEqual(back.map(({ seq }) => seq).toSorted((a, b) => a - b));
  const [first, second] = back;
  expect(await walk(client, "after", 100, first?.id)).toEqual(back.slice(1));
  expect((await page(client, { before: second?.id })).messages).toEqual([first]);
  expect(await walkRest({ expiresInSeconds: 99 * 86_400 }, taskId, "&limit=200")).toEqual(back);

  control.d1 = "down";
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const late = { sub: alice, expiresInSeconds: 99 * 86_400 };
  const older = await call(late, "GET", `/messages?taskId=${taskId}&before=${second?.id}`);
  expect([older.status, await older.json()]).toMatchObject([503, { code: "unavailable" }]);
  const refused = await client.ask("history:sync", { before: second?.id });
  expect(refused).toMatchObject({ type: "error", error: { code: "unavailable" } });
  expect((await call(late, "GET", `/messages?taskId=${taskId}`)).status).toBe(200);
  log.mockRestore();
});
