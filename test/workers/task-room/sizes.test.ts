import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Backlog } from "../../../src/durable-objects/task-room/outbox/backlog";
import { EventLog } from "../../../src/durable-objects/task-room/store/event-log";
import { jsonBytes, utf8Bytes } from "../../../src/protocol/bytes";
import { LIMITS } from "../../../src/protocol/limits";
import { historyOf } from "../../support/own-history";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const MIB = 1024 * 1024;
const largest = z.tuple([z.object({ bytes: z.number() })]);
const page = z.object({
  items: z.array(z.looseObject({ seq: z.number() })),
  nextCursor: z.string().nullable(),
});

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

/** Bytes of the largest row of a room. */
function largestRow(taskId: string): Promise<number> {
  return runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    const columns = [
      ["log", "events"],
      ["messages", "body"],
      ["turns", "body"],
      ["results", "body"],
      ["room", "body"],
      ["plans", "body"],
    ];
    const sizes = columns.map(([table, column]) =>
      largest.parse(
        sql
          .exec(`SELECT coalesce(max(octet_length(${column})), 0) AS bytes FROM ${table}`)
          .toArray(),
      ),
    );
    return Math.max(...sizes.map(([{ bytes }]) => bytes));
  });
}

/** Bytes of the largest frame that the room's sockets are sent from now on. */
function watchFrames(): () => number {
  let most = 0;
  const { send } = WebSocket.prototype;
  vi.spyOn(WebSocket.prototype, "send").mockImplementation(function (this: WebSocket, frame) {
    if (typeof frame === "string") most = Math.max(most, utf8Bytes(frame));
    send.call(this, frame);
  });
  return () => most;
}

describe("[L2] the longest answer with the most of tools", () => {
  it.each([
    ["in three bytes a character", "漢"],
    ["of line ends alone", "\n"],
    ["of characters that JSON writes in six", "\u0001"],
  ])("%s is in rows and frames of at most a megabyte, in the room and in D1", async (_, unit) => {
    const most = watchFrames();
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "go" });
    const attempt = await model.attempt(1);
    const inJson = jsonBytes(unit) - 2;
    const count = Math.min(LIMITS.answerBytes / utf8Bytes(unit), LIMITS.answerJsonBytes / inJson);
    attempt.say({ type: "thinking", delta: unit.repeat(Math.floor(count / 2)) });
    attempt.say(unit.repeat(Math.floor(count / 2)));
    const calls = Array.from({ length: 4 }, (_, index) => {
      const named = { index, toolCallId: `c${index}`, name: "look" };
      return { round: 0, ...named, input: "漢".repeat(1000) };
    });
    const words = unit.repeat(Math.floor(count / 2));
    attempt.say({ type: "round", round: 0, text: words, thinking: words, calls });
    for (let n = 0; n < 4; n++) {
      const place = { round: 0, index: n, toolCallId: `c${n}`, name: "look" };
      attempt.say({ type: "tool-call", ...place, input: "漢".repeat(1000) });
      attempt.say({ type: "tool-result", ...place, output: "漢".repeat(20_000) });
    }
    attempt.finish();
    await client.frames.next(says("task:status", "COMPLETED"));
    const fresh = await RoomClient.join(alice, taskId);
    expect(fresh.frames.state?.openTurns).toEqual([]);
    const { epoch } = z.object({ epoch: z.string() }).parse(client.ready);
    const back = await RoomClient.join(alice, taskId, { after: 1, epoch });
    await back.frames.next(says("task:status", "COMPLETED"));
    expect(back.frames.logged().at(-1)).toEqual(client.frames.logged().at(-1));
    expect(await largestRow(taskId)).toBeLessThanOrEqual(MIB);
    expect(most()).toBeLessThanOrEqual(MIB);

    const sizes = `SELECT max(octet_length(content) + coalesce(octet_length(thinking), 0)
      + octet_length(metadata)) AS bytes FROM messages WHERE task_id = ? AND role = 'assistant'`;
    const history = await historyOf(taskId);
    const inD1 = () => history.prepare(sizes).bind(taskId).first<{ bytes: number | null }>();
    await expect.poll(async () => (await inD1())?.bytes ?? 0).toBeGreaterThan(100_000);
    expect((await inD1())?.bytes).toBeLessThanOrEqual(MIB);
    vi.restoreAllMocks();
  });
});

/** As if a task had logged so many entries of so many bytes, each committed alone. */
async function longLog(taskId: string, rows: number, bytes: number): Promise<void> {
  await runInDurableObject(roomOf(taskId), (_, { storage }) => {
    const log = new EventLog(storage.sql);
    const ts = new Date().toISOString();
    const metadata = { blob: "x".repeat(bytes) };
    for (let seq = 1001; seq <= 1000 + rows; seq++) {
      const data = {
        timestamp: ts,
        agentType: "chat",
        level: "info" as const,
        message: "m",
        metadata,
      };
      log.append([{ type: "log", seq, ts, data }], Date.now());
    }
  });
}

describe("[L9] one request looks through a bounded part of a long log, and its cursor goes on", () => {
  it.each([
    ["events", "&type=task:error", 200, 40_000, 0],
    ["events", "&type=log", 200, 40_000, 200],
    ["events", "&type=log", 10, 900_000, 10],
    ["logs", "&level=error", 200, 40_000, 0],
    ["logs", "&agentType=chat", 200, 40_000, 200],
    ["logs", "&agentType=chat", 10, 900_000, 10],
  ])("%s%s of %i entries of %i bytes", async (what, filter, rows, bytes, expected) => {
    const taskId = await newTask(alice);
    await longLog(taskId, rows, bytes);
    const found: number[] = [];
    let pages = 0;
    for (let cursor: string | null = ""; cursor !== null; pages++) {
      const at = cursor === "" ? "" : `&cursor=${cursor}`;
      const path = `/tasks/${taskId}/${what}?limit=200${filter}${at}`;
      const answer = await call(alice, "GET", path);
      const text = await answer.text();
      expect(utf8Bytes(text)).toBeLessThanOrEqual(LIMITS.pageBytes);
      const { items, nextCursor } = page.parse(JSON.parse(text));
      found.push(...items.map(({ seq }) => seq));
      cursor = nextCursor;
    }
    expect(new Set(found).size).toBe(expected);
    expect(found).toHaveLength(expected);
    // 8 or 9 MB, some four at a time.
    expect(pages).toBeGreaterThanOrEqual(2);
    expect(pages).toBeLessThanOrEqual(4);
  });
});

it("[L9] an outbox reads a long log stretch by stretch, whole and in order", async () => {
  const taskId = await newTask(alice);
  await longLog(taskId, 200, 40_000);
  await runInDurableObject(roomOf(taskId), (_, { storage }) => {
    const backlog = new Backlog(new EventLog(storage.sql));
    const told: number[] = [];
    for (let after = 1000; after < 1200; ) {
      const { events, through } = backlog.next(after, 1200);
      expect(jsonBytes(events)).toBeLessThanOrEqual(MIB);
      told.push(...events.map(({ seq }) => seq));
      after = through;
    }
    expect(told).toEqual(Array.from({ length: 200 }, (_, i) => 1001 + i));
  });
});

describe("the test build refuses what the platform does", () => {
  const long = "x".repeat(2_000_001);

  it("of a room's storage, a user's and D1's", async () => {
    const taskId = await newTask(alice);
    const refused = /the platform refuses/;
    for (const room of [roomOf(taskId), env.USER_ROOM.getByName(alice)]) {
      await runInDurableObject(room, (_, { storage: { sql } }) => {
        expect(() => sql.exec("SELECT ?", long)).toThrow(refused);
        expect(() => sql.exec("INSERT INTO x VALUES (?, ?)", long.slice(5), "12345678")).toThrow(
          refused,
        );
        expect(() => sql.exec("SELECT 1", ...Array(101).fill(0))).toThrow(refused);
      });
    }
  });

  it("of calls and sockets", async () => {
    const client = await RoomClient.join(alice, await newTask(alice));
    expect(() => client.send("x".repeat(33 * MIB))).toThrow(/the platform refuses a frame/);
    const { 0: socket } = new WebSocketPair();
    expect(() => socket.serializeAttachment("x".repeat(17_000))).toThrow(/an attachment/);
  });
});
