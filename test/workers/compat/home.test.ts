import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as z from "zod";
import { Release } from "../../compat/released";
import { call, RoomClient } from "../../support/room-client";
import { UserClient } from "../../support/user-client";
import { freeClock, stopClock } from "../../worker/control";

const notifications = z.object({ items: z.array(z.looseObject({ kind: z.string() })) });
const webhooks = z.object({
  items: z.array(z.looseObject({ id: z.string(), status: z.string() })),
});
const deliveries = z.object({ items: z.array(z.looseObject({ status: z.string() })) });
const sessions = z.object({ items: z.array(z.looseObject({ taskId: z.string() })) });
const tasks = z.object({ items: z.array(z.looseObject({ id: z.string(), title: z.string() })) });

const release = new Release();
const { alice } = release;
let taskId: string;

beforeAll(async () => {
  stopClock();
  // Nobody takes what the webhook's queue holds.
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 503 }));
  await release.database();
  await release.home();
  await release.meter();
  taskId = await release.room("at rest");
});
afterAll(() => {
  freeClock();
  vi.restoreAllMocks();
});

async function ask<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  const response = await call(alice, "GET", path);
  expect([path, response.status]).toEqual([path, 200]);
  return schema.parse(await response.json());
}

it("notifications, sessions and webhooks of the release are all there", async () => {
  const { items } = await ask(notifications, "/notifications");
  expect(items.map(({ kind }) => kind)).toContain("turn_waiting");
  expect((await ask(sessions, "/sessions")).items.map((one) => one.taskId)).toContain(taskId);
  const [webhook] = (await ask(webhooks, "/webhooks")).items;
  expect(webhook?.status).toBe("active");
  const queue = await ask(deliveries, `/webhooks/${webhook?.id}/deliveries`);
  expect(queue.items.length).toBeGreaterThan(0);
});

it("lists and single tasks are those that the release has projected", async () => {
  const { items } = await ask(tasks, "/tasks");
  expect(items.map(({ title }) => title)).toContain("Boats");
});

it("a recovery token of the release resumes its session", async () => {
  const client = await RoomClient.join(alice, taskId, { resume: release.recoveryToken });
  expect(client.ready.resumed).toBe(true);
  client.close();
  await client.frames.whenClosed();
});

it("what the user's devices had is continued, and news that came twice is no news", async () => {
  const device = await UserClient.open(alice, { after: 0 });
  const { headSeq } = device.ready;
  await device.frames.next(({ seq }) => seq === headSeq);
  const before = (await ask(notifications, "/notifications")).items.length;
  for (const { args } of release.calls("UserRoom", "deliver")) {
    const [news] = args;
    if (Object(news).taskId !== taskId) continue;
    await runInDurableObject(env.USER_ROOM.getByName(alice), (room) => room.deliver(Object(news)));
  }
  expect((await ask(notifications, "/notifications")).items).toHaveLength(before);
  device.close();
});

it("what was used stays counted", async () => {
  const used = z.looseObject({ month: z.object({ turns: z.number(), tokens: z.number() }) });
  const response = await call(alice, "GET", "/usage");
  expect(used.parse(await response.json()).month).toEqual(release.used);
});
