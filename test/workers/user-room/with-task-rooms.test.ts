import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import {
  type Join,
  newTask,
  newUser,
  RoomClient,
  tokenOf,
  upgrade,
} from "../../support/room-client";
import { HOUR, value } from "./harness";

const ready = z.object({ sessionId: z.string(), recoveryToken: z.string(), resumed: z.boolean() });

async function join(user: string, taskId: string, place: Join = {}) {
  // Sessions are to end here, not the credential.
  const client = await RoomClient.join({ sub: user, expiresInSeconds: 86_400 }, taskId, place);
  return { client, ...ready.parse(client.ready) };
}

async function statusOf(user: string, taskId: string, place: Join = {}): Promise<number> {
  const token = await tokenOf({ sub: user, expiresInSeconds: 86_400 });
  const response = await upgrade(token, taskId, place);
  response.webSocket?.accept();
  return response.status;
}

async function states(user: string): Promise<string[]> {
  const room = env.USER_ROOM.getByName(user);
  return value(await room.listSessions(user, { limit: 200 })).items.map(({ state }) => state);
}

function moveClock(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

afterEach(() => {
  vi.useRealTimers();
});

describe("sessions over real rooms", () => {
  it("free their places when rooms crashed without reporting that connections closed", async () => {
    const user = newUser();
    for (let i = 0; i < 5; i++) await join(user, await newTask(user));
    const sixth = await newTask(user);
    expect(await statusOf(user, sixth)).toBe(429);
    await abortAllDurableObjects();
    moveClock(3000);
    expect(await statusOf(user, sixth)).toBe(101);
    expect((await states(user)).filter((state) => state === "connected")).toHaveLength(1);
  });

  it("end a used token at the first command of the connection that got its successor", async () => {
    const user = newUser();
    const taskId = await newTask(user);
    const first = await join(user, taskId);
    const second = await join(user, taskId, { resume: first.recoveryToken });
    expect(second).toMatchObject({ resumed: true, sessionId: first.sessionId });
    await second.client.ask("chat:typing", { typing: true });
    await vi.waitFor(async () => {
      expect(await statusOf(user, taskId, { resume: first.recoveryToken })).toBe(404);
    });
    expect(await statusOf(user, taskId, { resume: second.recoveryToken })).toBe(101);
  });

  it("outlive two hours with a command, and end with 4408 without", async () => {
    const user = newUser();
    const taskId = await newTask(user);
    const { client, recoveryToken } = await join(user, taskId);
    moveClock(1.5 * HOUR);
    await client.ask("chat:typing", { typing: false });
    moveClock(HOUR);
    await runDurableObjectAlarm(env.USER_ROOM.getByName(user));
    expect(await states(user)).toEqual(["connected"]);
    moveClock(HOUR);
    await runDurableObjectAlarm(env.USER_ROOM.getByName(user));
    expect((await client.frames.whenClosed()).code).toBe(4408);
    expect(await states(user)).toEqual(["expired"]);
    expect(await statusOf(user, taskId, { resume: recoveryToken })).toBe(410);
  });

  it("end with 4401 when revoked", async () => {
    const user = newUser();
    const { client, sessionId } = await join(user, await newTask(user));
    value(await env.USER_ROOM.getByName(user).revokeSession(user, sessionId));
    expect((await client.frames.whenClosed()).code).toBe(4401);
    expect(await states(user)).toEqual([]);
  });
});
