import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { appWith } from "../../../src/worker/app";
import {
  call,
  newTask,
  newUser,
  ORIGIN,
  RoomClient,
  tokenOf,
  upgrade,
} from "../../support/room-client";
import { SseReader } from "../../support/sse-reader";
import { control } from "../../worker/control";
import { environment } from "./build";

const app = appWith([]);
const made = z.looseObject({ id: z.string(), key: z.string() });

let alice: string;
let taskId: string;

beforeEach(async () => {
  alice = newUser();
  taskId = await newTask(alice);
});

afterEach(() => {
  control.opening = {};
  control.clockAheadMs = 0;
});

async function newKey() {
  const response = await call(alice, "POST", "/api-keys", { name: "a", scopes: ["write"] });
  return made.parse(await response.json());
}

const revoke = async (id: string) => (await call(alice, "DELETE", `/api-keys/${id}`)).status;

/** Every room has answered: what is opened from here on is not closed by anybody afterwards. */
async function settled(): Promise<void> {
  const left = () =>
    runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) =>
      storage.sql.exec("SELECT place FROM errands").toArray(),
    );
  await expect.poll(left).toEqual([]);
}

/** Once: what is done at this point of an opening. */
function at(point: "asking" | "answered", act: () => Promise<unknown>): void {
  control.opening[point] = async () => {
    control.opening = {};
    await act();
  };
}

function streamRequest(key: string): Request {
  return new Request(`${ORIGIN}/api/v1/tasks/${taskId}/events`, {
    headers: { Authorization: `Bearer ${key}`, Accept: "text/event-stream" },
  });
}

function userSocket(key: string, over: Partial<Record<string, unknown>> = {}): Promise<Response> {
  const headers = { Upgrade: "websocket", Authorization: `Bearer ${key}` };
  const request = new Request(`${ORIGIN}/api/v1/user/notifications`, { headers });
  return Promise.resolve(app.fetch(request, environment(over), context()));
}

const context = () => ({ waitUntil: () => undefined }) as unknown as ExecutionContext;

/** Rooms before which something happens once the caller has been identified. */
function delayed(binding: "TASK_ROOM" | "USER_ROOM", before: () => Promise<unknown>) {
  const getByName = (name: string) => ({
    fetch: async (request: Request) => {
      await before();
      return env[binding].getByName(name).fetch(request);
    },
  });
  return { [binding]: { getByName } };
}

describe("[V1] a socket that is opened while its key is revoked", () => {
  it.each(["asking", "answered"] as const)("comes to nothing: %s", async (point) => {
    const { id, key } = await newKey();
    at(point, async () => {
      await revoke(id);
      await settled();
    });
    expect((await upgrade(key, taskId)).status).toBe(401);
    expect((await upgrade(key, taskId)).status).toBe(401);
  });

  it("is closed where it was open before its room was told", async () => {
    const { id, key } = await newKey();
    at("answered", () => revoke(id));
    const response = await upgrade(key, taskId);
    if (!response.webSocket) return expect(response.status).toBe(401);
    const ws = response.webSocket;
    const closed = new Promise<number>((done) => {
      ws.addEventListener("close", ({ code }) => done(code));
    });
    ws.accept();
    expect(await closed).toBe(4401);
  });

  it("to the user's own room comes to nothing", async () => {
    const { id, key } = await newKey();
    const response = await userSocket(
      key,
      delayed("USER_ROOM", () => revoke(id)),
    );
    expect(response.status).toBe(401);
  });

  it("is open and closes with 4401 where it was there first, over an eviction too", async () => {
    const { id, key } = await newKey();
    const client = await RoomClient.with(key, taskId);
    await evictDurableObject(env.TASK_ROOM.getByName(taskId));
    await evictDurableObject(env.USER_ROOM.getByName(alice));
    expect(await revoke(id)).toBe(204);
    expect((await client.frames.whenClosed()).code).toBe(4401);
  });

  it("leaves what came with another key alone, also what is being opened", async () => {
    const [gone, kept] = [await newKey(), await newKey()];
    at("answered", () => revoke(gone.id));
    const client = await RoomClient.with(kept.key, taskId);
    expect(await client.ask("chat:typing", { typing: true })).toMatchObject({ type: "ack" });
  });
});

describe("[V1] an event stream of a revoked key", () => {
  it("ends, over evictions too, and is not opened again", async () => {
    const { id, key } = await newKey();
    const reader = new SseReader(await app.fetch(streamRequest(key), env, context()));
    await reader.until(({ event }) => event === "history:reset");
    await evictDurableObject(env.USER_ROOM.getByName(alice));
    expect(await revoke(id)).toBe(204);
    await reader.ended();
    expect((await app.fetch(streamRequest(key), env, context())).status).toBe(401);
  });

  it.each(["TASK_ROOM", "USER_ROOM"] as const)(
    "ends, or is refused, where the key is revoked before the worker has reached %s",
    async (binding) => {
      const { id, key } = await newKey();
      const over = environment(delayed(binding, () => revoke(id)));
      const response = await app.fetch(streamRequest(key), over, context());
      if (response.status === 200) await new SseReader(response).ended();
      else expect(response.status).toBe(401);
    },
  );

  it("ends where the user's room dies: its guard is gone, so it has to come back", async () => {
    const { key } = await newKey();
    const reader = new SseReader(await app.fetch(streamRequest(key), env, context()));
    await reader.until(({ event }) => event === "history:reset");
    await abortAllDurableObjects();
    await reader.ended();
  });

  it("takes nothing with it that came with a token", async () => {
    const { id } = await newKey();
    const accept = { Accept: "text/event-stream" };
    const path = `/tasks/${taskId}/events`;
    const reader = new SseReader(await call(alice, "GET", path, undefined, accept));
    await reader.until(({ event }) => event === "history:reset");
    await revoke(id);
    await call(alice, "PATCH", `/tasks/${taskId}`, { title: "Still heard" });
    await reader.until(({ event }) => event === "task:updated");
    await reader.cancel();
  });
});

describe("[V4] what is taken away while a socket is being opened", () => {
  const sessions = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
  const tokens = z.object({ recoveryToken: z.string() });

  it("a session that is ended has no connection", async () => {
    const { key } = await newKey();
    at("answered", async () => {
      const { items } = sessions.parse(await (await call(alice, "GET", "/sessions")).json());
      const [session] = items;
      expect((await call(alice, "DELETE", `/sessions/${session?.id}`)).status).toBe(204);
    });
    expect((await upgrade(key, taskId)).status).toBe(401);
  });

  it("a session that is ended before the user's room is asked is not resumed", async () => {
    const first = await RoomClient.join(alice, taskId);
    const { recoveryToken } = tokens.parse(first.ready);
    const { key } = await newKey();
    at("asking", async () => {
      const { items } = sessions.parse(await (await call(alice, "GET", "/sessions")).json());
      for (const { id } of items) await call(alice, "DELETE", `/sessions/${id}`);
    });
    expect((await upgrade(key, taskId, { resume: recoveryToken })).status).toBe(404);
    expect((await first.frames.whenClosed()).code).toBe(4401);
  });

  it("[S6] a token that runs out opens nothing any more", async () => {
    const token = await tokenOf({ sub: alice, expiresInSeconds: 600 });
    at("answered", async () => {
      control.clockAheadMs = 3_600_000;
    });
    expect((await upgrade(token, taskId)).status).toBe(401);
    expect((await upgrade(token, taskId)).status).toBe(401);
    expect((await userSocket(token)).status).toBe(401);
    control.clockAheadMs = 0;
    // What was granted by then was given back.
    const open = () =>
      runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) =>
        storage.sql.exec("SELECT id FROM connections").toArray(),
      );
    await expect.poll(open).toEqual([]);
  });

  it.each(["asking", "answered"] as const)("a member who is removed: %s", async (point) => {
    const bob = newUser();
    await call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "editor" });
    at(point, () => call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`));
    await expect(RoomClient.join(bob, taskId)).rejects.toThrow("404");
  });

  it("a removed member's event stream ends", async () => {
    const bob = newUser();
    await call(alice, "POST", `/tasks/${taskId}/members`, { userId: bob, role: "viewer" });
    const accept = { Accept: "text/event-stream" };
    const path = `/tasks/${taskId}/events`;
    const reader = new SseReader(await call(bob, "GET", path, undefined, accept));
    await reader.until(({ event }) => event === "history:reset");
    await call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`);
    await reader.ended();
  });
});
