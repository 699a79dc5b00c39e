import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { UserRoom } from "../../../src/durable-objects/user-room/user-room";
import { newId } from "../../../src/protocol/ids";
import { LIMITS } from "../../../src/protocol/limits";
import { toTimestamp } from "../../../src/protocol/time";
import { HeldReplays } from "../../support/held-replays";
import { call, newUser } from "../../support/room-client";
import { UserClient, userUpgrade } from "../../support/user-client";
import { UserFrames } from "../../support/user-frames";
import { control } from "../../worker/control";

/** Nearly as large as a notification may be. */
const NOTE = "漢".repeat(Math.floor(LIMITS.notificationBytes / 3) - 200);
/** Half as much again as a device may leave lying. */
const NOTES = Math.ceil((1.5 * LIMITS.unsentBytes) / (3 * NOTE.length));
const HALF_A_MINUTE = 31_000;

let alice: string;

beforeEach(() => {
  alice = newUser();
});
afterEach(() => {
  vi.restoreAllMocks();
  control.clockAheadMs = 0;
});

/** Numbered from `first` on, as a task's room tells them. */
async function notes(count: number, first = 1): Promise<void> {
  const taskId = newId("task", Date.now());
  const ts = toTimestamp(Date.now());
  for (let seq = first; seq < first + count; seq++) {
    const notification = { kind: "agent" as const, title: `note ${seq}`, body: NOTE, taskId };
    const event = { type: "notification" as const, ts, data: { notification } };
    const items = [{ seq, n: 0, event }];
    await env.USER_ROOM.getByName(alice).deliver({ taskId, epoch: "one", items });
  }
}

const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

async function unread(): Promise<WebSocket> {
  // Its other end is not read from until `accept`.
  const { webSocket } = await userUpgrade(alice);
  if (!webSocket) throw new Error("refused");
  return webSocket;
}

function reading(ws: WebSocket): UserFrames {
  const frames = new UserFrames();
  ws.addEventListener("message", ({ data }) => frames.take(String(data)));
  ws.addEventListener("close", ({ code, reason }) => frames.close({ code, reason }));
  ws.accept();
  return frames;
}

describe("[B1] a device that does not take what it is sent", () => {
  it("hears everything once it reads, and how many are unread; the others hear it meanwhile", async () => {
    const quick = await UserClient.open(alice);
    const slow = await unread();
    await notes(NOTES);
    await quick.frames.next(({ seq }) => seq === NOTES);
    expect(quick.frames.seqs()).toEqual(oneTo(NOTES));
    await call(alice, "POST", "/notifications/ack", { ids: [newId("ntf", Date.now())] });
    const taken = reading(slow);
    await taken.next(({ seq }) => seq === NOTES);
    await taken.next(() => taken.unread() === NOTES);
    expect(taken.seqs()).toEqual(oneTo(NOTES));
    expect(taken.closed).toBeUndefined();
  });

  it("is closed with 1013 once it has taken nothing for half a minute, and can resume", async () => {
    const quick = await UserClient.open(alice);
    const slow = await unread();
    await notes(NOTES);
    await quick.frames.next(({ seq }) => seq === NOTES);
    control.clockAheadMs = 2 * HALF_A_MINUTE;
    const sockets = () =>
      runInDurableObject(env.USER_ROOM.getByName(alice), (_, state) =>
        state.getWebSockets().map(({ readyState }) => readyState),
      );
    await expect.poll(sockets).toContain(WebSocket.CLOSING);
    const taken = reading(slow);
    expect(await taken.whenClosed()).toMatchObject({ code: 1013 });
    const heard = taken.seqs();
    expect(heard.length).toBeLessThan(NOTES);
    const { epoch } = quick.ready;
    const back = await UserClient.open(alice, { after: heard.length, epoch });
    await back.frames.next(({ seq }) => seq === NOTES);
    expect([...heard, ...back.frames.seqs()]).toEqual(oneTo(NOTES));
  });
});

describe("[R6] what happens while a device is being told what it missed", () => {
  it("is part of it; how many are unread comes last", async () => {
    await notes(NOTES);
    const { epoch } = await UserClient.open(alice).then(({ ready }) => ready);
    const held = new HeldReplays();
    const late = await UserClient.open(alice, { after: 0, epoch });
    expect(late.ready.unread).toBe(NOTES);
    await held.waiting;
    await notes(1, NOTES + 1);
    const listed = await call(alice, "GET", "/notifications?limit=1");
    const { items } = (await listed.json()) as { items: { id: string }[] };
    await call(alice, "POST", "/notifications/ack", { upTo: items[0]?.id });
    expect(late.frames.of("unread")).toEqual([]);
    held.goOn();
    await late.frames.next(({ type }) => type === "unread");
    expect(late.frames.seqs()).toEqual(oneTo(NOTES + 1));
    expect(late.frames.unread()).toBe(0);
  });
});

it.each([0, 999, 1000, 1001, 1005, 1006, 1015, 2999, 4999, 5000])(
  "[P1] a device that closes with %i is gone",
  async (code) => {
    // Held to the end: one that nobody holds may be gone before.
    const device = await unread();
    const rooms = env.USER_ROOM as unknown as DurableObjectNamespace<UserRoom>;
    await runInDurableObject(rooms.getByName(alice), (room, state) => {
      const [ws] = state.getWebSockets();
      if (!ws) throw new Error("nobody is here");
      room.webSocketClose(ws, code);
      expect(ws.deserializeAttachment()).toBeNull();
      expect(ws.readyState).not.toBe(WebSocket.OPEN);
    });
    expect(device).toBeInstanceOf(WebSocket);
  },
);
