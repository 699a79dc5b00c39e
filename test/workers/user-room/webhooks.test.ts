import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { LIMITS } from "../../../src/protocol/limits";
import { webhookBody } from "../../../src/protocol/webhooks";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control, freeClock, stopClock } from "../../worker/control";

const HOUR = 60 * 60 * 1000;
const URL_A = "https://hooks.test/a";
const URL_B = "https://hooks.test/b";

type Post = { url: string; id: string; body: z.infer<typeof webhookBody>; init: RequestInit };

/** Endpoints that answer what a test says; no request leaves. */
class Endpoints {
  readonly posts: Post[] = [];
  answers: Record<string, number | "hang"> = {};

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    const headers = new Headers(init.headers);
    const body = webhookBody.parse(JSON.parse(String(init.body)));
    this.posts.push({ url, id: headers.get("webhook-id") ?? "", body, init });
    const status = this.answers[url] ?? 204;
    if (status === "hang") return new Promise(() => undefined);
    return new Response(null, { status });
  };

  to(url: string): Post[] {
    return this.posts.filter((post) => post.url === url);
  }
}

let alice: string;
let model: ScriptedModel;
let endpoints: Endpoints;

beforeEach(() => {
  stopClock();
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  endpoints = new Endpoints();
  vi.spyOn(globalThis, "fetch").mockImplementation(endpoints.fetch);
});

afterEach(() => {
  freeClock();
  vi.restoreAllMocks();
});

const created = z.looseObject({ id: z.string(), secret: z.string(), status: z.string() });
const listed = z.object({
  items: z.array(z.looseObject({ id: z.string(), status: z.string().optional() })),
});
const STATUS = ["task:status"];

async function hook(url: string, body: object = {}): Promise<string> {
  const response = await call(alice, "POST", "/webhooks", { url, events: STATUS, ...body });
  expect(response.status).toBe(201);
  return created.parse(await response.json()).id;
}

async function items(path: string) {
  const response = await call({ sub: alice, expiresInSeconds: 86_400 * 99 }, "GET", path);
  return listed.parse(await response.json()).items;
}

async function turnOf(taskId: string): Promise<void> {
  const client = await RoomClient.join(alice, taskId);
  await converse(client, model, "boats");
  client.close();
}

const ring = () => runDurableObjectAlarm(env.USER_ROOM.getByName(alice));
const statuses = (posts: Post[]) => posts.map(({ body }) => body.data.status);

async function waitAndRing(ms: number): Promise<void> {
  control.clockAheadMs += ms;
  await ring();
}

const inRoom = <T>(ask: (sql: SqlStorage) => T) =>
  runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) => ask(storage.sql));

/** As if an endpoint had long been failing: so many of one task wait for the next attempt. */
function waiting(webhookId: string, count: number): Promise<unknown> {
  const now = clock();
  return inRoom((sql) =>
    sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO deliveries (id, webhook_id, task_id, type, payload, status, created_at, due_at,
         give_up_at, attempts)
       SELECT 'dlv_' || i, ?, 'task_other', 'task:status', '{}', 'pending', ?, ?, ?, 1 FROM n`,
      count,
      webhookId,
      now,
      now + HOUR,
      now + 24 * HOUR,
    ),
  );
}

const rows = z.tuple([z.object({ n: z.int() })]);

function countOf(webhookId: string): Promise<number> {
  const query = "SELECT count(*) AS n FROM deliveries WHERE webhook_id = ?";
  return inRoom((sql) => rows.parse(sql.exec(query, webhookId).toArray())[0].n);
}

describe("webhooks over REST", () => {
  it("are made with a secret that is shown once, listed and removed by their owner alone", async () => {
    const response = await call(alice, "POST", "/webhooks", { url: URL_A, events: STATUS });
    const made = created.parse(await response.json());
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { secret, ...shown } = made;
    expect(await items("/webhooks")).toEqual([shown]);
    const rows = await runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) =>
      JSON.stringify(storage.sql.exec("SELECT * FROM webhooks").toArray()),
    );
    expect(rows).not.toContain(secret.slice(6));
    const stranger = newUser();
    for (const [method, path] of [
      ["DELETE", `/webhooks/${made.id}`],
      ["GET", `/webhooks/${made.id}/deliveries`],
      ["POST", `/webhooks/${made.id}/deliveries/dlv_${"0".repeat(26)}/retry`],
    ] as const) {
      expect((await call(stranger, method, path)).status).toBe(404);
    }
    expect((await call(alice, "DELETE", `/webhooks/${made.id}`)).status).toBe(204);
    expect((await call(alice, "DELETE", `/webhooks/${made.id}`)).status).toBe(404);
    expect(await items("/webhooks")).toEqual([]);
  });

  it.each<[string, object]>([
    ["no events", { url: URL_A, events: [] }],
    ["a momentary event", { url: URL_A, events: ["unread"] }],
    ["an event twice", { url: URL_A, events: ["task:status", "task:status"] }],
    ["no address", { events: STATUS }],
    ["credentials", { url: "https://a:b@hooks.test/", events: STATUS }],
    ["another scheme", { url: "ftp://hooks.test/", events: STATUS }],
    ["a task id that is none", { url: URL_A, events: STATUS, taskId: "x" }],
    ["an unknown member", { url: URL_A, events: STATUS, colour: "red" }],
  ])("are refused with %s", async (_name, body) => {
    expect((await call(alice, "POST", "/webhooks", body)).status).toBe(400);
  });

  it("are at most twenty", async () => {
    for (let i = 0; i < 20; i++) await hook(`${URL_A}${i}`);
    const more = await call(alice, "POST", "/webhooks", { url: URL_A, events: STATUS });
    expect(more.status).toBe(409);
  });
});

describe("deliveries", () => {
  it("are of the events and the task that were asked for, in order, and listed", async () => {
    const [one, two] = [await newTask(alice), await newTask(alice)];
    const all = await hook(URL_A);
    await hook(URL_B, { taskId: two, events: ["notification"] });
    for (const taskId of [one, two]) await turnOf(taskId);
    await expect.poll(() => endpoints.posts.length).toBe(5);
    for (const taskId of [one, two]) {
      const posts = endpoints.to(URL_A).filter(({ body }) => body.data.taskId === taskId);
      expect(statuses(posts)).toEqual(["RUNNING", "COMPLETED"]);
    }
    const [told] = endpoints.to(URL_B);
    expect(told?.body).toMatchObject({
      type: "notification",
      data: { notification: { taskId: two } },
    });
    expect(told?.init).toMatchObject({ method: "POST", redirect: "manual" });
    await expect
      .poll(async () => (await items(`/webhooks/${all}/deliveries`)).map(({ status }) => status))
      .toEqual(["delivered", "delivered", "delivered", "delivered"]);
    expect((await items(`/webhooks/${all}/deliveries?limit=1`))[0]).toMatchObject({
      type: "task:status",
      attempts: 1,
      lastStatus: 204,
      taskId: two,
    });
  });

  it("wait behind a failed one of their task, and delay no other task and no other endpoint", async () => {
    const taskId = await newTask(alice);
    const failing = await hook(URL_A);
    await hook(URL_B);
    endpoints.answers[URL_A] = 503;
    await turnOf(taskId);
    await expect.poll(() => endpoints.to(URL_B).length).toBe(2);
    await expect.poll(() => endpoints.to(URL_A).length).toBe(1);
    for (const wait of [5000, 30_000, 120_000, 600_000, HOUR, HOUR]) {
      const before = endpoints.to(URL_A).length;
      await waitAndRing(wait - 1000);
      expect(endpoints.to(URL_A)).toHaveLength(before);
      await waitAndRing(1000);
      await expect.poll(() => endpoints.to(URL_A).length).toBe(before + 1);
    }
    expect(new Set(endpoints.to(URL_A).map(({ id }) => id)).size).toBe(1);
    endpoints.answers[URL_A] = 200;
    await waitAndRing(HOUR);
    await expect.poll(() => statuses(endpoints.to(URL_A)).at(-1)).toBe("COMPLETED");
    expect(statuses(endpoints.to(URL_A)).filter((status) => status === "COMPLETED")).toHaveLength(
      1,
    );
    await expect
      .poll(async () => (await items(`/webhooks/${failing}/deliveries`)).map((item) => item.status))
      .toEqual(["delivered", "delivered"]);
  });

  it.each([301, 400, 500])("that are answered with %i are tried again", async (status) => {
    const taskId = await newTask(alice);
    await hook(URL_A);
    endpoints.answers[URL_A] = status;
    await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
    await expect.poll(() => endpoints.posts.length).toBe(1);
    endpoints.answers[URL_A] = 200;
    await waitAndRing(5000);
    await expect.poll(() => endpoints.posts.length).toBe(2);
  });

  it("survive that every object dies with a request on its way", async () => {
    const taskId = await newTask(alice);
    await hook(URL_A);
    endpoints.answers[URL_A] = "hang";
    await turnOf(taskId);
    await expect.poll(() => endpoints.posts.length).toBe(1);
    await abortAllDurableObjects();
    endpoints.answers[URL_A] = 200;
    // The end of the turn may have died on its way here.
    await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
    await waitAndRing(20_000);
    await expect.poll(() => statuses(endpoints.posts)).toEqual(["RUNNING", "RUNNING", "COMPLETED"]);
    expect(endpoints.posts[0]?.id).toBe(endpoints.posts[1]?.id);
  });
});

describe("an endpoint that takes nothing", () => {
  it("is paused after 24 hours, with a notification, and goes on after a retry by hand", async () => {
    const taskId = await newTask(alice);
    const id = await hook(URL_A);
    endpoints.answers[URL_A] = 500;
    await turnOf(taskId);
    await expect.poll(() => endpoints.posts.length).toBe(1);
    await waitAndRing(23 * HOUR);
    await expect.poll(() => endpoints.posts.length).toBe(2);
    await waitAndRing(HOUR);
    await expect.poll(async () => (await items("/webhooks"))[0]?.status).toBe("paused");
    expect(await items("/notifications?limit=1")).toMatchObject([
      { kind: "webhook_paused", data: { webhookId: id, url: URL_A } },
    ]);
    const failed = await items(`/webhooks/${id}/deliveries`);
    expect(failed.map(({ status }) => status)).toEqual(["failed", "failed"]);
    const sent = endpoints.posts.length;
    await waitAndRing(HOUR);
    expect(endpoints.posts).toHaveLength(sent);

    endpoints.answers[URL_A] = 200;
    const bearer = { sub: alice, expiresInSeconds: 86_400 * 99 };
    const path = `/webhooks/${id}/deliveries/${failed[0]?.id}/retry`;
    expect((await call(bearer, "POST", path)).status).toBe(202);
    await expect.poll(async () => (await items("/webhooks"))[0]?.status).toBe("active");
    expect(endpoints.posts.at(-1)?.id).toBe(failed[0]?.id);
  });

  it("is paused at once where it answers 410", async () => {
    const taskId = await newTask(alice);
    const id = await hook(URL_A);
    endpoints.answers[URL_A] = 410;
    await turnOf(taskId);
    await expect
      .poll(async () => (await items("/webhooks"))[0])
      .toMatchObject({
        status: "paused",
        reason: "The endpoint answered 410 Gone.",
      });
    const before = (await items(`/webhooks/${id}/deliveries`)).length;
    await turnOf(taskId);
    expect(await items(`/webhooks/${id}/deliveries`)).toHaveLength(before);
  });

  it("is paused once more than 10,000 deliveries wait for it, with a notification; others go on", async () => {
    const [id] = [await hook(URL_A), await hook(URL_B)];
    endpoints.answers[URL_A] = 503;
    await waiting(id, LIMITS.deliveriesWaiting - 1);
    const cancelled = async () => {
      const taskId = await newTask(alice);
      await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
    };
    await cancelled();
    await expect.poll(() => endpoints.posts.length).toBe(2);
    expect((await items("/webhooks")).map(({ status }) => status)).toEqual(["active", "active"]);
    await cancelled();
    await expect.poll(() => endpoints.to(URL_B).length).toBe(2);
    const reason = "More than 10000 deliveries were waiting.";
    expect((await items("/webhooks")).find((item) => item.id === id)).toMatchObject({
      status: "paused",
      reason,
    });
    expect(await items("/notifications")).toMatchObject([
      { kind: "webhook_paused", body: reason, data: { webhookId: id, url: URL_A } },
    ]);
    await waitAndRing(HOUR);
    expect(endpoints.to(URL_A)).toHaveLength(1);
    const left = await items(`/webhooks/${id}/deliveries?limit=200`);
    expect(new Set(left.map(({ status }) => status))).toEqual(new Set(["failed"]));
    const kept = await countOf(id);
    expect(kept).toBe(LIMITS.deliveriesKept);
  });

  it("is not called any more once its webhook is removed", async () => {
    const taskId = await newTask(alice);
    const id = await hook(URL_A);
    endpoints.answers[URL_A] = 500;
    await turnOf(taskId);
    await expect.poll(() => endpoints.posts.length).toBe(1);
    await call(alice, "DELETE", `/webhooks/${id}`);
    await waitAndRing(HOUR);
    expect(endpoints.posts).toHaveLength(1);
  });
});

it("finished deliveries go after seven days", async () => {
  const id = await hook(URL_A);
  await turnOf(await newTask(alice));
  await expect.poll(() => endpoints.posts.length).toBe(2);
  await waitAndRing(8 * 24 * HOUR);
  expect(await items(`/webhooks/${id}/deliveries`)).toEqual([]);
});
