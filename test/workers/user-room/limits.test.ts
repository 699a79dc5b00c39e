import { describe, expect, it } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { refusal, value, World } from "./harness";

type Opened = Awaited<ReturnType<World["connected"]>>;

/** As many connected sessions as one user may have, each in a task of its own and known to its room. */
async function five(world: World): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (let i = 0; i < 5; i++) {
    const one = await world.connected({ taskId: newId("task", world.now) });
    world.rooms.known[one.session.id] = { connections: 1, lastActiveAt: world.now };
    opened.push(one);
  }
  // Past the moment in which a room need not know its newest connection.
  world.now += 10_000;
  return opened;
}

describe("connected sessions of one user", () => {
  it("are at most five over all tasks: a sixth is refused after their rooms were asked", async () => {
    const world = new World();
    const opened = await five(world);
    expect(world.rooms.asked).toEqual([]);
    expect(refusal((await world.connect()).outcome)).toBe("session_limit");
    expect(world.rooms.asked.flat().sort()).toEqual(opened.map(({ session }) => session.id).sort());
    expect(await world.list()).toHaveLength(5);
  });

  it("make way when one has lost its connection without a report", async () => {
    const world = new World();
    const [lost] = await five(world);
    if (lost) world.rooms.known[lost.session.id] = { connections: 0, lastActiveAt: world.now };
    expect(refusal((await world.connect()).outcome)).toBe("accepted");
    const states = (await world.list()).map(({ id, state }) => id === lost?.session.id && state);
    expect(states.filter(Boolean)).toEqual(["away"]);
  });

  it("make way when a room answers without knowing the session at all", async () => {
    const world = new World();
    await five(world);
    world.rooms.known = {};
    expect(refusal((await world.connect()).outcome)).toBe("accepted");
  });

  it("are counted as they were when their rooms can't be reached", async () => {
    const world = new World();
    for (const { session } of await five(world)) world.rooms.unreachable.add(session.taskId);
    expect(refusal((await world.connect()).outcome)).toBe("session_limit");
  });

  it("are told over REST as well, which says why a handshake is refused and uses up no token", async () => {
    const world = new World();
    const [first] = await five(world);
    if (first) await world.disconnect(first);
    const sixth = await world.connected();
    world.now += 10_000;
    world.rooms.known[sixth.session.id] = { connections: 1, lastActiveAt: world.now };
    const { recoveryToken = "" } = first ?? {};
    const recover = () => world.use((room) => room.recoverSession(world.userId, recoveryToken));
    const create = () => world.use((room) => room.createSession(world.userId, world.taskId));
    expect(refusal(await create())).toBe("session_limit");
    expect(refusal(await recover())).toBe("session_limit");
    await world.disconnect(sixth);
    expect(refusal(await create())).toBe("accepted");
    expect(value(await recover()).session.id).toBe(first?.session.id);
  });

  it("do not count again when one is opened again", async () => {
    const world = new World();
    const [first] = await five(world);
    const { taskId } = first?.session ?? {};
    const again = { recoveryToken: first?.recoveryToken ?? "", taskId: taskId ?? "" };
    expect(refusal((await world.connect(again)).outcome)).toBe("accepted");
    expect(world.rooms.asked).toEqual([]);
  });

  it("make way when one disconnects, and it stays recoverable", async () => {
    const world = new World();
    const [first, second] = await five(world);
    if (first) await world.disconnect(first);
    const sixth = await world.connected();
    const again = {
      recoveryToken: first?.recoveryToken ?? "",
      taskId: first?.session.taskId ?? "",
    };
    expect(refusal((await world.connect(again)).outcome)).toBe("session_limit");
    if (second) await world.disconnect(second);
    expect(sixth.resumed).toBe(false);
    expect(await world.connected(again)).toMatchObject({ resumed: true });
  });

  it("stay five when two come in while the rooms are being asked", async () => {
    const world = new World();
    const [lost] = await five(world);
    if (lost) world.rooms.known[lost.session.id] = { connections: 0, lastActiveAt: world.now };
    const outcomes = await world.use((room) => {
      const open = () =>
        room.openSession({
          userId: world.userId,
          taskId: world.taskId,
          connectionId: newId("conn", world.now),
        });
      return Promise.all([open(), open(), open()]);
    });
    expect(outcomes.map(refusal).sort()).toEqual(["accepted", "session_limit", "session_limit"]);
    expect((await world.list()).filter(({ state }) => state === "connected")).toHaveLength(5);
  });

  it("do not include one that was revoked while the rooms were being asked", async () => {
    const world = new World();
    const [first] = await five(world);
    world.rooms.meanwhile = () =>
      world.use((room) => room.revokeSession(world.userId, first?.session.id ?? ""));
    expect(refusal((await world.connect()).outcome)).toBe("accepted");
  });
});

describe("connections of one session", () => {
  it("are at most ten, counted with the room before one more is refused", async () => {
    const world = new World();
    let { session, recoveryToken } = await world.connected();
    for (let i = 1; i < 10; i++) {
      ({ session, recoveryToken } = await world.connected({ recoveryToken }));
    }
    expect(session.connections).toBe(10);
    world.now += 10_000;
    world.rooms.known[session.id] = { connections: 10, lastActiveAt: world.now };
    expect(refusal((await world.connect({ recoveryToken })).outcome)).toBe("session_limit");
    world.rooms.known[session.id] = { connections: 9, lastActiveAt: world.now };
    expect((await world.connected({ recoveryToken })).session.connections).toBe(10);
  });

  it("count once when the same one is opened again after a lost answer", async () => {
    const world = new World();
    const first = await world.connected();
    const { connectionId } = first;
    const again = await world.connect({ connectionId, recoveryToken: first.recoveryToken });
    expect(value(again.outcome).session.connections).toBe(1);
  });
});

describe("kept sessions", () => {
  it("are at most two hundred: the longest away makes way, a connected one does not", async () => {
    const world = new World();
    const connected = await world.connected();
    const create = async () => {
      world.now += 1;
      const made = await world.use((room) => room.createSession(world.userId, world.taskId));
      return value(made);
    };
    const oldest = await create();
    for (let i = 0; i < 199; i++) await create();
    const ids = new Set((await world.list()).map(({ id }) => id));
    expect(ids.size).toBe(200);
    expect([ids.has(connected.session.id), ids.has(oldest.session.id)]).toEqual([true, false]);
    const { outcome } = await world.connect({ recoveryToken: oldest.recoveryToken });
    expect(refusal(outcome)).toBe("recovery_invalid");
  });
});
