import { describe, expect, it } from "vitest";
import type { Attachment } from "../../../src/durable-objects/task-room/live/connection";
import { Connections } from "../../../src/durable-objects/task-room/live/connections";
import { FanOut } from "../../../src/durable-objects/task-room/live/fan-out";
import type { RoomEvent } from "../../../src/protocol/events";
import type { Role } from "../../../src/protocol/identity";

const MIB = 1024 * 1024;
const NOW = Date.parse("2026-01-01T00:00:00.000Z");

/** As much of a socket as a room uses. */
class StubSocket {
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closedWith: number | undefined;
  readonly #attachment: Attachment;

  constructor(attachment: Attachment) {
    this.#attachment = attachment;
  }

  deserializeAttachment(): unknown {
    return this.#attachment;
  }

  serializeAttachment(): void {}

  send(frame: string): void {
    this.sent.push(frame);
  }

  close(code: number): void {
    this.closedWith = code;
    this.readyState = WebSocket.CLOSING;
  }
}

type Patch = Partial<Attachment> & { userId?: string; expiresAt?: number | null };

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
  return {
    connections,
    fanOut: new FanOut(
      connections,
      (userId) => roles[userId],
      () => NOW,
    ),
  };
}

const event: RoomEvent = {
  type: "presence",
  ts: "2026-01-01T00:00:00.000Z",
  data: { userId: "bob", state: "joined", connections: 1 },
};

describe("[B1] nobody's slowness is another's", () => {
  it("a socket with more than 1 MiB unsent is closed with 1013, and the others hear the room", () => {
    const slow = socket();
    const quick = socket();
    slow.bufferedAmount = MIB + 1;
    room([slow, quick]).fanOut.send([event]);
    expect(slow).toMatchObject({ closedWith: 1013, sent: [] });
    expect(quick).toMatchObject({ closedWith: undefined, sent: [JSON.stringify(event)] });
  });

  it("exactly 1 MiB is not too much", () => {
    const busy = socket();
    busy.bufferedAmount = MIB;
    room([busy]).fanOut.send([event]);
    expect(busy).toMatchObject({ closedWith: undefined, sent: [JSON.stringify(event)] });
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
    const { connections, fanOut } = room([silent, socket({ expiresAt: NOW + 5 })]);
    fanOut.send([event]);
    expect(silent.closedWith).toBe(4401);
    expect(connections.nextExpiry()).toBe(NOW + 5);
  });
});
