import { describe, expect, it } from "vitest";
import {
  type RoomAttachment,
  RoomConnection,
} from "../../../src/durable-objects/task-room/live/connection";
import { StubSocket } from "../../support/stub-socket";

const NOW = Date.parse("2026-01-01T00:00:00.000Z");
const MINUTE = 60_000;

const attached: RoomAttachment = {
  connectionId: "conn_1",
  sessionId: "sess_1",
  principal: { userId: "alice", scope: "write", expiresAt: null },
  joined: true,
  typing: false,
  behind: false,
  unconfirmed: false,
  lastActiveAt: NOW,
};

describe("[S1] what a socket's attachment says of its last activity", () => {
  it("is not written for every frame, but once a minute", () => {
    const ws = new StubSocket();
    const connection = RoomConnection.arrived(ws.asWebSocket, attached);
    for (let second = 1; second <= 150; second++) {
      connection.touch(NOW + second * 1000, MINUTE);
      expect(connection.lastActiveAt(NOW + second * 1000, MINUTE)).toBe(NOW + second * 1000);
    }
    // When it came, and in the first and the second minute after.
    expect(ws.serialized).toHaveLength(3);
  });

  it("only a change writes anything else", () => {
    const ws = new StubSocket();
    const connection = RoomConnection.arrived(ws.asWebSocket, attached);
    for (const typing of [true, true, true, false, false]) connection.attach({ typing });
    expect(ws.serialized).toMatchObject([{ typing: false }, { typing: true }, { typing: false }]);
  });

  it.each([
    ["just after its last frame", 50_000, 50_001],
    ["long after it", 50_000, 10 * MINUTE],
    ["where no frame came", 0, 10 * MINUTE],
  ])(
    "after a wake a session's end is never too early, and at most a minute late: %s",
    (_, active, woken) => {
      const ws = new StubSocket();
      RoomConnection.arrived(ws.asWebSocket, attached).touch(NOW + active, MINUTE);
      const again = RoomConnection.revived(ws.asWebSocket);
      const known = again?.lastActiveAt(NOW + woken, MINUTE) ?? 0;
      expect(known).toBeGreaterThanOrEqual(NOW + active);
      expect(known).toBeLessThanOrEqual(Math.min(NOW + active + MINUTE, NOW + woken));
      again?.touch(NOW + woken + 5, MINUTE);
      expect(again?.lastActiveAt(NOW + woken + 5, MINUTE)).toBe(NOW + woken + 5);
    },
  );
});
