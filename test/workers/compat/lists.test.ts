import { createExecutionContext, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { project } from "../../../src/history/projector";
import { appWith } from "../../../src/worker/app";
import { userRoom } from "../../../src/worker/rooms/ask";
import { Release } from "../../compat/released";
import { call, newTask, newUser, ORIGIN, tokenOf } from "../../support/room-client";
import { freeClock, stopClock } from "../../worker/control";
import { aProjection, aTask } from "../history/build";

const app = appWith([]);

// The release's worker lists from D1, and claims Idempotency-Keys there; its rooms tell homes what happened,
// and not how a task is. While a deploy goes on, each meets the other's.

const list = z.object({ items: z.array(z.looseObject({ id: z.string(), title: z.string() })) });

/** As workerd says it. */
const notThere = (method: string) => async () => {
  throw new TypeError(`The RPC receiver does not implement the method "${method}".`);
};

/** Surroundings in which every home still runs the release. */
const older = {
  ...env,
  USER_ROOM: {
    getByName: (name: string) => ({
      createTask: notThere("createTask"),
      listTasks: notThere("listTasks"),
      forgetTask: (taskId: string) => userRoom(env, name).forgetTask(taskId),
    }),
  },
} as unknown as Env;

async function ask(user: string, method: string, path: string, body?: object, key?: string) {
  const request = new Request(`${ORIGIN}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${await tokenOf({ sub: user })}`,
      "Content-Type": "application/json",
      ...(key !== undefined && { "Idempotency-Key": key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return app.fetch(request, older, createExecutionContext());
}

let user: string;
beforeEach(() => {
  user = newUser();
});

describe("a home of the release, which has no list", () => {
  it("a task is made in its room, and listed from the database at once", async () => {
    const made = await ask(user, "POST", "/tasks", { title: "T" });
    const { id } = z.object({ id: z.string() }).parse(await made.json());
    expect(made.status).toBe(201);
    const { items } = list.parse(await (await ask(user, "GET", "/tasks?q=t")).json());
    expect(items.map((task) => task.id)).toEqual([id]);
  });

  it("an Idempotency-Key is claimed in the database", async () => {
    const first = await ask(user, "POST", "/tasks", { title: "T" }, "k");
    const again = await ask(user, "POST", "/tasks", { title: "T" }, "k");
    const other = await ask(user, "POST", "/tasks", { title: "U" }, "k");
    expect(await again.json()).toMatchObject({ id: Object(await first.json()).id });
    expect([first.status, again.status, other.status]).toEqual([201, 201, 409]);
  });

  it.each([
    ["POST", "/tasks", { key: "order-17" }],
    ["GET", "/tasks?key=order-17", undefined],
    ["GET", "/tasks?waiting=true", undefined],
  ])("what it does not know yet is unavailable: %s %s", async (method, path, body) => {
    const response = await ask(user, method, path, body);
    expect([response.status, await response.json()]).toMatchObject([503, { code: "unavailable" }]);
  });
});

it("a task that the release's worker made in a room of this version is in the home's list", async () => {
  const made = await ask(user, "POST", "/tasks", { title: "T" });
  const { id } = z.object({ id: z.string() }).parse(await made.json());
  const { items } = list.parse(await (await call(user, "GET", "/tasks")).json());
  expect(items.map((task) => task.id)).toEqual([id]);
});

describe("the home that the release left", () => {
  const release = new Release();

  beforeAll(async () => {
    stopClock();
    await release.database();
    await release.home();
  });
  afterAll(freeClock);

  it("has every task that it was told of: from the database, and of what that lacks from the rooms", async () => {
    const rooms = await Promise.all(
      (["at rest", "waiting", "half told"] as const).map((name) => release.room(name)),
    );
    const { items } = list.parse(await (await call(release.alice, "GET", "/tasks")).json());
    for (const taskId of rooms) expect(items.map(({ id }) => id)).toContain(taskId);
    const waiting = list.parse(
      await (await call(release.alice, "GET", "/tasks?waiting=true")).json(),
    );
    expect(waiting.items.map(({ id }) => id)).toEqual([rooms[1]]);
  });

  it("takes what the release's rooms said, said again, for no more than it is", async () => {
    const [call1] = release.calls("UserRoom", "deliver");
    const { taskId } = Object(call1?.args[0]);
    const before = await (await call(release.alice, "GET", `/tasks/${taskId}`)).json();
    for (const { args } of release.calls("UserRoom", "deliver")) {
      const [news] = args;
      if (Object(news).taskId === taskId) await userRoom(env, release.alice).deliver(Object(news));
    }
    const { items } = list.parse(await (await call(release.alice, "GET", "/tasks")).json());
    expect(items.find(({ id }) => id === taskId)).toEqual(before);
  });

  it("goes on with its list after it has slept", async () => {
    const first = await (await call(release.alice, "GET", "/tasks")).json();
    await evictDurableObject(env.USER_ROOM.getByName(release.alice));
    expect(await (await call(release.alice, "GET", "/tasks")).json()).toEqual(first);
  });
});

it("a home of this version asks the database for nothing: it was told of every task that there is", async () => {
  const id = await newTask(user);
  await project(env.DB, aProjection(aTask(), { members: [{ userId: user, role: "owner" }] }));
  const { items } = list.parse(await (await call(user, "GET", "/tasks")).json());
  expect(items.map((task) => task.id)).toEqual([id]);
});
