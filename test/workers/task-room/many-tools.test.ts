import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Retention } from "../../../src/durable-objects/task-room/store/retention";
import { utf8Bytes } from "../../../src/protocol/bytes";
import { LIMITS } from "../../../src/protocol/limits";
import { turn } from "../../../src/protocol/turn";
import { roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { type Use, using } from "../../support/tool-story";
import { control } from "../../worker/control";

const USES = 64;
const BYTES = 200_000;

let alice: string;
beforeEach(() => {
  alice = newUser();
});
afterEach(() => vi.restoreAllMocks());

/** Uses of a tool whose input or output is long; each is another. */
function longUses(where: "input" | "output", unit: string): Use[] {
  const long = unit.repeat(BYTES / utf8Bytes(unit));
  return Array.from({ length: USES }, (_, i) => ({
    name: "use",
    input: where === "input" ? { i, text: long } : { i },
    output: where === "output" ? `${i} ${long}` : `${i}`,
  }));
}

/** Bytes of the largest row of a room, whatever table it is in. */
function largestRow(taskId: string): Promise<number> {
  return runInDurableObject(roomOf(taskId), (_, { storage: { sql } }) => {
    const tables = sql.exec(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    );
    const rows = [...tables].flatMap(({ name }) => [...sql.exec(`SELECT * FROM "${name}"`)]);
    const bytesOf = (row: object) =>
      Object.values(row).reduce((sum, value) => sum + utf8Bytes(String(value)), 0);
    return Math.max(...rows.map(bytesOf));
  });
}

/** Bytes of the largest frame that sockets are sent from now on. */
function watchFrames(): () => number {
  let most = 0;
  const { send } = WebSocket.prototype;
  vi.spyOn(WebSocket.prototype, "send").mockImplementation(function (this: WebSocket, frame) {
    // Vitest tells of its tests over such a socket too.
    if (typeof frame === "string" && frame.startsWith("{")) most = Math.max(most, utf8Bytes(frame));
    send.call(this, frame);
  });
  return () => most;
}

async function played(uses: Use[]): Promise<{ client: RoomClient; taskId: string }> {
  control.model = using(uses);
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "go" });
  await client.frames.next(({ type }) => type === "chat:done" || type === "chat:error");
  expect(client.frames.of("chat:error")).toEqual([]);
  await client.frames.next(says("turn:status", "COMPLETED"));
  return { client, taskId };
}

async function wholeTurn(taskId: string, turnId: string) {
  const response = await call(alice, "GET", `/tasks/${taskId}/turns/${turnId}`);
  expect(response.status).toBe(200);
  return turn.parse(await response.json());
}

const turnIdOf = ({ frames }: RoomClient) =>
  z.looseObject({ turnId: z.string() }).parse(frames.of("chat:done")[0]?.data).turnId;

describe("[L10] an answer with 64 uses of tools of 200 KB each", () => {
  it.each([
    ["outputs", "output", "x"],
    ["outputs in three bytes a character", "output", "漢"],
    ["inputs", "input", "x"],
  ] as const)("has whole %s on its turn, and no row or frame over a megabyte", async (...given) => {
    const [, where, unit] = given;
    const most = watchFrames();
    const uses = longUses(where, unit);
    const { client, taskId } = await played(uses);
    expect(client.frames.closed).toBeUndefined();
    expect(most()).toBeLessThanOrEqual(LIMITS.sentFrameBytes);
    expect(await largestRow(taskId)).toBeLessThanOrEqual(LIMITS.rowBytes);
    const { steps } = await wholeTurn(taskId, turnIdOf(client));
    expect(steps[0]?.tools).toEqual(
      uses.map((use, index) => ({
        ...use,
        round: 0,
        index,
        toolCallId: `call_${index}`,
        textOffset: 0,
      })),
    );
  });

  it("is cut on its turn where all together are more than a page may be", async () => {
    const { client, taskId } = await played(longUses("output", "\u0001"));
    expect(client.frames.closed).toBeUndefined();
    const { steps } = await wholeTurn(taskId, turnIdOf(client));
    const tools = steps[0]?.tools ?? [];
    expect(tools).toHaveLength(USES);
    expect(tools[0]).not.toHaveProperty("cut");
    expect(tools.at(-1)).toMatchObject({ cut: true });
    expect(utf8Bytes(JSON.stringify(steps))).toBeLessThan(LIMITS.wholeTurnBytes + 256 * 1024);
  });
});

it("[U8] what tools gave goes with their turn", async () => {
  const { taskId } = await played([{ name: "use", input: {}, output: "x".repeat(BYTES) }]);
  const counts = await runInDurableObject(roomOf(taskId), (_, { storage }) => {
    const kept = () => storage.sql.exec("SELECT kind FROM tool_values").toArray();
    const before = kept();
    const now = Date.now() + 1000;
    new Retention(storage.sql).cleanUp({ now, retentionMs: 0, projected: 0 });
    return [before, kept()];
  });
  expect(counts).toEqual([[{ kind: "output" }], []]);
});
