import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { removeApiKey } from "../../../src/history/api-keys";
import { problemOf, refuse } from "../../../src/protocol/errors";
import { appWith } from "../../../src/worker/app";
import { userRoom } from "../../../src/worker/rooms/ask";
import { revokeKey } from "../../../src/worker/rooms/revoke-key";
import { call, newTask, newUser, ORIGIN, RoomClient, upgrade } from "../../support/room-client";

// The release's worker revokes a key itself and asks the home where the user is; this version's leaves
// all to the home. While a deploy goes on, each meets the other's.

const app = appWith([]);
const made = z.looseObject({ id: z.string(), key: z.string() });

let user: string;
let taskId: string;
let id: string;
let key: string;
let client: RoomClient;

beforeEach(async () => {
  user = newUser();
  taskId = await newTask(user);
  const body = { name: "k", scopes: ["write"] };
  ({ id, key } = made.parse(await (await call(user, "POST", "/api-keys", body)).json()));
  client = await RoomClient.with(key, taskId);
});

async function isCutOff(): Promise<void> {
  expect((await client.frames.whenClosed()).code).toBe(4401);
  const again = await upgrade(key, taskId);
  expect(again.status).toBe(401);
  await again.body?.cancel();
}

it("a home tells a worker of the release where the user is, and it cuts the key off", async () => {
  const home = userRoom(env, user);
  expect(await removeApiKey(env.DB, user, id)).toBe(true);
  expect(await home.connectedTasks()).toEqual([taskId]);
  await home.closeKey(id);
  await env.TASK_ROOM.getByName(taskId).closeKey(id);
  await isCutOff();
});

describe("a home of the release, which revokes nothing itself", () => {
  /** As workerd says it. */
  const NOT_THERE = 'The RPC receiver does not implement the method "revokeKey".';
  const refusesGuard = () =>
    Response.json(problemOf(refuse("invalid_request", "Not a WebSocket upgrade.")), {
      status: 400,
      headers: { "Content-Type": "application/problem+json" },
    });
  const older = {
    ...env,
    USER_ROOM: {
      getByName: (name: string) => {
        const home = userRoom(env, name);
        return {
          revokeKey: () => Promise.reject(new TypeError(NOT_THERE)),
          connectedTasks: () => home.connectedTasks(),
          closeKey: (keyId: string) => home.closeKey(keyId),
          fetch: async () => refusesGuard(),
        };
      },
    },
  } as unknown as Env;

  it("leaves it to the worker: the row goes, and the key's sockets", async () => {
    expect(await revokeKey(older, user, id)).toEqual({ ok: true, value: null });
    await isCutOff();
    expect(await revokeKey(older, user, id)).toMatchObject({ refusal: { code: "not_found" } });
  });

  it("has no guards: an event stream of a key is opened without one", async () => {
    const request = new Request(`${ORIGIN}/api/v1/tasks/${taskId}/events`, {
      headers: { Authorization: `Bearer ${key}`, Accept: "text/event-stream" },
    });
    const response = await app.fetch(request, older, createExecutionContext());
    expect([response.status, response.headers.get("Content-Type")]).toEqual([
      200,
      expect.stringContaining("text/event-stream"),
    ]);
    await response.body?.cancel();
    client.close();
  });

  it("is not taken for one that failed", async () => {
    const failing = {
      ...older,
      USER_ROOM: { getByName: () => ({ revokeKey: () => Promise.reject(new Error("broken")) }) },
    } as unknown as Env;
    await expect(revokeKey(failing, user, id)).rejects.toThrow();
    client.close();
  });
});
