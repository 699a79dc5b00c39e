import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Position } from "../../../src/durable-objects/sockets/arrival";
import { type Arrived, catchUp, type Missed } from "../../../src/durable-objects/sockets/catch-up";
import { Connection, type SocketAttachment } from "../../../src/durable-objects/sockets/connection";
import { LIMITS } from "../../../src/protocol/limits";
import { StubSocket } from "../../support/stub-socket";

const MIB = LIMITS.unsentBytes;
const NOW = Date.parse("2026-01-01T00:00:00.000Z");

/** A socket whose client takes so many bytes a second, of a clock that goes on by waiting alone. */
function clientTaking(bytesPerSecond: number) {
  const ws = new StubSocket();
  const world = { now: NOW, bytesPerSecond, meanwhile: (): void => undefined };
  const wait = async (ms: number) => {
    await new Promise(setImmediate);
    world.now += ms;
    ws.take((world.bytesPerSecond * ms) / 1000);
    world.meanwhile();
  };
  vi.stubGlobal("scheduler", { wait });
  const principal = { userId: "alice", scope: "write", expiresAt: null } as const;
  const attached = { connectionId: "conn_1", principal, behind: false };
  const connection = new Connection<SocketAttachment, never>(ws.asWebSocket, attached);
  return { ws, world, connection };
}

type Client = ReturnType<typeof clientTaking>;

/** A log of events, each as large as said, and what is told of its end. */
function logOf(client: Client, bytes: number, events: number) {
  const log = Array.from({ length: events }, (_, i) => `${i + 1} `.padEnd(bytes, "x"));
  const arrived: Arrived[] = [];
  let isMember = true;
  const missed: Missed = {
    now: () => client.world.now,
    head: () => log.length,
    startFrom: ({ after = log.length }) => ({ after, hasSnapshot: false }),
    *framesAfter(after) {
      for (let seq = after + 1; seq <= log.length; seq++) {
        yield { frames: [log[seq - 1] ?? ""], lastSeq: seq };
      }
    },
    mayHear: () => isMember,
    sendMomentary: (end) => arrived.push(end),
  };
  const start = (position: Position) => catchUp(client.connection, missed, position);
  const remove = () => {
    isMember = false;
  };
  return { log, arrived, missed, start, remove };
}

const told = ({ ws }: Client) => ws.sent.map((frame) => Number(frame.split(" ")[0]));
const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("[R6] a replay goes at the pace of its socket", () => {
  it.each([
    ["a quick one", 1e9, 20_000, 400],
    ["35 KB a second", 35_000, 20_000, 400],
    ["35 KB a second, in events as large as a frame may be", 35_000, MIB, 6],
    ["20 KB a second, in events as large as a frame may be", 20_000, MIB, 3],
  ])("%s hears every event once, in order, and stays", async (_, pace, bytes, events) => {
    const client = clientTaking(pace);
    const { start, arrived } = logOf(client, bytes, events);
    expect(await start({ after: 0 })).toBe(true);
    expect(told(client)).toEqual(oneTo(events));
    expect(client.ws.closedWith).toBeUndefined();
    expect(arrived).toEqual([{ hasSnapshot: false, waited: true }]);
  });

  it("never leaves much more unsent than a frame besides what is enough", async () => {
    const client = clientTaking(35_000);
    const { start } = logOf(client, 100_000, 200);
    let most = 0;
    client.world.meanwhile = () => {
      most = Math.max(most, client.ws.bufferedAmount);
    };
    await start({ after: 0 });
    expect(most).toBeLessThanOrEqual(MIB);
  });

  it("what happens meanwhile is part of it", async () => {
    const client = clientTaking(35_000);
    const { start, log } = logOf(client, 50_000, 40);
    client.world.meanwhile = () => {
      if (log.length < 60) log.push(`${log.length + 1} `.padEnd(50_000, "x"));
    };
    expect(await start({ after: 0 })).toBe(true);
    expect(told(client)).toEqual(oneTo(60));
  });

  it("one that is short and whose socket takes it is over before anything else can happen", () => {
    const client = clientTaking(1e9);
    const { start, arrived } = logOf(client, 100, 3);
    void start({ after: 0 });
    expect(told(client)).toEqual([1, 2, 3]);
    expect(client.connection.isLive).toBe(true);
    expect(arrived).toEqual([{ hasSnapshot: false, waited: false }]);
    expect(client.ws.serialized).toEqual([]);
  });
});

describe("[B1] a replay is given up", () => {
  it("where the socket takes nothing for half a minute, and not sooner", async () => {
    const client = clientTaking(0);
    const { start, arrived } = logOf(client, 20_000, 400);
    expect(await start({ after: 0 })).toBe(false);
    expect(client.ws.closedWith).toBe(1013);
    expect(client.world.now - NOW).toBeGreaterThan(30_000);
    expect(client.ws.bufferedAmount).toBeLessThanOrEqual(MIB);
    expect(arrived).toEqual([]);
  });

  it("not where it pauses for less than that, however often", async () => {
    const client = clientTaking(0);
    const { start } = logOf(client, 20_000, 100);
    let pausedAt = NOW;
    client.world.meanwhile = () => {
      client.world.bytesPerSecond = 0;
      if (client.world.now - pausedAt < 25_000) return;
      client.world.bytesPerSecond = 400_000;
      pausedAt = client.world.now;
    };
    expect(await start({ after: 0 })).toBe(true);
    expect(client.world.now - NOW).toBeGreaterThan(60_000);
    expect(told(client)).toEqual(oneTo(100));
  });

  it("where it breaks: its client has to come back, and the room counts it no more", async () => {
    const client = clientTaking(1e9);
    const gone = vi.fn();
    client.connection.whenClosed = gone;
    const { start, missed } = logOf(client, 100, 3);
    missed.sendMomentary = () => {
      throw new Error("broken");
    };
    expect(await start({ after: 0 })).toBe(false);
    expect(client.ws.closedWith).toBe(1012);
    expect(gone).toHaveBeenCalledOnce();
  });

  it("[S6] where its user may not hear the room any more", async () => {
    const client = clientTaking(35_000);
    const { start, remove } = logOf(client, 50_000, 40);
    client.world.meanwhile = remove;
    const end = start({ after: 0 });
    const heard = client.ws.sent.length;
    expect(await end).toBe(false);
    expect(client.ws.sent).toHaveLength(heard);
  });
});

describe("[R5] one replay at a time", () => {
  it("whoever asks again meanwhile is told nothing twice and waits for the same end", async () => {
    const client = clientTaking(35_000);
    const { start, arrived } = logOf(client, 50_000, 40);
    const ends = await Promise.all([start({ after: 0 }), start({ after: 0 }), start({})]);
    expect(ends).toEqual([true, true, true]);
    expect(told(client)).toEqual(oneTo(40));
    expect(arrived).toHaveLength(1);
  });

  it("one that was left tells nothing more, and another may begin at once", async () => {
    const client = clientTaking(35_000);
    const { start } = logOf(client, 50_000, 40);
    const first = start({ after: 0 });
    const before = told(client);
    client.connection.stopReplay();
    expect(await first).toBe(false);
    const last = before.at(-1) ?? 0;
    expect(await start({ after: last })).toBe(true);
    expect(told(client)).toEqual(oneTo(40));
    expect(client.connection.isLive).toBe(true);
  });

  it("only one that has to wait is written down, for it can't outlive its instance", async () => {
    const client = clientTaking(35_000);
    await logOf(client, 50_000, 40).start({ after: 0 });
    expect(client.ws.serialized).toMatchObject([{ behind: true }, { behind: false }]);
  });
});
