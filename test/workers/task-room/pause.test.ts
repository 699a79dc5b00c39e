import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { historyOf } from "../../support/own-history";
import { clockTo, nextAlarm, passTo, roomOf } from "../../support/room-alarm";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { converse } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control } from "../../worker/control";

const MINUTE = 60_000;

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.clockAheadMs = 0;
  control.d1 = "up";
});

function constructions(taskId: string): number {
  return control.constructed.get(env.TASK_ROOM.idFromName(taskId).toString()) ?? 0;
}

describe("[D4] half an hour in which nobody speaks", () => {
  it("a room at rest has nothing due, is not woken, not even by pings, and its sockets work afterwards", async () => {
    const taskId = await newTask(alice);
    const one = await RoomClient.join(alice, taskId);
    const two = await RoomClient.join(alice, taskId);
    await converse(one, model, "first");
    // The turn's last check finds nothing to do.
    await passTo(taskId, clock() + MINUTE);
    const due = await nextAlarm(taskId);
    expect(due === null || due > clock() + 30 * MINUTE).toBe(true);
    await evictDurableObject(roomOf(taskId));
    const before = constructions(taskId);
    for (let minute = 0; minute < 30; minute++) {
      clockTo(clock() + MINUTE);
      one.send("ping");
    }
    await one.whenPong();
    expect(constructions(taskId)).toBe(before);

    await converse(two, model, "second");
    expect(constructions(taskId)).toBe(before + 1);
    await one.frames.next(() => one.frames.state?.messages.length === 4);
    expect(one.frames.state).toEqual(two.frames.state);
  });

  it("an alarm that falls due comes: D1, back after ten minutes, is told what it missed", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    control.d1 = "down";
    await converse(client, model, "first");
    await evictDurableObject(roomOf(taskId));
    control.d1Batches = 0;
    await passTo(taskId, clock() + 10 * MINUTE);
    // After 1, 2, 4 … 32 s, then every minute.
    expect(control.d1Batches).toBeGreaterThan(5);
    expect(control.d1Batches).toBeLessThanOrEqual(16);
    log.mockRestore();
    control.d1 = "up";
    expect(await passTo(taskId, clock() + 20 * MINUTE)).toBeGreaterThan(0);
    const query = "SELECT status FROM tasks WHERE id = ?";
    await expect
      .poll(
        async () => (await (await historyOf(taskId)).prepare(query).bind(taskId).first())?.status,
      )
      .toBe("COMPLETED");
    await converse(client, model, "second");
  });

  it("a turn is tried again at its time and over by then, and the next one begins as ever", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "go" });
    (await model.attempt(1)).say({
      type: "failure",
      code: "model_rate_limited",
      message: "Later.",
      retryable: true,
      retryAfterMs: 5 * MINUTE,
    });
    await client.frames.next(({ type }) => type === "chat:error");
    await evictDurableObject(roomOf(taskId));
    await passTo(taskId, clock() + 30 * MINUTE);
    await client.frames.next(() => client.frames.state?.task.status === "FAILED");
    expect(client.frames.of("task:error")[0]?.data).toMatchObject({ code: "turn_timeout" });
    await client.ask("chat:send", { content: "again" });
    (await model.attempt(3)).finish();
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
  });
});

describe("[S7] a socket whose token runs out while it is idle", () => {
  it("is closed with 4401 by alarm, when it runs out and not before; the others stay", async () => {
    const bob = newUser();
    const taskId = await newTask(alice, { members: [{ userId: bob, role: "viewer" }] });
    const one = await RoomClient.join(alice, taskId);
    const two = await RoomClient.join({ sub: bob, expiresInSeconds: 20 * 60 }, taskId);
    await evictDurableObject(roomOf(taskId));
    const start = clock();
    await passTo(taskId, start + 19 * MINUTE);
    expect(two.frames.closed).toBeUndefined();
    await passTo(taskId, start + 21 * MINUTE);
    expect(await two.frames.whenClosed()).toMatchObject({ code: 4401 });
    await one.ask("history:sync");
    expect(one.frames.closed).toBeUndefined();
  });

  it("leaves no alarm behind that is due already", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join({ sub: alice, expiresInSeconds: 600 }, taskId);
    await passTo(taskId, clock() + 11 * MINUTE);
    await client.frames.whenClosed();
    const due = await nextAlarm(taskId);
    expect(due === null || due > clock()).toBe(true);
  });
});
