import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addApiKey, findApiKey } from "../../../src/history/api-keys";
import { newId } from "../../../src/protocol/ids";
import { control } from "../../worker/control";
import { HOUR, refusal, World } from "./harness";

let world: World;
let keyId: string;

beforeEach(() => {
  world = new World();
  keyId = newId("key", world.now);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

afterEach(() => {
  control.d1 = "up";
  vi.restoreAllMocks();
});

const made = "2026-01-01T00:00:00.000Z";
const given = { name: "a", scopes: ["write" as const], createdAt: made, expiresAt: null };
const giveKey = (id = keyId) => addApiKey(env.DB, { ...given, id, hash: id, userId: world.userId });
const isFound = async (id = keyId) => (await findApiKey(env.DB, id)) !== undefined;
const revoke = (id = keyId) => world.use((room) => room.revokeKey(world.userId, id));
const open = async (id = keyId) => refusal((await world.connect({ keyId: id })).outcome);
const told = () => world.rooms.keysClosed.map(({ taskId }) => taskId);

/** Lets the alarm ring until nothing is left to be done, at most so often. */
async function untilSettled(most = 20): Promise<void> {
  for (let n = 0; n < most && (await world.rows("errands")).length > 0; n++) await world.ring();
  expect(await world.rows("errands")).toEqual([]);
}

describe("[V1] a revoked key", () => {
  it("opens nothing any more, and others and tokens do", async () => {
    await giveKey();
    expect(await open()).toBe("accepted");
    expect(refusal(await revoke())).toBe("accepted");
    expect(await open()).toBe("unauthorized");
    expect(await open(newId("key", world.now))).toBe("accepted");
    expect(refusal((await world.connect()).outcome)).toBe("accepted");
    expect(await isFound()).toBe(false);
  });

  it("is refused to an opening that waits for other rooms while it is revoked", async () => {
    await giveKey();
    for (let i = 0; i < 5; i++) await world.connected({ taskId: newId("task", world.now) });
    world.now += 10_000;
    world.rooms.meanwhile = revoke;
    expect(await open()).toBe("unauthorized");
  });

  it("has its sockets closed in every room where it may have some, and in no other", async () => {
    await giveKey();
    const [here, there, elsewhere] = [1, 2, 3].map(() => newId("task", world.now));
    await world.connected({ keyId, taskId: here ?? "" });
    await world.connected({ keyId, taskId: there ?? "" });
    await world.connected({ taskId: elsewhere ?? "" });
    await revoke();
    await untilSettled();
    expect(told().toSorted()).toEqual([here, there].toSorted());
  });

  it("has them closed also where an older version did not say what a connection came with", async () => {
    await giveKey();
    await world.connected();
    await world.use((_, { storage }) => storage.sql.exec("UPDATE connections SET key_id = NULL"));
    await revoke();
    await untilSettled();
    expect(told()).toEqual([world.taskId]);
  });

  it("that never was is not_found, said again too, and settles", async () => {
    expect(refusal(await revoke())).toBe("not_found");
    expect(refusal(await revoke())).toBe("not_found");
    expect(await world.rows("errands")).toEqual([]);
  });

  it("of somebody else is not taken away", async () => {
    await addApiKey(env.DB, { ...given, id: keyId, hash: keyId, userId: "mallory" });
    expect(refusal(await revoke())).toBe("not_found");
    await untilSettled();
    expect(await isFound()).toBe(true);
  });
});

describe("[V2] a revocation that could not be finished", () => {
  it("goes on while D1 is down, and takes the row once it is back", async () => {
    await giveKey();
    await world.connected({ keyId });
    control.d1 = "down";
    expect(refusal(await revoke())).toBe("unavailable");
    expect(await open()).toBe("unauthorized");
    await world.ring();
    expect(told()).toEqual([world.taskId]);
    expect(await isFound()).toBe(true);
    control.d1 = "up";
    await untilSettled();
    expect(await isFound()).toBe(false);
  });

  it("tells a room that can't be reached until it has answered, ever more rarely", async () => {
    await giveKey();
    await world.connected({ keyId });
    world.rooms.unreachable.add(world.taskId);
    expect(refusal(await revoke())).toBe("accepted");
    const waits: number[] = [];
    for (let n = 0; n < 30; n++) {
      const before = world.now;
      await world.ring();
      waits.push(world.now - before);
    }
    expect(waits[0]).toBeLessThanOrEqual(1000);
    expect(Math.min(...waits.slice(12))).toBeGreaterThanOrEqual(150_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(300_000);
    expect(told()).toEqual([]);
    world.rooms.unreachable.clear();
    await untilSettled(1);
    expect(told()).toEqual([world.taskId]);
  });

  it.each(["key revoked", "key dropped", "room told of a key"] as const)(
    "goes on by its alarm where the object dies: %s",
    async (point) => {
      await giveKey();
      await world.connected({ keyId });
      world.diesAt = point;
      await Promise.allSettled([revoke()]);
      expect(await open()).toBe("unauthorized");
      expect(await world.alarmAt()).toBeLessThanOrEqual(world.now + 1000);
      await untilSettled();
      expect(told()).toContain(world.taskId);
      expect(await isFound()).toBe(false);
    },
  );

  it("leaves everything as it was where the object dies before it is written down", async () => {
    await giveKey();
    world.diesAt = "before revoking";
    await expect(revoke()).rejects.toThrow();
    await world.ring();
    expect(await open()).toBe("accepted");
    expect(await isFound()).toBe(true);
  });

  it("is driven on by a second one, whatever that is answered", async () => {
    await giveKey();
    await world.connected({ keyId });
    world.rooms.unreachable.add(world.taskId);
    await revoke();
    world.rooms.unreachable.clear();
    expect(refusal(await revoke())).toBe("not_found");
    await vi.waitFor(() => expect(told()).toEqual([world.taskId]));
  });
});

describe("[V3] revocations are remembered", () => {
  it("for a day after they are settled, and for as long as something is to be done", async () => {
    await giveKey();
    await world.connected({ keyId });
    world.rooms.unreachable.add(world.taskId);
    await revoke();
    world.now += 48 * HOUR;
    await world.ring();
    expect(await open()).toBe("unauthorized");
    world.rooms.unreachable.clear();
    await untilSettled();
    await world.ring();
    expect(await world.rows("revoked_keys")).toEqual([]);
  });

  it("at most a thousand: the oldest that is settled goes first", async () => {
    await giveKey();
    await revoke();
    const oldest = await world.rows("revoked_keys");
    await world.use((_, { storage }) =>
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
         INSERT INTO revoked_keys (key_id, user_id, at) SELECT 'key_' || i, 'x', ? + i FROM n`,
        world.now,
      ),
    );
    world.now += 2000;
    expect(refusal(await revoke(newId("key", world.now)))).toBe("not_found");
    const kept = await world.rows("revoked_keys");
    expect(kept.length).toBeLessThanOrEqual(1000);
    expect(kept).not.toContainEqual(oldest[0]);
  });
});
