import { describe, expect, it } from "vitest";
import type { RoomAttachment } from "../../../src/durable-objects/task-room/live/connection";
import { Connections } from "../../../src/durable-objects/task-room/live/connections";
import { FanOut } from "../../../src/durable-objects/task-room/live/fan-out";
import type { RoomEvent } from "../../../src/protocol/events";
import type { Role } from "../../../src/protocol/identity";
import { StubSocket } from "../../support/stub-socket";

const MIB = 1024 * 1024;
const HEAD = 7;
const NOW = Date.parse("2026-01-01T00:00:00.000Z");

type Patch = Partial<RoomAttachment> & { userId?: string; expiresAt?: number | null };

function socket({ userId = "alice", expiresAt = null, ...patch }: Patch = {}): StubSocket {
  return new StubSocket({
    connectionId: crypto.randomUUID(),
    sessionId: "sess_1",
    principal: { userId, scope: "write", expiresAt },
    joined: true,
    typing: false,
    behind: false,
    unconfirmed: false,
    lastActiveAt: NOW,
    ...patch,
  });
}

function room(sockets: StubSocket[], roles: Record<string, Role> = { alice: "owner" }) {
  const connections = new Connections(sockets as unknown as WebSocket[]);
  const full: [userId: string, after: number][] = [];
  const gone: string[] = [];
  const fanOut = new FanOut(
    connections,
    (userId) => roles[userId],
    () => NOW,
  );
  fanOut.watch(({ principal }, after) => full.push([principal.userId, after]), HEAD);
  connections.watch(({ principal }) => gone.push(principal.userId));
  return { connections, fanOut, full, gone };
}

const event: RoomEvent = {
  type: "presence",
  ts: "2026-01-01T00:00:00.000Z",
  data: { userId: "bob", state: "joined", connections: 1 },
};

/** An event of the log. */
function logged(seq: number): RoomEvent {
  const data = { code: "turn_timeout", message: "" } as const;
  return { type: "task:error", seq, ts: "2026-01-01T00:00:00.000Z", data };
}

describe("[B1] nobody's slowness is another's", () => {
  it("a socket with more than 1 MiB unsent is sent nothing more and has to catch up; the others hear the room", () => {
    const slow = socket({ userId: "bob" });
    const quick = socket();
    slow.unsent = MIB + 1;
    const { fanOut, full } = room([slow, quick], { alice: "owner", bob: "viewer" });
    fanOut.send([event]);
    expect(full).toEqual([["bob", HEAD]]);
    expect(slow).toMatchObject({ closedWith: undefined, sent: [] });
    expect(quick).toMatchObject({ closedWith: undefined, sent: [JSON.stringify(event)] });
  });

  it("goes on after the last event of the log that everybody was sent", () => {
    const slow = socket();
    const { fanOut, full } = room([slow]);
    fanOut.send([logged(8), logged(9)]);
    slow.unsent = MIB + 1;
    // Its frames count at most three bytes a unit: so many that the socket is asked again.
    for (let n = 0; n < MIB / 100; n++) fanOut.send([event]);
    expect(full[0]).toEqual(["alice", 9]);
    fanOut.send([logged(10), logged(11)]);
    expect(full.at(-1)).toEqual(["alice", 9]);
  });

  it("exactly 1 MiB is not too much", () => {
    const busy = socket();
    busy.unsent = MIB;
    const { fanOut, full } = room([busy]);
    fanOut.send([event]);
    expect(full).toEqual([]);
    expect(busy).toMatchObject({ closedWith: undefined, sent: [JSON.stringify(event)] });
  });

  it("whatever is said, a socket with more than 4 MiB unsent is closed with 1013", () => {
    const asking = socket();
    asking.unsent = 4 * MIB + 1;
    const { connections, gone } = room([asking]);
    connections.all()[0]?.send({ type: "ack", ref: "r", data: {} });
    expect(asking).toMatchObject({ closedWith: 1013, sent: [] });
    expect(gone).toEqual(["alice"]);
  });

  it("a frame is made once and is the same for all; several events are one batch", () => {
    const sockets = [socket(), socket(), socket()];
    room(sockets).fanOut.send([event, event]);
    const frame = JSON.stringify({ type: "batch", data: [event, event] });
    for (const { sent } of sockets) expect(sent).toEqual([frame]);
  });
});

describe("[S6] who may not hear the room any more is cut off before anything is sent", () => {
  const cases: [string, Patch, number][] = [
    ["a token that has run out: 4401", { expiresAt: NOW }, 4401],
    ["no member any more: 4403", { userId: "mallory" }, 4403],
  ];
  it.each(cases)("%s", (_, patch, code) => {
    const out = socket(patch);
    const within = socket({ expiresAt: NOW + 1 });
    room([out, within]).fanOut.send([event]);
    expect(out).toMatchObject({ closedWith: code, sent: [] });
    expect(within.sent).toHaveLength(1);
  });
});

describe("[D1] the next expiry of a credential", () => {
  it("is the earliest of the open sockets", () => {
    const { connections } = room([
      socket({ expiresAt: NOW + 9 }),
      socket({ expiresAt: NOW + 5 }),
      socket(),
    ]);
    expect(connections.nextExpiry()).toBe(NOW + 5);
  });

  it("is none of a socket that was closed and whose client does not answer", () => {
    const silent = socket({ expiresAt: NOW });
    const { connections, fanOut, gone } = room([silent, socket({ expiresAt: NOW + 5 })]);
    fanOut.send([event]);
    expect(silent.closedWith).toBe(4401);
    expect([gone, connections.size]).toEqual([["alice"], 1]);
    expect(connections.nextExpiry()).toBe(NOW + 5);
  });
});
