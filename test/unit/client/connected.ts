import { afterEach, beforeEach, vi } from "vitest";
import { type ClientOptions, createClient, type RoomConnection } from "../../../src/client";
import type { RoomState } from "../../../src/protocol/room-state";
import { ready } from "../../support/fake-room";
import { type FakeSocket, FakeWire } from "../../support/fake-wire";

export const URL_OF_SERVER = "https://taskroom.test";
export const TASK = "task_1";

/** Time stands still until a test moves it. */
export function holdTime(): void {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export function pass(ms = 0): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

export const EMPTY: RoomState = {
  task: {
    id: TASK,
    title: "A task",
    teamRef: { namespace: "system", name: "assistant" },
    status: "PENDING",
    labels: {},
    metadata: {},
    createdBy: "alice",
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    headSeq: 1,
    epoch: "e1",
  },
  openTurns: [],
  streams: [],
  messages: [],
};

export type Scene = { wire: FakeWire; room: RoomConnection };

/** A client on a wire of its own, with waits as long as they may be. */
export function client(options: Partial<ClientOptions> = {}) {
  const wire = new FakeWire();
  const { WebSocket, fetch } = wire;
  const random = () => 1;
  const taskroom = createClient({
    ...{ url: URL_OF_SERVER, token: "t-1", WebSocket, fetch, random },
    ...options,
  });
  return { wire, taskroom };
}

/** A room whose first socket is there, but has said nothing yet. */
export async function connecting(options: Partial<ClientOptions> = {}): Promise<Scene> {
  const { wire, taskroom } = client(options);
  const room = taskroom.connect(TASK);
  await pass();
  return { wire, room };
}

export async function connected(options: Partial<ClientOptions> = {}): Promise<Scene> {
  const scene = await connecting(options);
  scene.wire.last.says(ready({ state: EMPTY }));
  return scene;
}

export function ack(socket: FakeSocket, data: object, at = -1): void {
  const ref = socket.commands.at(at)?.id;
  socket.says({ type: "ack", ref, data });
}

export function refuse(socket: FakeSocket, code: string, more: object = {}): void {
  const ref = socket.commands.at(-1)?.id;
  socket.says({ type: "error", ref, error: { code, message: `${code}.`, ...more } });
}
