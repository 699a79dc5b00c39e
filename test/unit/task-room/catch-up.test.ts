import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Desk } from "../../../src/durable-objects/task-room/desk";
import { catchUp } from "../../../src/durable-objects/task-room/live/catch-up";
import type { Connection } from "../../../src/durable-objects/task-room/live/connection";
import { LIMITS } from "../../../src/protocol/limits";

const HEAD = 3;

/** A room with a log of three events, as far as a replay sees it. */
function desk(): Desk {
  const events = [1, 2, 3].map((seq) => ({ type: "task:error", seq, ts: "", data: {} }));
  const log = {
    replayableFrom: () => 1,
    *textAfter(after: number) {
      for (const event of events.slice(after)) {
        yield { text: JSON.stringify(event), isOne: true, lastSeq: event.seq };
      }
    },
  };
  const task = { headSeq: HEAD, epoch: "now" };
  return {
    room: { state: { task, openTurns: [], streams: [] } },
    live: { flush: () => undefined },
    doors: { now: () => Date.now() },
    store: { log, messages: { read: () => ({ items: [], hasMore: false }) } },
  } as unknown as Desk;
}

/** A socket that takes little at a time: each frame fills it, each look finds it a bit emptier. */
function slowConnection(bytesPerFrame: number) {
  const sent: string[] = [];
  let unsent = 0;
  const connection = {
    isOpen: true,
    get unsent() {
      unsent = Math.max(0, unsent - LIMITS.unsentBytes / 8);
      return unsent;
    },
    attached: { behind: false },
    attach(patch: { behind: boolean }) {
      this.attached = patch;
    },
    send: (event: { type: string }) => connection.sendText(JSON.stringify(event)),
    sendText(frame: string) {
      sent.push(frame);
      unsent += bytesPerFrame;
    },
    close: vi.fn(),
  };
  return { sent, connection };
}

const types = (sent: string[]) =>
  sent.map(
    (frame) => (JSON.parse(frame) as { type: string; seq?: number }).seq ?? JSON.parse(frame).type,
  );

beforeEach(() => {
  vi.stubGlobal("scheduler", { wait: () => new Promise(setImmediate) });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("[R6] a replay to a socket that takes little at a time", () => {
  it("waits for it, tells every event once, in order, and ends with it caught up", async () => {
    const { sent, connection } = slowConnection(LIMITS.unsentBytes);
    await catchUp(desk(), connection as unknown as Connection, { after: 0, epoch: "now" }, "owner");
    expect(types(sent)).toEqual([1, 2, 3]);
    expect(connection.attached).toEqual({ behind: false });
    expect(connection.close).not.toHaveBeenCalled();
  });

  it.each([
    ["another epoch", { after: 1, epoch: "before" }],
    ["a position ahead of the log", { after: 99, epoch: "now" }],
  ])("resets it once for %s, however large the state is", async (_, position) => {
    const { sent, connection } = slowConnection(LIMITS.unsentBytes);
    await catchUp(desk(), connection as unknown as Connection, position, "owner");
    expect(types(sent)).toEqual(["history:reset"]);
    expect(connection.attached).toEqual({ behind: false });
  });
});
