import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient, tokenOf, upgrade } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let taskId: string;
let model: ScriptedModel;

beforeEach(async () => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  taskId = await newTask(alice);
});

afterEach(() => {
  control.hops = undefined;
});

/**
 * Does something while nothing but what is named is answered by another object or database: what comes
 * of it has waited for nothing else. Gives how often each was asked until then.
 */
async function waitingForOnly<T>(
  allowed: string[],
  act: () => Promise<T>,
): Promise<{ result: T; asked: string[] }> {
  const hops = { allowed, asked: [] as string[] };
  control.hops = hops;
  try {
    const result = await act();
    return { result, asked: hops.asked.filter((name) => allowed.includes(name)) };
  } finally {
    control.hops = undefined;
  }
}

describe("[O7] an answer waits for no other object or database than it needs", () => {
  it("a list: the home", async () => {
    const { result, asked } = await waitingForOnly(["home.listTasks"], () =>
      call(alice, "GET", "/tasks?status=PENDING&q=task"),
    );
    expect([result.status, asked]).toEqual([200, ["home.listTasks"]]);
    expect(await result.json()).toMatchObject({ items: [{ id: taskId }] });
  });

  it.each<[string, object]>([
    ["with nothing", {}],
    ["with a first message", { prompt: "go" }],
    ["with a key", { key: "order-17" }],
    ["with members", { members: [{ userId: "somebody", role: "viewer" }] }],
  ])("a new task %s: the home, and the room", async (_name, body) => {
    const { result, asked } = await waitingForOnly(["home.createTask", "room.create"], () =>
      call(alice, "POST", "/tasks", body, { "Idempotency-Key": "k" }),
    );
    expect([result.status, asked]).toEqual([201, ["home.createTask", "room.create"]]);
  });

  it("a new user's first task: the same", async () => {
    const { result, asked } = await waitingForOnly(["home.createTask", "room.create"], () =>
      call(newUser(), "POST", "/tasks", {}, { "Idempotency-Key": "k" }),
    );
    expect([result.status, asked]).toEqual([201, ["home.createTask", "room.create"]]);
  });

  it("a key that is taken: the home, and the room of its task", async () => {
    await newTask(alice, { key: "order-17" });
    const { result, asked } = await waitingForOnly(["home.createTask", "room.read"], () =>
      call(alice, "POST", "/tasks", { key: "order-17" }),
    );
    expect([result.status, asked]).toEqual([200, ["home.createTask", "room.read"]]);
  });

  it("a task, and its newest messages: the room", async () => {
    for (const [path, method] of [
      [`/tasks/${taskId}`, "room.read"],
      [`/messages?taskId=${taskId}`, "room.messages"],
    ] as const) {
      const { result, asked } = await waitingForOnly([method], () => call(alice, "GET", path));
      expect([result.status, asked]).toEqual([200, [method]]);
      await result.body?.cancel();
    }
  });

  it("a request with an API key: D1 the first time, and nothing more for some seconds", async () => {
    const made = await call(alice, "POST", "/api-keys", { name: "k", scopes: ["read"] });
    const { key } = z.object({ key: z.string() }).parse(await made.json());
    const headers = { Authorization: `Bearer ${key}` };
    const read = () => call(alice, "GET", `/tasks/${taskId}`, undefined, headers);
    await read();
    const { result, asked } = await waitingForOnly(["room.read"], read);
    expect([result.status, asked]).toEqual([200, ["room.read"]]);
  });

  it("a socket: the room, and the home", async () => {
    const token = await tokenOf({ sub: alice });
    const { result, asked } = await waitingForOnly(["room.fetch", "home.openSession"], () =>
      upgrade(token, taskId),
    );
    expect([result.status, asked]).toEqual([101, ["room.fetch", "home.openSession"]]);
    result.webSocket?.accept();
    result.webSocket?.close(1000, "bye");
  });

  it("the ack of a message: nothing", async () => {
    const client = await RoomClient.join(alice, taskId);
    const { result } = await waitingForOnly([], () => client.ask("chat:send", { content: "go" }));
    expect(result.type).toBe("ack");
    const attempt = await model.attempt(1);
    attempt.say("done");
    attempt.finish();
    await client.frames.next(says("task:status", "COMPLETED"));
    client.close();
  });
});
