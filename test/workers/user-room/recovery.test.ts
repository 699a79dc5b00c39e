import { describe, expect, it } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { recoveryToken, session as sessionSchema } from "../../../src/protocol/session";
import { HOUR, refusal, value, World } from "./harness";

const present = async (world: World, recoveryToken: string) =>
  refusal((await world.connect({ recoveryToken })).outcome);

describe("a session's beginning", () => {
  it("is a connection without a token", async () => {
    const world = new World();
    const opened = await world.connected();
    expect(opened.resumed).toBe(false);
    expect(recoveryToken.safeParse(opened.recoveryToken).success).toBe(true);
    expect(sessionSchema.parse(opened.session)).toMatchObject({
      userId: world.userId,
      taskId: world.taskId,
      state: "connected",
      connections: 1,
      createdAt: new Date(world.now).toISOString(),
      expiresAt: new Date(world.now + 2 * HOUR).toISOString(),
    });
  });

  it("may be POST /sessions: without a connection, to be resumed by the first one", async () => {
    const world = new World();
    const made = value(await world.use((room) => room.createSession(world.userId, world.taskId)));
    expect(made.session).toMatchObject({ state: "away", connections: 0 });
    const opened = await world.connected({ recoveryToken: made.recoveryToken });
    expect(opened).toMatchObject({ resumed: true, session: { id: made.session.id } });
  });

  it("keeps no token, only its hash", async () => {
    const world = new World();
    const { recoveryToken } = await world.connected();
    const stored = JSON.stringify(await world.rows("recovery_tokens"));
    expect(stored).not.toContain(recoveryToken);
  });
});

describe("a presented token", () => {
  it("is the same session again, with a token of its own", async () => {
    const world = new World();
    const first = await world.connected();
    const again = await world.connected({ recoveryToken: first.recoveryToken });
    expect(again.resumed).toBe(true);
    expect(again.session).toMatchObject({ id: first.session.id, connections: 2 });
    expect(again.recoveryToken).not.toBe(first.recoveryToken);
  });

  it("can be presented again by a client that died before it read the answer", async () => {
    const world = new World();
    const first = await world.connected();
    await world.connected({ recoveryToken: first.recoveryToken });
    expect(await present(world, first.recoveryToken)).toBe("accepted");
  });

  it("is used up once its successor is presented", async () => {
    const world = new World();
    const first = await world.connected();
    const second = await world.connected({ recoveryToken: first.recoveryToken });
    await world.connected({ recoveryToken: second.recoveryToken });
    expect(await present(world, first.recoveryToken)).toBe("recovery_invalid");
    expect(await present(world, second.recoveryToken)).toBe("accepted");
  });

  it("is used up once the connection that got its successor sends a command", async () => {
    const world = new World();
    const first = await world.connected();
    const second = await world.connected({ recoveryToken: first.recoveryToken });
    const confirm = () =>
      world.use((room) => room.confirmConnection(second.session.id, second.connectionId));
    await confirm();
    await confirm();
    expect(await present(world, first.recoveryToken)).toBe("recovery_invalid");
    expect(await present(world, second.recoveryToken)).toBe("accepted");
  });

  it("is not used up by a connection that was refused", async () => {
    const world = new World();
    const first = await world.connected();
    const second = await world.connected({ recoveryToken: first.recoveryToken });
    const { outcome } = await world.connect({
      recoveryToken: second.recoveryToken,
      taskId: newId("task", world.now),
    });
    expect(refusal(outcome)).toBe("recovery_invalid");
    expect(await present(world, first.recoveryToken)).toBe("accepted");
  });

  it("of a session made long ago still works with new instances of the room", async () => {
    const world = new World();
    let { recoveryToken } = await world.connected();
    for (let i = 0; i < 5; i++) {
      world.now += HOUR;
      ({ recoveryToken } = await world.connected({ recoveryToken }));
    }
    expect((await world.list()).length).toBe(1);
  });

  it.each([
    ["unknown", "A".repeat(43)],
    ["malformed", ""],
    ["endless", "x".repeat(100_000)],
  ])("that is %s is refused, before and after there are sessions", async (_, token) => {
    const world = new World();
    expect(await present(world, token)).toBe("recovery_invalid");
    await world.connected();
    expect(await present(world, token)).toBe("recovery_invalid");
  });

  it("of another user is refused", async () => {
    const [alice, bob] = [new World(), new World()];
    const { recoveryToken } = await alice.connected();
    expect(await present(bob, recoveryToken)).toBe("recovery_invalid");
    const outcome = await alice.use((room) => room.recoverSession(bob.userId, recoveryToken));
    expect(refusal(outcome)).toBe("recovery_invalid");
  });

  it("bounds what a client that loses every answer leaves behind", async () => {
    const world = new World();
    const made = value(await world.use((room) => room.createSession(world.userId, world.taskId)));
    for (let i = 0; i < 50; i++) {
      await world.use((room) => room.recoverSession(world.userId, made.recoveryToken));
    }
    expect((await world.rows("recovery_tokens")).length).toBe(32);
    expect(await present(world, made.recoveryToken)).toBe("accepted");
  });
});

describe("POST /sessions/recover", () => {
  it("gives the same session and a new token, without a connection", async () => {
    const world = new World();
    const made = value(await world.use((room) => room.createSession(world.userId, world.taskId)));
    const again = value(
      await world.use((room) => room.recoverSession(world.userId, made.recoveryToken)),
    );
    expect(again.session).toMatchObject({ id: made.session.id, connections: 0, state: "away" });
    expect(again).not.toHaveProperty("resumed");
    const opened = await world.connected({ recoveryToken: again.recoveryToken });
    expect(opened.session.id).toBe(made.session.id);
    expect(await present(world, made.recoveryToken)).toBe("recovery_invalid");
  });
});
