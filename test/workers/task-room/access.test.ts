import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient, tokenOf, upgrade } from "../../support/room-client";
import { control } from "../../worker/control";
import { closeGate, isReached, openGate } from "../../worker/gates";
import { stored, textOf } from "../files/uploads";

// Who may do what is in the table of `worker/access-table.ts`; here is how it shows.

let alice: string;
let mallory: string;

beforeEach(() => {
  alice = newUser();
  mallory = newUser();
});

it("someone else's task is refused on the socket as a problem, never a 101", async () => {
  const taskId = await newTask(alice);
  const response = await upgrade(await tokenOf({ sub: mallory }), taskId);
  expect(response.status).toBe(404);
  expect(response.headers.get("Content-Type")).toContain("application/problem+json");
});

it("a task that was never created is 404 and makes no room", async () => {
  const response = await upgrade(await tokenOf({ sub: alice }), "task_01m7xr35em2mqf447ej8wtcxjw");
  expect(response.status).toBe(404);
});

it("each member sees the own role in the task, on the socket too", async () => {
  const viewer = newUser();
  const taskId = await newTask(alice, { members: [{ userId: viewer, role: "viewer" }] });
  const one = await RoomClient.join(alice, taskId);
  const two = await RoomClient.join(viewer, taskId);
  await call(alice, "PATCH", `/tasks/${taskId}`, { title: "New title" });
  await one.frames.next(({ type }) => type === "task:updated");
  await two.frames.next(({ type }) => type === "task:updated");
  expect(one.frames.state?.task).toMatchObject({ title: "New title", role: "owner" });
  expect(two.frames.state?.task).toMatchObject({ title: "New title", role: "viewer" });
});

describe("[S6] what waits behind another command of its connection", () => {
  const page = z.object({ items: z.array(z.looseObject({ content: z.string() })) });
  const made = z.object({ id: z.string(), key: z.string() });

  afterEach(() => {
    control.clockAheadMs = 0;
  });

  async function said(taskId: string): Promise<string[]> {
    const response = await call(alice, "GET", `/messages?taskId=${taskId}`);
    return page.parse(await response.json()).items.map(({ content }) => content);
  }

  /** Sends what has to wait for its file and what comes after it; the room has heard both. */
  async function sendTwo(client: RoomClient, sender: string): Promise<void> {
    const { id } = await stored(sender, textOf("a map"));
    closeGate("claiming", sender);
    client.send({ type: "chat:note", data: { content: "first", attachments: [id] } });
    client.send({ type: "chat:note", data: { content: "second" } });
    // Answered in order of arrival: what came before it is in the room.
    client.send("{");
    await client.frames.next(({ type }) => type === "error");
    expect(isReached("claiming", sender)).toBe(true);
  }

  async function settled(taskId: string, sender: string): Promise<string[]> {
    openGate("claiming", sender);
    await expect.poll(() => said(taskId)).toContain("first");
    await call(alice, "POST", `/tasks/${taskId}/notes`, { content: "third" });
    await scheduler.wait(50);
    return said(taskId);
  }

  it("is not carried out once its API key is revoked", async () => {
    const taskId = await newTask(alice);
    const response = await call(alice, "POST", "/api-keys", { name: "a", scopes: ["write"] });
    const { id, key } = made.parse(await response.json());
    const client = await RoomClient.with(key, taskId);
    await sendTwo(client, alice);
    expect((await call(alice, "DELETE", `/api-keys/${id}`)).status).toBe(204);
    expect((await client.frames.whenClosed()).code).toBe(4401);
    expect(await settled(taskId, alice)).not.toContain("second");
  });

  it("is not carried out once its token has run out", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join({ sub: alice, expiresInSeconds: 3600 }, taskId);
    await sendTwo(client, alice);
    control.clockAheadMs = 3_601_000;
    expect(await settled(taskId, alice)).not.toContain("second");
    expect((await client.frames.whenClosed()).code).toBe(4401);
  });

  it("is carried out where its client has only gone away", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await sendTwo(client, alice);
    client.close();
    await client.frames.whenClosed();
    expect(await settled(taskId, alice)).toContain("second");
  });
});

describe("a user whose name an object has of its own", () => {
  const notices = z.object({ items: z.array(z.looseObject({ title: z.string() })) });

  it.each(["constructor", "toString", "hasOwnProperty"])(
    "is nobody's member by that, and one like any other where they are let in: %s",
    async (name) => {
      const taskId = await newTask(alice, { title: `For ${name}` });
      expect((await call(name, "GET", `/tasks/${taskId}`)).status).toBe(404);
      expect((await upgrade(await tokenOf({ sub: name }), taskId)).status).toBe(404);
      const member = { userId: name, role: "viewer" };
      expect((await call(alice, "POST", `/tasks/${taskId}/members`, member)).status).toBe(201);
      await evictDurableObject(env.TASK_ROOM.getByName(taskId));
      expect(await (await call(name, "GET", `/tasks/${taskId}`)).json()).toMatchObject({
        role: "viewer",
      });
      const told = async () => {
        const response = await call(name, "GET", "/notifications");
        return notices.parse(await response.json()).items.map(({ title }) => title);
      };
      await expect.poll(told).toContain(`Shared with you: For ${name}`);
    },
  );

  it("is refused where it can't be kept as a name", async () => {
    const taskId = await newTask(alice);
    const member = { userId: "__proto__", role: "viewer" };
    expect((await call(alice, "POST", `/tasks/${taskId}/members`, member)).status).toBe(400);
    expect((await call(alice, "POST", "/tasks", { members: [member] })).status).toBe(400);
    expect((await call("__proto__", "GET", "/tasks")).status).toBe(401);
  });
});
