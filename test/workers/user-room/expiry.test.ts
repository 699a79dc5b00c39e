import { describe, expect, it } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { HOUR, refusal, value, World } from "./harness";

const stateOf = async (world: World) => (await world.list()).map(({ state }) => state);
const present = async (world: World, recoveryToken: string) =>
  refusal((await world.connect({ recoveryToken })).outcome);

const leftOvers = async (world: World) => {
  const tables = ["sessions", "connections", "recovery_tokens"] as const;
  return (await Promise.all(tables.map((table) => world.rows(table)))).flat();
};

describe("idle expiry", () => {
  it("is due two hours after the last known activity", async () => {
    const world = new World();
    await world.connected();
    expect(await world.alarmAt()).toBe(world.now + 2 * HOUR);
  });

  it("moves on when the room reports pings that woke nobody", async () => {
    const world = new World();
    const { session } = await world.connected();
    const pinged = world.now + 1.5 * HOUR;
    world.rooms.known[session.id] = { connections: 1, lastActiveAt: pinged };
    await world.ring();
    const [shown] = await world.list();
    expect(shown).toMatchObject({
      state: "connected",
      lastActiveAt: new Date(pinged).toISOString(),
      expiresAt: new Date(pinged + 2 * HOUR).toISOString(),
    });
    expect(await world.alarmAt()).toBe(pinged + 2 * HOUR);
  });

  it("takes no connection for lost because another came while the room was asked", async () => {
    const world = new World();
    const { session, connectionId, recoveryToken } = await world.connected();
    const pinged = world.now + 2 * HOUR;
    world.rooms.known[session.id] = { connections: 1, lastActiveAt: pinged, opening: [] };
    let other = "";
    world.rooms.meanwhile = async () => {
      other = (await world.connected({ recoveryToken })).connectionId;
    };
    await world.ring();
    const kept = (await world.rows("connections")).map(({ id }) => id);
    expect(kept.toSorted()).toEqual([connectionId, other].toSorted());
    // Whoever ends the session closes both.
    value(await world.use((room) => room.revokeSession(world.userId, session.id)));
    expect(world.rooms.closed).toMatchObject([{ sessionId: session.id, code: 4401 }]);
  });

  it("ends an idle session: 4408 to its connections, session_expired to its tokens", async () => {
    const world = new World();
    const { session, recoveryToken } = await world.connected();
    world.rooms.known[session.id] = { connections: 1, lastActiveAt: world.now };
    await world.ring();
    expect(world.rooms.closed).toEqual([
      { taskId: world.taskId, sessionId: session.id, code: 4408 },
    ]);
    expect(await stateOf(world)).toEqual(["expired"]);
    expect(await present(world, recoveryToken)).toBe("session_expired");
    const recovered = await world.use((room) => room.recoverSession(world.userId, recoveryToken));
    expect(refusal(recovered)).toBe("session_expired");
  });

  it("tells a used token of an expired session from its last one", async () => {
    const world = new World();
    const first = await world.connected();
    const second = await world.connected({ recoveryToken: first.recoveryToken });
    const third = await world.connected({ recoveryToken: second.recoveryToken });
    await world.ring();
    expect(await present(world, first.recoveryToken)).toBe("recovery_invalid");
    expect(await present(world, third.recoveryToken)).toBe("session_expired");
  });

  it("ends a session that is away, without closing anything", async () => {
    const world = new World();
    const opened = await world.connected();
    await world.disconnect(opened);
    await world.ring();
    expect(await stateOf(world)).toEqual(["expired"]);
    expect(world.rooms.closed).toEqual([]);
  });

  it("counts from the activity that a closing connection reports", async () => {
    const world = new World();
    const opened = await world.connected();
    world.now += HOUR;
    await world.disconnect(opened);
    await world.ring();
    expect(world.now).toBe(Date.parse(opened.session.createdAt) + 2 * HOUR);
    expect(await stateOf(world)).toEqual(["away"]);
    await world.ring();
    expect(world.now).toBe(Date.parse(opened.session.createdAt) + 3 * HOUR);
    expect(await stateOf(world)).toEqual(["expired"]);
  });

  it("has happened for a token whose alarm is late", async () => {
    const world = new World();
    const opened = await world.connected();
    await world.disconnect(opened);
    world.now += 2 * HOUR;
    expect(await present(world, opened.recoveryToken)).toBe("session_expired");
    expect(await stateOf(world)).toEqual(["expired"]);
  });

  it("does not take a session that is resumed while its room is being asked", async () => {
    const world = new World();
    const opened = await world.connected();
    await world.disconnect(opened);
    world.rooms.meanwhile = async () => {
      // Silent to the one who comes in, so that the session is opened although it is overdue.
      world.rooms.unreachable.add(world.taskId);
      await world.connected({ recoveryToken: opened.recoveryToken });
      world.rooms.unreachable.clear();
    };
    await world.ring();
    expect(await stateOf(world)).toEqual(["connected"]);
  });

  it("finds nothing to do when the alarm comes twice or early", async () => {
    const world = new World();
    const { session } = await world.connected();
    await world.use((room) => room.alarm());
    expect(await stateOf(world)).toEqual(["connected"]);
    await world.ring();
    const before = await world.rows("sessions");
    await world.use((room) => room.alarm());
    expect(await world.rows("sessions")).toEqual(before);
    expect(world.rooms.asked).toEqual([[session.id]]);
  });
});

describe("a room that can't be reached", () => {
  it("neither expires its session at once nor keeps it for ever", async () => {
    const world = new World();
    const { recoveryToken } = await world.connected();
    const due = world.now + 2 * HOUR;
    world.rooms.unreachable.add(world.taskId);
    await world.ring();
    expect(await stateOf(world)).toEqual(["connected"]);
    for (let i = 0; i < 6; i++) await world.ring();
    expect(world.now - due).toBe(610_000);
    expect(await present(world, recoveryToken)).toBe("session_expired");
  });

  it("gets its close report when it is back", async () => {
    const world = new World();
    const { session } = await world.connected();
    world.rooms.unreachable.add(world.taskId);
    await world.use((room) => room.revokeSession(world.userId, session.id));
    expect(await world.list()).toEqual([]);
    await world.ring();
    world.rooms.unreachable.clear();
    // Told a second time where its connection may still have been on its way in.
    while ((await world.rows("sessions")).length > 0) await world.ring();
    expect([...new Set(world.rooms.closed.map(({ code }) => code))]).toEqual([4401]);
  });

  it("holds up no other session", async () => {
    const world = new World();
    await world.connected();
    world.rooms.unreachable.add(world.taskId);
    const other = await world.connected({ taskId: newId("task", world.now) });
    await world.ring();
    const expired = (await world.list()).filter(({ state }) => state === "expired");
    expect(expired.map(({ id }) => id)).toEqual([other.session.id]);
  });

  it("does not keep a client with a live token out", async () => {
    const world = new World();
    const { recoveryToken } = await world.connected();
    world.now += 2 * HOUR;
    world.rooms.unreachable.add(world.taskId);
    expect(await present(world, recoveryToken)).toBe("accepted");
  });
});

describe("the alarm", () => {
  it("removes expired sessions with their tokens a day later", async () => {
    const world = new World();
    const opened = await world.connected();
    await world.ring();
    const expiredAt = world.now;
    await world.ring();
    while (world.now < expiredAt + 24 * HOUR) await world.ring();
    expect(world.now).toBe(expiredAt + 24 * HOUR);
    expect(await world.list()).toEqual([]);
    expect(await present(world, opened.recoveryToken)).toBe("recovery_invalid");
    expect(await leftOvers(world)).toEqual([]);
    expect(await world.alarmAt()).toBeNull();
  });

  it("is set again and serves the others when one row is at fault", async () => {
    const world = new World();
    const broken = await world.connected();
    const sound = await world.connected();
    await world.use((_, { storage }) =>
      storage.sql.exec("UPDATE sessions SET state = 'odd' WHERE id = ?", broken.session.id),
    );
    await world.ring();
    const rows = await world.rows("sessions");
    expect(rows.find(({ id }) => id === sound.session.id)?.state).toBe("expired");
    expect(await world.alarmAt()).not.toBeNull();
  });

  it("lets a session that can't be brought to its end rest, and serves the others", async () => {
    const world = new World();
    const broken = await world.connected();
    const sound = await world.connected();
    await world.use((_, { storage }) =>
      storage.sql.exec(`CREATE TRIGGER fault BEFORE INSERT ON sessions
        WHEN NEW.id = '${broken.session.id}' BEGIN SELECT RAISE(ABORT, 'fault'); END`),
    );
    await world.ring();
    const rows = await world.rows("sessions");
    expect(rows.find(({ id }) => id === sound.session.id)?.state).toBe("expired");
    expect(await world.alarmAt()).toBe(world.now + 60_000);
    await world.use((_, { storage }) => storage.sql.exec("DROP TRIGGER fault"));
    await world.ring();
    expect(await stateOf(world)).toEqual(["expired", "expired"]);
  });

  it("writes nothing per ping or command: a confirmed connection costs no session row", async () => {
    const world = new World();
    const { session, connectionId } = await world.connected();
    const written = await world.use(async (room, { storage }) => {
      const before = storage.sql.exec("SELECT total_changes() AS n").one().n;
      await room.confirmConnection(session.id, connectionId);
      await room.listSessions(world.userId, { limit: 1 });
      return Number(storage.sql.exec("SELECT total_changes() AS n").one().n) - Number(before);
    });
    expect(written).toBe(0);
  });
});

describe("a connection's end", () => {
  it("may be reported twice, for unknown ids, and never moves activity back", async () => {
    const world = new World();
    const opened = await world.connected();
    world.now += 2 * HOUR - 1;
    const close = (id: string, connection: string, at: number) =>
      world.use((room) => room.closeConnection(id, connection, at));
    await close(opened.session.id, "conn_unknown", world.now);
    await close("sess_unknown", opened.connectionId, world.now);
    expect(await stateOf(world)).toEqual(["connected"]);
    await close(opened.session.id, opened.connectionId, world.now - 3 * HOUR);
    await close(opened.session.id, opened.connectionId, world.now);
    const [shown] = await world.list();
    expect(shown).toMatchObject({ state: "away", lastActiveAt: opened.session.lastActiveAt });
  });

  it("leaves the session connected while another connection is open", async () => {
    const world = new World();
    const first = await world.connected();
    await world.connected({ recoveryToken: first.recoveryToken });
    await world.disconnect(first);
    expect(await world.list()).toMatchObject([{ state: "connected", connections: 1 }]);
  });
});

describe("a revoked session", () => {
  it("ends at once: 4401 to its connections, recovery_invalid to its tokens", async () => {
    const world = new World();
    const { session, recoveryToken } = await world.connected();
    world.now += 10_000;
    const revoke = () => world.use((room) => room.revokeSession(world.userId, session.id));
    expect(value(await revoke())).toBeNull();
    expect(world.rooms.closed).toMatchObject([{ sessionId: session.id, code: 4401 }]);
    expect(await present(world, recoveryToken)).toBe("recovery_invalid");
    expect(refusal(await revoke())).toBe("not_found");
    expect(await leftOvers(world)).toEqual([]);
  });

  it("is closed later if the user's room dies while it waits for the task's", async () => {
    const world = new World();
    const { session } = await world.connected();
    let alarm: number | null = null;
    world.rooms.meanwhile = async () => {
      alarm = await world.alarmAt();
      throw new Error("died");
    };
    await world.use((room) => room.revokeSession(world.userId, session.id));
    expect(alarm).toBe(world.now + 1000);
    await world.ring();
    expect(world.rooms.closed).toMatchObject([{ sessionId: session.id, code: 4401 }]);
  });

  it("is closed once more when its connection was still opening", async () => {
    const world = new World();
    const { session } = await world.connected();
    await world.use((room) => room.revokeSession(world.userId, session.id));
    const revokedAt = world.now;
    while (world.now < revokedAt + 2000) await world.ring();
    expect(world.now).toBe(revokedAt + 2000);
    expect(world.rooms.closed.map(({ code }) => code)).toEqual([4401, 4401]);
    expect(await world.rows("sessions")).toEqual([]);
  });

  it("may be an expired one, which then leaves the list", async () => {
    const world = new World();
    const { session } = await world.connected();
    await world.ring();
    await world.use((room) => room.revokeSession(world.userId, session.id));
    expect(await world.list()).toEqual([]);
  });

  it("is not another user's", async () => {
    const world = new World();
    const { session } = await world.connected();
    const outcome = await world.use((room) => room.revokeSession("mallory", session.id));
    expect(refusal(outcome)).toBe("not_found");
    expect(await stateOf(world)).toEqual(["connected"]);
  });
});
