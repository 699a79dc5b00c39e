import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Desk } from "../../../src/durable-objects/task-room/desk";
import { RoomStore } from "../../../src/durable-objects/task-room/store/room-store";
import { historyPage } from "../../../src/durable-objects/task-room/turns/history-reader";
import { project } from "../../../src/history/projector";
import { jsonBytes } from "../../../src/protocol/bytes";
import { LIMITS } from "../../../src/protocol/limits";
import { type Message, message } from "../../../src/protocol/message";
import { task as taskSchema } from "../../../src/protocol/task";
import { toldHistoryOf } from "../../support/own-history";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { pastMessages } from "../../worker/past-messages";

const MIB = 1024 * 1024;
const restPage = z.object({ items: z.array(message), nextCursor: z.string().nullable() });

/** Messages of these sizes, as if they had been said here; the first `stored` of them lie in D1 alone. */
async function conversation(
  user: string,
  sizes: readonly number[],
  stored: number,
  isSuperseded: (i: number) => boolean = () => false,
): Promise<{ taskId: string; all: Message[] }> {
  const taskId = await newTask(user);
  const all = pastMessages(sizes.length).map((past, i) => ({
    ...past,
    taskId,
    content: "漢".repeat(sizes[i] ?? 0),
    ...(isSuperseded(i) && { supersededBy: `msg_${"0".repeat(26)}` }),
  }));
  const response = await call(user, "GET", `/tasks/${taskId}`);
  await project(await toldHistoryOf(taskId), {
    task: taskSchema.parse(await response.json()),
    members: [{ userId: user, role: "owner" }],
    throughSeq: 9_000_000,
    messages: all.slice(0, stored),
    removedMessageIds: [],
    wakeAt: null,
  });
  await runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    for (const { supersededBy = null, ...said } of all.slice(stored)) {
      const { seq, id, threadId, role } = said;
      const insert = `INSERT INTO messages (seq, id, thread_id, role, body, superseded_by)
        VALUES (?, ?, ?, ?, ?, ?)`;
      sql.exec(insert, seq, id, threadId, role, JSON.stringify(said), supersededBy);
    }
    const from = all[stored]?.seq ?? 9_000_000;
    if (stored > 0) sql.exec("INSERT INTO kept (what, seq) VALUES ('messages', ?)", from);
  });
  return { taskId, all };
}

/** All pages of REST, each as it came. */
async function walk(user: string, taskId: string, query: string): Promise<Message[][]> {
  const pages: Message[][] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const at = cursor === "" ? query : `${query.replace(/&after=.*/, "")}&cursor=${cursor}`;
    const response = await call(user, "GET", `/messages?taskId=${taskId}${at}`);
    expect(response.status).toBe(200);
    const page = restPage.parse(await response.json());
    pages.push(page.items);
    cursor = page.nextCursor;
  }
  return pages;
}

/** As much of a desk as a page needs. */
function deskOver(storage: DurableObjectStorage, taskId: string, database: D1Database): Desk {
  return {
    store: new RoomStore(storage),
    room: { state: { task: { id: taskId } } },
    history: { forReading: () => database },
    // The database has been told everything.
    feeds: { d1: { position: Number.MAX_SAFE_INTEGER } },
  } as unknown as Desk;
}

function sizeOf(messages: Message[]): number {
  return messages.reduce((sum, item) => sum + jsonBytes(item), 0);
}

let alice: string;

beforeEach(() => {
  alice = newUser();
});

describe("[L7] a page of messages is bounded in bytes", () => {
  // A third of the longest answer is a character of three bytes each.
  const LONGEST = Math.floor(LIMITS.answerBytes / 3);

  it("over REST by 4 MiB, in both directions, across the border to D1", async () => {
    const sizes = Array.from({ length: 14 }, (_, i) => (i % 5 === 4 ? 10 : LONGEST));
    const { taskId, all } = await conversation(alice, sizes, 7);
    const back = await walk(alice, taskId, "&limit=200");
    expect(back.toReversed().flat()).toEqual(all);
    const [first] = all;
    const forth = await walk(alice, taskId, `&limit=200&after=${first?.id}`);
    expect(forth.flat()).toEqual(all.slice(1));
    for (const page of [...back, ...forth]) {
      expect(jsonBytes(page)).toBeLessThanOrEqual(4 * MIB + page.length);
      expect(page.length).toBeGreaterThan(0);
    }
    // Not one by one: as many as fit.
    expect(back.length).toBeLessThanOrEqual(4);
  });

  it("on the socket by a frame, and so is what a client begins with", async () => {
    const { taskId, all } = await conversation(alice, Array(6).fill(LONGEST), 0);
    const client = await RoomClient.join(alice, taskId);
    expect(jsonBytes({ type: "session:ready", data: client.ready })).toBeLessThanOrEqual(MIB);
    expect(client.frames.state?.messages).toEqual(all.slice(-1));
    let found: Message[] = [];
    for (let before: string | undefined; ; before = found[0]?.id) {
      const ack = await client.ask("history:sync", { limit: 50, ...(before && { before }) });
      expect(jsonBytes(ack)).toBeLessThanOrEqual(MIB);
      const page = z.object({ messages: z.array(message), hasMore: z.boolean() }).parse(ack.data);
      found = [...page.messages, ...found];
      if (!page.hasMore) break;
    }
    expect(found).toEqual(all);
  });
});

it.each([
  ["all that was said fits it", 3, 0, 100, false],
  ["there are more than a page", 60, 0, 100, true],
  ["more would not fit", 3, 0, 200_000, true],
  ["the database alone has what is older", 3, 2, 100, true],
])(
  "[R3] a snapshot says whether there may be older messages: %s",
  async (_, count, stored, size, hasOlder) => {
    const { taskId } = await conversation(alice, Array(count).fill(size), stored);
    const client = await RoomClient.join(alice, taskId);
    expect(client.ready).toMatchObject({ hasOlder });
    const reset = await RoomClient.join(alice, taskId, { after: 99_999_999 });
    const { data } = await reset.frames.next(({ type }) => type === "history:reset");
    expect(data).toMatchObject({ hasOlder });
  },
);

it("[L7] [ED1] pages of any size in bytes and number, to either side of any border, with what was superseded and without, have neither gap nor double", async () => {
  const SIZES = [0, 50, 900, 3000, 20_000];
  const mix = Array.from({ length: 30 }, (_, i) => SIZES[(i * 7) % SIZES.length] ?? 0);
  for (const stored of [0, 11, 30]) {
    const { taskId, all } = await conversation(alice, mix, stored, (i) => i % 4 === 1);
    const database = await toldHistoryOf(taskId);
    await runInDurableObject(roomOf(taskId), async (_, { storage }) => {
      const desk = deskOver(storage, taskId, database);
      const page = fc.record({
        limit: fc.integer({ min: 1, max: 12 }),
        bytes: fc.integer({ min: 1, max: 150_000 }),
        way: fc.constantFrom("before" as const, "after" as const),
        from: fc.nat(all.length - 1),
        superseded: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(page, async ({ limit, bytes, way, from, superseded }) => {
          let edge = all[from]?.id;
          let found: Message[] = [];
          for (let more = true; more; ) {
            const part = await historyPage(desk, { [way]: edge, limit, superseded }, bytes);
            if ("code" in part) throw new Error(part.message);
            const { items } = part;
            expect(items.length).toBeLessThanOrEqual(limit);
            if (items.length > 1) expect(sizeOf(items)).toBeLessThanOrEqual(bytes);
            found = way === "before" ? [...items, ...found] : [...found, ...items];
            edge = (way === "before" ? items[0] : items.at(-1))?.id;
            more = part.hasMore;
          }
          const wanted = way === "before" ? all.slice(0, from) : all.slice(from + 1);
          expect(found).toEqual(wanted.filter((one) => superseded || !one.supersededBy));
        }),
        { numRuns: 15 },
      );
    });
  }
});
