import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { newUser } from "../../support/room-client";
import { refusal, value, World } from "./harness";

describe("listing sessions", () => {
  async function many(world: World, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      world.now += 1;
      const made = await world.use((room) => room.createSession(world.userId, world.taskId));
      ids.unshift(value(made).session.id);
    }
    return ids;
  }
  const page = (world: World, limit: number, cursor?: string) =>
    world.use((room) => room.listSessions(world.userId, { limit, cursor }));

  it("is newest first, in pages that new sessions don't shift", async () => {
    const world = new World();
    const ids = await many(world, 5);
    const first = value(await page(world, 2));
    await many(world, 3);
    const second = value(await page(world, 2, first.nextCursor ?? ""));
    const third = value(await page(world, 2, second.nextCursor ?? ""));
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id));
    expect(seen).toEqual(ids);
    expect(third.nextCursor).toBeNull();
  });

  it.each([
    [0, undefined],
    [201, undefined],
    [1.5, undefined],
    [1, "sess_' OR 1=1"],
    [1, ""],
  ])("refuses limit %s with cursor %s", async (limit, cursor) => {
    const outcome = await page(new World(), limit, cursor);
    expect(refusal(outcome)).toBe("invalid_request");
  });

  it("shows nobody else's", async () => {
    const world = new World();
    await many(world, 1);
    const outcome = await world.use((room) => room.listSessions("mallory", { limit: 10 }));
    expect(value(outcome).items).toEqual([]);
  });
});

describe("an erased task", () => {
  it("takes its sessions and their tokens along, and no other's", async () => {
    const world = new World();
    const gone = await world.connected();
    const other = await world.connected({ taskId: newId("task", world.now) });
    await world.use((room) => room.forgetTask(world.taskId));
    expect((await world.list()).map(({ id }) => id)).toEqual([other.session.id]);
    const { outcome } = await world.connect({ recoveryToken: gone.recoveryToken });
    expect(refusal(outcome)).toBe("recovery_invalid");
    await world.disconnect(gone);
    expect(await world.rows("connections")).toHaveLength(1);
  });
});

describe("a user's room without sessions", () => {
  it("answers stray calls and makes no tables", async () => {
    const stub = env.USER_ROOM.getByName(newUser());
    await stub.closeConnection("sess_x", "conn_x", 1);
    await stub.confirmConnection("sess_x", "conn_x");
    await stub.forgetTask("task_x");
    expect(value(await stub.listSessions("nobody", { limit: 1 })).items).toEqual([]);
    expect(refusal(await stub.revokeSession("nobody", "sess_x"))).toBe("not_found");
    expect(refusal(await stub.recoverSession("nobody", "x"))).toBe("recovery_invalid");
    await runInDurableObject(stub, async (room, { storage }) => {
      await room.alarm();
      expect(storage.sql.exec("SELECT name FROM sqlite_schema").toArray()).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
  });
});

describe("the room itself", () => {
  it("keeps sessions, tokens and the alarm through an eviction", async () => {
    const userId = newUser();
    const stub = env.USER_ROOM.getByName(userId);
    const input = { userId, taskId: newId("task", Date.now()) };
    const first = value(await stub.openSession({ ...input, connectionId: "conn_1" }));
    await evictDurableObject(stub);
    const { recoveryToken } = first;
    const again = value(
      await stub.openSession({ ...input, connectionId: "conn_2", recoveryToken }),
    );
    expect(again).toMatchObject({ resumed: true, session: { id: first.session.id } });
    await evictDurableObject(stub);
    const due = Date.parse(first.session.expiresAt);
    expect(await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())).toBe(due);
  });

  it("sets its alarm again when it comes before anything is due", async () => {
    const stub = env.USER_ROOM.getByName(newUser());
    const taskId = newId("task", Date.now());
    const { session } = value(await stub.createSession("bob", taskId));
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const alarm = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    expect(alarm).toBe(Date.parse(session.expiresAt));
    const { items } = value(await stub.listSessions("bob", { limit: 1 }));
    expect(items).toMatchObject([{ id: session.id, state: "away" }]);
  });
});
