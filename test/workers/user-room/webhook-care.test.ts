import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook as Verifier } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Tables } from "../../../src/durable-objects/user-room/tables";
import { WAITING_BOUNDS } from "../../../src/engine/user/webhook-rules";
import { newId } from "../../../src/protocol/ids";
import { LIMITS } from "../../../src/protocol/limits";
import { call, newTask, newUser } from "../../support/room-client";
import { clock, control, freeClock, stopClock } from "../../worker/control";

const HOUR = 60 * 60 * 1000;
const URL_A = "https://hooks.test/a";
const URL_B = "https://hooks.test/b";

type Post = { url: string; text: string; headers: Headers; type: unknown };

let alice: string;
let posts: Post[];
let answer: number;

beforeEach(() => {
  stopClock();
  alice = newUser();
  posts = [];
  answer = 204;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init = {}) => {
    const text = String(init.body);
    const headers = new Headers(init.headers);
    posts.push({ url: String(input), text, headers, type: JSON.parse(text).type });
    return new Response(null, { status: answer });
  });
});

afterEach(() => {
  freeClock();
  vi.restoreAllMocks();
});

const webhookShape = z.looseObject({
  id: z.string(),
  url: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  previousSecretUntil: z.string().optional(),
});
const withSecret = webhookShape.extend({ secret: z.string() });
const listed = z.object({
  items: z.array(
    z.looseObject({ id: z.string(), type: z.string(), status: z.string(), attempts: z.number() }),
  ),
});

const longLived = () => ({ sub: alice, expiresInSeconds: 99 * 86_400 });
const rest = (method: string, path: string, body?: object) => call(longLived(), method, path, body);

async function hook(body: object = {}) {
  const asked = { url: URL_A, events: ["task:status"], ...body };
  return withSecret.parse(await (await rest("POST", "/webhooks", asked)).json());
}

async function patch(id: string, body: object) {
  const response = await rest("PATCH", `/webhooks/${id}`, body);
  expect(response.status).toBe(200);
  return webhookShape.parse(await response.json());
}

const rotate = async (id: string) =>
  withSecret.parse(await (await rest("POST", `/webhooks/${id}/rotate-secret`)).json());
const test = (id: string) => rest("POST", `/webhooks/${id}/test`);
const deliveries = async (id: string) =>
  listed.parse(await (await rest("GET", `/webhooks/${id}/deliveries`)).json()).items;
const stateOf = async (id: string) =>
  z
    .object({ items: z.array(webhookShape) })
    .parse(await (await rest("GET", "/webhooks")).json())
    .items.find((item) => item.id === id);

async function happens(): Promise<void> {
  const taskId = await newTask(alice);
  await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
}

async function waitAndRing(ms: number): Promise<void> {
  control.clockAheadMs += ms;
  await runDurableObjectAlarm(env.USER_ROOM.getByName(alice));
}

/** The secrets among these that have signed what was sent. */
function signers({ text, headers }: Post, secrets: string[]): string[] {
  const now = vi.spyOn(Date, "now").mockReturnValue(clock());
  const given = Object.fromEntries(headers);
  const good = secrets.filter((secret) => {
    try {
      new Verifier(secret).verify(text, given);
      return true;
    } catch {
      return false;
    }
  });
  now.mockRestore();
  return good;
}

describe("[H1] a test", () => {
  it("is sent signed, once, and listed as a delivery", async () => {
    const { id, secret } = await hook();
    expect((await test(id)).status).toBe(202);
    await expect.poll(() => posts.length).toBe(1);
    expect(JSON.parse(posts[0]?.text ?? "")).toMatchObject({
      type: "webhook:test",
      data: { webhookId: id },
    });
    expect(posts[0] && signers(posts[0], [secret])).toEqual([secret]);
    await expect
      .poll(() => deliveries(id))
      .toMatchObject([{ type: "webhook:test", status: "delivered", attempts: 1, lastStatus: 204 }]);
    expect((await deliveries(id))[0]).not.toHaveProperty("taskId");
  });

  it.each([500, 410])("that is answered with %i has failed and pauses nothing", async (status) => {
    const { id } = await hook();
    answer = status;
    await test(id);
    await expect
      .poll(() => deliveries(id))
      .toMatchObject([{ status: "failed", attempts: 1, lastStatus: status }]);
    await waitAndRing(HOUR);
    expect(posts).toHaveLength(1);
    expect(await stateOf(id)).toMatchObject({ status: "active" });
  });

  it("does not wait behind what waits for another attempt, nor hold it up", async () => {
    const { id } = await hook();
    answer = 500;
    await happens();
    await expect.poll(() => deliveries(id)).toMatchObject([{ attempts: 1 }]);
    answer = 204;
    await test(id);
    await expect
      .poll(() => deliveries(id))
      .toMatchObject([{ status: "delivered" }, { status: "pending" }]);
  });

  it("that arrives wakes a webhook that its failures had paused", async () => {
    const { id } = await hook();
    answer = 410;
    await happens();
    await expect.poll(async () => (await stateOf(id))?.status).toBe("paused");
    answer = 200;
    await test(id);
    await expect.poll(async () => (await stateOf(id))?.status).toBe("active");
  });

  it("is refused where five wait for their answers", async () => {
    const { id } = await hook();
    vi.mocked(fetch).mockImplementation(() => new Promise(() => undefined));
    for (let n = 0; n < 5; n++) expect((await test(id)).status).toBe(202);
    expect((await test(id)).status).toBe(429);
  });
});

describe("[H2] a rotated secret", () => {
  it("signs with the one before it for 24 hours, and then alone", async () => {
    const first = await hook();
    const second = await rotate(first.id);
    expect(second.secret).not.toBe(first.secret);
    expect(await stateOf(first.id)).toMatchObject({
      previousSecretUntil: new Date(clock() + 24 * HOUR).toISOString(),
    });
    const secrets = [first.secret, second.secret];
    await test(first.id);
    await expect.poll(() => posts.length).toBe(1);
    expect(posts[0] && signers(posts[0], secrets)).toEqual(secrets);
    control.clockAheadMs += 24 * HOUR;
    await test(first.id);
    await expect.poll(() => posts.length).toBe(2);
    expect(posts[1] && signers(posts[1], secrets)).toEqual([second.secret]);
    expect(await stateOf(first.id)).not.toHaveProperty("previousSecretUntil");
  });

  it("leaves at most two that sign", async () => {
    const first = await hook();
    const [second, third] = [await rotate(first.id), await rotate(first.id)];
    await test(first.id);
    await expect.poll(() => posts.length).toBe(1);
    const secrets = [first.secret, second.secret, third.secret];
    expect(posts[0] && signers(posts[0], secrets)).toEqual([second.secret, third.secret]);
  });

  it("is nobody else's to have, nor of what is not there", async () => {
    const { id } = await hook();
    for (const path of [`/webhooks/${id}/rotate-secret`, `/webhooks/${id}/test`]) {
      expect((await call(newUser(), "POST", path)).status).toBe(404);
    }
    expect((await call(newUser(), "PATCH", `/webhooks/${id}`, { url: URL_B })).status).toBe(404);
  });
});

describe("[H3] a changed webhook", () => {
  it("keeps what is left out; what waits goes to the new address", async () => {
    const { id, secret, ...made } = await hook();
    answer = 500;
    await happens();
    await expect.poll(() => posts.length).toBe(1);
    expect(await patch(id, { url: URL_B })).toEqual({ ...made, id, url: URL_B });
    answer = 204;
    await waitAndRing(5000);
    await expect.poll(() => posts.at(-1)?.url).toBe(URL_B);
    expect(posts[1]?.headers.get("webhook-id")).toBe(posts[0]?.headers.get("webhook-id"));
  });

  it("is not paused by what its former address says late: that is for the new one", async () => {
    const { id } = await hook();
    const { promise, resolve } = Promise.withResolvers<Response>();
    vi.mocked(fetch).mockImplementationOnce(() => promise);
    await happens();
    await expect.poll(() => vi.mocked(fetch).mock.calls.length).toBe(1);
    await patch(id, { url: URL_B });
    resolve(new Response(null, { status: 410 }));
    await expect.poll(() => posts.map(({ url }) => url)).toEqual([URL_B]);
    await expect.poll(() => deliveries(id)).toMatchObject([{ status: "delivered", attempts: 2 }]);
    expect(await stateOf(id)).toMatchObject({ status: "active" });
  });

  it("tries its new address at once, and for as long as that is there", async () => {
    const { id } = await hook();
    answer = 500;
    await happens();
    await expect.poll(() => posts.length).toBe(1);
    await waitAndRing(23.9 * HOUR);
    await expect.poll(() => deliveries(id)).toMatchObject([{ attempts: 2 }]);
    await patch(id, { url: URL_B });
    await expect.poll(() => posts.at(-1)?.url).toBe(URL_B);
    await expect.poll(() => deliveries(id)).toMatchObject([{ attempts: 3 }]);
    await waitAndRing(HOUR);
    await expect.poll(() => deliveries(id)).toMatchObject([{ status: "pending", attempts: 4 }]);
    expect(await stateOf(id)).toMatchObject({ status: "active" });
    answer = 204;
    await waitAndRing(HOUR);
    await expect.poll(() => deliveries(id)).toMatchObject([{ status: "delivered" }]);
  });

  it("is of another task or of all, and of other events", async () => {
    const taskId = newId("task", 1);
    const { id } = await hook({ taskId });
    expect(await patch(id, { events: ["task:created"] })).toMatchObject({ taskId });
    expect(await patch(id, { taskId: null })).not.toHaveProperty("taskId");
    await newTask(alice);
    await expect.poll(() => posts.map(({ type }) => type)).toEqual(["task:created"]);
  });

  it("that is paused by hand sends nothing, fails what waits, and goes on by hand alone", async () => {
    const { id } = await hook();
    answer = 500;
    await happens();
    await expect.poll(() => posts.length).toBe(1);
    expect(await patch(id, { status: "paused" })).toMatchObject({
      status: "paused",
      reason: "Paused by its owner.",
    });
    expect(await deliveries(id)).toMatchObject([{ status: "failed" }]);
    await happens();
    await waitAndRing(HOUR);
    expect(posts).toHaveLength(1);
    answer = 204;
    await test(id);
    await expect.poll(async () => (await deliveries(id))[0]?.status).toBe("delivered");
    expect(await stateOf(id)).toMatchObject({ status: "paused" });
    expect(await patch(id, { status: "active" })).not.toHaveProperty("reason");
    await happens();
    await expect.poll(() => posts.at(-1)?.type).toBe("task:status");
  });

  it.each<[string, object]>([
    ["nothing", {}],
    ["no events", { events: [] }],
    ["credentials in its address", { url: "https://a:b@hooks.test/" }],
    ["another status", { status: "broken" }],
    ["a secret of one's own", { secret: "whsec_x" }],
  ])("is not changed to %s", async (_name, body) => {
    const { id } = await hook();
    expect((await rest("PATCH", `/webhooks/${id}`, body)).status).toBe(400);
  });
});

describe("[H4] what waits for an endpoint", () => {
  const inRoom = <T>(ask: (storage: DurableObjectStorage) => T) =>
    runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) => ask(storage));

  it("is found without reading a payload, those that are due first and not more than asked for", async () => {
    const { id } = await hook();
    await inRoom((storage) => {
      const { deliveries } = Tables.make(storage);
      const payload = "x".repeat(100_000);
      const base = { webhookId: id, type: "task:status" as const, payload };
      for (let n = 0; n < 30; n++) {
        const line = { taskId: `task_${n % 10}`, now: clock() + (n % 10) * HOUR };
        deliveries.add({ ...base, ...line, id: `dlv_${n}` });
      }
      expect(deliveries.heads(id, 3).map((head) => head.id)).toEqual(["dlv_0", "dlv_1", "dlv_2"]);
      const plan = storage.sql
        .exec(
          `EXPLAIN QUERY PLAN SELECT min(position), due_at FROM deliveries
             WHERE webhook_id = ? AND status = 'pending' GROUP BY task_id`,
          id,
        )
        .toArray();
      expect(JSON.stringify(plan)).toContain("COVERING INDEX deliveries_waiting");
    });
  });

  it("has a bound in bytes; past it the webhook is paused, and others go on", async () => {
    const { id } = await hook();
    const other = await hook({ url: URL_B });
    answer = 503;
    await inRoom((storage) =>
      storage.sql.exec(
        `INSERT INTO deliveries (id, webhook_id, task_id, type, payload, status, created_at, due_at,
           give_up_at, attempts, bytes)
         VALUES ('dlv_x', ?, 'task_x', 'task:status', '{}', 'pending', ?, ?, ?, 1, ?)`,
        id,
        clock(),
        clock() + HOUR,
        clock() + 24 * HOUR,
        LIMITS.deliveriesWaitingBytes,
      ),
    );
    await happens();
    await expect
      .poll(() => stateOf(id))
      .toMatchObject({
        status: "paused",
        reason: "More than 32 MiB of deliveries were waiting.",
      });
    expect(await stateOf(other.id)).toMatchObject({ status: "active" });
  });

  it("is bounded of what strangers' tasks say, whose oldest fail: the user's own waits on", async () => {
    const { id } = await hook({ events: ["task:status", "task:shared"] });
    vi.mocked(fetch).mockImplementation(() => new Promise(() => undefined));
    await happens();
    const home = env.USER_ROOM.getByName(alice);
    const ts = new Date(clock()).toISOString();
    const data = { role: "viewer" as const, title: "T" };
    const shared = async (inviter: string, n: number) => {
      const taskId = newId("task", n);
      const event = { type: "task:shared" as const, ts, data: { taskId, ...data } };
      await home.deliver({ taskId, epoch: "e", inviter, items: [{ seq: 1, n: 0, event }] });
    };
    const { rows } = WAITING_BOUNDS.inviter;
    await shared("mallory", 0);
    await inRoom(({ sql }) =>
      sql.exec(
        `WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ?1)
          INSERT INTO deliveries (id, webhook_id, task_id, type, payload, status, created_at, due_at,
            give_up_at, attempts, bytes, inviter)
          SELECT 'dlv_' || n, ?2, 'task_' || n, 'task:shared', '{}', 'pending', ?3, ?3, ?3, 0, 2,
            'mallory' FROM i`,
        ...[LIMITS.deliveriesWaiting, id, clock()],
      ),
    );
    await shared("bob", 1);
    await shared("mallory", 2);
    const waiting = (whose: string) =>
      inRoom(({ sql }) => {
        const query = `SELECT count(*) AS n FROM deliveries
          WHERE status = 'pending' AND inviter = ?`;
        return Number(sql.exec(query, whose).one().n);
      });
    expect([await waiting(""), await waiting("bob"), await waiting("mallory")]).toEqual([
      1,
      1,
      rows,
    ]);
    expect(await stateOf(id)).toMatchObject({ status: "active" });
  });

  it("and what was sent has one, too: the newest stay", async () => {
    const { id } = await hook();
    await inRoom((storage) => {
      const { deliveries } = Tables.make(storage);
      const base = { webhookId: id, type: "task:status" as const, payload: "{}", taskId: "task_x" };
      for (let n = 0; n < 4; n++) deliveries.add({ ...base, now: clock(), id: `dlv_${n}` });
      storage.sql.exec("UPDATE deliveries SET status = 'delivered', bytes = ?", 6 * 1024 * 1024);
      deliveries.prune(id, 0);
      expect(deliveries.list(id, 10).map((row) => row.id)).toEqual(["dlv_3", "dlv_2"]);
    });
  });
});
