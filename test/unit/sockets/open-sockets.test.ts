import { describe, expect, it } from "vitest";
import { Connection, socketAttachment } from "../../../src/durable-objects/sockets/connection";
import { OpenSockets } from "../../../src/durable-objects/sockets/open-sockets";
import { StubSocket } from "../../support/stub-socket";

const principal = { userId: "alice", scope: "write", expiresAt: null } as const;
const attached = (behind = false) => ({ connectionId: crypto.randomUUID(), principal, behind });

function roomOf(sockets: StubSocket[]) {
  const open = new OpenSockets(
    sockets.map((ws) => ws.asWebSocket),
    (ws) => {
      const read = socketAttachment.safeParse(ws.deserializeAttachment());
      return read.success ? new Connection(ws, read.data) : undefined;
    },
  );
  const gone: string[] = [];
  open.watch((connection) => gone.push(connection.attached.connectionId));
  return { open, gone };
}

describe("[P1] a connection that has gone is counted no more", () => {
  const said: [code: number, answered: number][] = [
    ...[0, 1, 999, 1001, 1004, 1005, 1006, 1011, 1015, 1016].map((code): [number, number] => [
      code,
      1000,
    ]),
    ...[2000, 2999, 5000, 65_535].map((code): [number, number] => [code, 1000]),
    ...[1000, 3000, 4401, 4999].map((code): [number, number] => [code, code]),
  ];
  it.each(said)("whatever its client said: %i is answered with %i", (code, answered) => {
    const ws = new StubSocket(attached());
    const { open, gone } = roomOf([ws, new StubSocket(attached())]);
    open.closed(ws.asWebSocket, code);
    expect([open.size, gone.length, ws.closedWith]).toEqual([1, 1, answered]);
  });

  it("also where its client can't be answered, or who is told of it fails", () => {
    const ws = new StubSocket(attached());
    ws.close = () => {
      throw new Error("broken");
    };
    const { open } = roomOf([ws]);
    open.watch(() => {
      throw new Error("nobody hears");
    });
    expect(() => open.closed(ws.asWebSocket, 1000)).toThrow("nobody hears");
    expect(open.size).toBe(0);
  });

  it("from when the room has closed it, once, and not again after a wake", () => {
    const ws = new StubSocket(attached());
    const { open, gone } = roomOf([ws]);
    open.all()[0]?.close(4401, "token expired");
    open.all()[0]?.close(4401, "token expired");
    expect([open.size, gone.length]).toEqual([0, 1]);
    open.closed(ws.asWebSocket, 4401);
    expect(gone).toHaveLength(1);
    expect(roomOf([ws]).open.size).toBe(0);
  });

  it("where it could not be welcomed", () => {
    const { open, gone } = roomOf([]);
    const ws = new StubSocket();
    const failing = () => {
      throw new Error("no snapshot");
    };
    const connection = new Connection(ws.asWebSocket, attached());
    expect(() => open.letIn(connection, failing)).toThrow("no snapshot");
    expect([open.size, gone.length, ws.closedWith]).toEqual([0, 1, 1012]);
  });
});

describe("[C4] after a wake", () => {
  it("sockets are as before; one that was being told what it missed, or of another form, has to come back", () => {
    const late = attached(true);
    const [here, behind, other] = [
      new StubSocket(attached()),
      new StubSocket(late),
      new StubSocket({ connectionId: 1 }),
    ];
    const { open, gone } = roomOf([here, behind, other]);
    expect(open.all().map(({ ws }) => ws)).toEqual([here]);
    expect([here, behind, other].map(({ closedWith }) => closedWith)).toEqual([
      undefined,
      1012,
      1012,
    ]);
    // Others had heard of the one that was behind, and its session counts it.
    expect(gone).toEqual([late.connectionId]);
  });
});
