import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { migrate } from "../../../src/durable-objects/storage-steps";
import { Deadlines } from "../../../src/durable-objects/user-room/deadlines";
import { USER_ROOM_STEPS } from "../../../src/durable-objects/user-room/schema";
import { newUser } from "../../support/room-client";
import { HOUR, value, World } from "./harness";

const DAY = 24 * HOUR;
const NOW = Date.UTC(2090, 0, 1);

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("[D6] the alarm of a user's room", () => {
  it.each([
    ["what is past is due now", -HOUR, NOW],
    ["what is to come keeps its time", HOUR, NOW + HOUR],
    ["what the platform would refuse comes as late as it may", 9e15, Date.UTC(2189, 0, 1)],
    ["what never comes, too", Number.POSITIVE_INFINITY, Date.UTC(2189, 0, 1)],
  ])("is never set where it can't ring: %s", async (_rule, ahead, expected) => {
    await runInDurableObject(env.USER_ROOM.getByName(newUser()), async (_, { storage }) => {
      await new Deadlines(storage, HOUR, () => NOW).atLatest(NOW + ahead);
      expect(await storage.getAlarm()).toBe(expected);
    });
  });

  it("lets a part that fails rest, longer each time, over evictions; the others go on", async () => {
    const world = new World();
    await world.use((room) =>
      room.deliver({ taskId: world.taskId, epoch: "e", items: [note(world)] }),
    );
    const { session } = await world.connected();
    await world.use((_, { storage }) =>
      storage.sql.exec(`CREATE TRIGGER fault BEFORE DELETE ON log
        BEGIN SELECT RAISE(ABORT, 'fault'); END`),
    );
    await world.use((room) =>
      room.deliver({ taskId: world.taskId, epoch: "e", items: [note(world, 2)] }),
    );
    world.now += 31 * DAY;
    const waits: number[] = [];
    for (let n = 0; n < 16; n++) {
      const before = world.now;
      await world.ring();
      waits.push(world.now - before);
    }
    // The session was brought to its end meanwhile.
    expect(await world.list()).toMatchObject([{ id: session.id, state: "expired" }]);
    const long = waits.slice(-4);
    expect(Math.min(...long)).toBeGreaterThanOrEqual(HOUR / 2);
    expect(Math.max(...long)).toBeLessThanOrEqual(HOUR);
    await world.use((_, { storage }) => storage.sql.exec("DROP TRIGGER fault"));
    await world.ring();
    await world.ring();
    const [log, rests] = await world.use((_, { storage: { sql } }) => [
      sql.exec("SELECT seq FROM log").toArray(),
      sql.exec("SELECT part FROM rests").toArray(),
    ]);
    expect(log).toHaveLength(1);
    expect(rests).toEqual([]);
  });
});

describe("what an older version wrote", () => {
  it("is read: sessions, connections, news, webhooks and deliveries", async () => {
    const world = new World();
    const now = world.now;
    await world.use((_, { storage }) => {
      migrate(storage, USER_ROOM_STEPS.slice(0, 3));
      for (const insert of OLD_ROWS(world)) storage.sql.exec(insert);
    });
    expect(await world.list()).toMatchObject([{ state: "connected", connections: 1 }]);
    await world.use(async (room) => {
      expect(value(await room.listNotifications({ limit: 9 })).items).toMatchObject([
        { title: "Old" },
      ]);
      expect(value(await room.listWebhooks({ limit: 9 })).items).toMatchObject([
        { id: HOOK, status: "paused", reason: "why" },
      ]);
      const sent = value(await room.listDeliveries(HOOK, { limit: 9 })).items;
      expect(sent).toMatchObject([{ status: "failed", taskId: world.taskId }]);
      await room.deliver({ taskId: world.taskId, epoch: "e", items: [note(world, 2)] });
      await room.deliver({ taskId: world.taskId, epoch: "e", items: [note(world, 2)] });
      await room.alarm();
    });
    const heard = await world.use((_, { storage }) =>
      storage.sql.exec("SELECT seq FROM log").toArray(),
    );
    expect(heard.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(world.now).toBe(now);
  });
});

const HOOK = `hook_${"0".repeat(26)}`;
const ts = "2026-01-01T00:00:00.000Z";

function note({ taskId }: World, seq = 1) {
  const data = { taskId, status: "RUNNING" as const, previous: "PENDING" as const };
  return { seq, n: 0, event: { type: "task:status" as const, ts, data } };
}

function OLD_ROWS({ taskId, userId, now }: World): string[] {
  const webhook = { id: HOOK, url: "https://a.test/", events: ["task:status"], createdAt: ts };
  const told = { id: `ntf_${"0".repeat(26)}`, kind: "agent", title: "Old", createdAt: ts };
  const event = { ...note({ taskId } as World).event, seq: 1 };
  return [
    `INSERT INTO sessions VALUES ('sess_${"0".repeat(26)}', '${userId}', '${taskId}', 'live', ${now}, ${now}, NULL, 0, 0, NULL)`,
    `INSERT INTO connections VALUES ('conn_1', 'sess_${"0".repeat(26)}', ${now})`,
    "INSERT INTO mailbox VALUES (1, 'epoch')",
    `INSERT INTO log VALUES (1, ${now}, '${JSON.stringify(event)}')`,
    `INSERT INTO notifications VALUES (1, '${told.id}', NULL, ${now}, NULL, '${JSON.stringify(told)}')`,
    `INSERT INTO heard VALUES ('${taskId}', 'e', 1, 0, ${now})`,
    `INSERT INTO webhooks VALUES ('${HOOK}', '${JSON.stringify(webhook)}', 'sealed', 'why', NULL)`,
    `INSERT INTO deliveries VALUES (1, 'dlv_${"0".repeat(26)}', '${HOOK}', '${taskId}', 'task:status', '{}', 'failed', ${now}, ${now}, ${now}, 1, ${now}, 500)`,
  ];
}
