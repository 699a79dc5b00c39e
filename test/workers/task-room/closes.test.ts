import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { TaskRoom } from "../../../src/durable-objects/task-room/task-room";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";

let alice: string;
let bob: string;
let taskId: string;

beforeEach(async () => {
  alice = newUser();
  bob = newUser();
  taskId = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
});

type Act = (room: TaskRoom, ws: WebSocket) => unknown;

/** Does something with the newest socket, as the runtime does. */
function withNewest(act: Act): Promise<void> {
  const rooms = env.TASK_ROOM as unknown as DurableObjectNamespace<TaskRoom>;
  return runInDurableObject(rooms.getByName(taskId), async (room, state) => {
    const ws = state.getWebSockets().find((one) => userOf(one) === bob);
    if (ws) await act(room, ws);
  });
}

const attached = z.object({ principal: z.object({ userId: z.string() }) });
function userOf(ws: WebSocket): string | undefined {
  return attached.safeParse(ws.deserializeAttachment()).data?.principal.userId;
}

async function connections(): Promise<number> {
  const stats = await call(alice, "GET", `/tasks/${taskId}/stats`);
  return z.object({ connections: z.number() }).parse(await stats.json()).connections;
}

async function sessionsOfBob(): Promise<{ connections: number }[]> {
  const listed = await call(bob, "GET", "/sessions");
  const page = z.object({ items: z.array(z.object({ connections: z.number() })) });
  return page.parse(await listed.json()).items;
}

const hasLeft = ({ type, data }: { type: string; data?: unknown }) =>
  type === "presence" && JSON.stringify(data).includes('"left"');

describe("[P1] whichever way a connection ends, it is gone: nobody counts it, others hear of it, its place is free", () => {
  const codes = [0, 999, 1000, 1001, 1004, 1005, 1006, 1015, 2999, 3000, 4999, 5000];
  const ways: [string, Act][] = [
    ...codes.map((code): [string, Act] => [
      `closed with ${code}`,
      (room, ws) => room.webSocketClose(ws, code),
    ]),
    ["broken", (room, ws) => room.webSocketError(ws)],
    [
      "closed, and its client can't be answered",
      (room, ws) => {
        vi.spyOn(ws, "close").mockImplementation(() => {
          throw new Error("broken");
        });
        room.webSocketClose(ws, 1000);
      },
    ],
  ];
  it.each(ways)("%s", async (_, end) => {
    const one = await RoomClient.join(alice, taskId);
    await RoomClient.join(bob, taskId);
    await withNewest(end);
    await one.frames.next(hasLeft);
    expect(await connections()).toBe(1);
    await expect.poll(sessionsOfBob).toMatchObject([{ connections: 0 }]);
  });

  it("closed by the room, before its client has answered", async () => {
    const one = await RoomClient.join(alice, taskId);
    await RoomClient.join(bob, taskId);
    await call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`);
    await one.frames.next(hasLeft);
    expect(await connections()).toBe(1);
    // Whoever is no member any more has no session there either.
    await expect.poll(sessionsOfBob).toEqual([]);
  });

  it("a frame that breaks the room's work: its client has to come back", async () => {
    const one = await RoomClient.join(alice, taskId);
    const two = await RoomClient.join(bob, taskId);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    await withNewest((room, ws) => {
      vi.spyOn(ws, "serializeAttachment").mockImplementation(() => {
        throw new Error("broken");
      });
      room.webSocketMessage(ws, JSON.stringify({ type: "task:leave", id: "r" }));
    });
    expect(await two.frames.next(({ ref }) => ref === "r")).toMatchObject({ type: "error" });
    expect(await connections()).toBe(2);
    one.close();
  });
});
