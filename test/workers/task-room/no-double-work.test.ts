import { abortAllDurableObjects } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AlarmClock } from "../../../src/durable-objects/task-room/alarm-clock";
import { Upkeep } from "../../../src/durable-objects/task-room/upkeep";
import { ring, roomOf } from "../../support/room-alarm";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control, freeClock, stopClock } from "../../worker/control";

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  stopClock();
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.settings = {};
  freeClock();
  vi.restoreAllMocks();
});

/** How often rooms looked up whether a client's own id was answered before. */
function lookups(): number {
  return [...control.statements]
    .filter(([query]) => /SELECT.*client_keys/s.test(query))
    .reduce((sum, [, times]) => sum + times, 0);
}

/** How often each look around sets the alarm; what was told meanwhile sets it by itself, whenever that ends. */
function armsOfOneLook(): number[] {
  const arms: number[] = [];
  const arm = vi.spyOn(AlarmClock.prototype, "arm");
  const { lookAround } = Upkeep.prototype;
  vi.spyOn(Upkeep.prototype, "lookAround").mockImplementation(function (this: Upkeep) {
    const before = arm.mock.calls.length;
    lookAround.call(this);
    arms.push(arm.mock.calls.length - before);
  });
  return arms;
}

async function send(client: RoomClient): Promise<number> {
  const before = lookups();
  const sent = await client.ask("chat:send", { content: "go", clientMessageId: "c-1" });
  expect(sent).toMatchObject({ type: "ack" });
  return lookups() - before;
}

describe("[M2] whether a message was answered before is looked up", () => {
  it("once, where nobody is asked in between", async () => {
    const client = await RoomClient.join(alice, await newTask(alice));
    expect(await send(client)).toBe(1);
    expect(await send(client)).toBe(1);
  });

  it("again after its sender's meter was asked: another may have come meanwhile", async () => {
    control.settings = { TURNS_PER_DAY: 5 };
    const client = await RoomClient.join(alice, await newTask(alice));
    expect(await send(client)).toBe(2);
    expect(await send(client)).toBe(1);
  });
});

describe("[D1] an alarm and a wake", () => {
  it.each(["alarm", "wake"] as const)("%s: look once after lost work, and arm once", async (by) => {
    const taskId = await newTask(alice, { prompt: "go" });
    await model.attempt(1);
    const recover = vi.spyOn(Upkeep.prototype, "recover");
    const arms = armsOfOneLook();
    if (by === "alarm") await ring(taskId);
    else await roomOf(taskId).wake();
    expect(recover).toHaveBeenCalledOnce();
    expect(arms).toEqual([1]);
  });

  it("commit nothing where nothing is due", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    await model.attempt(1);
    const before = control.transactions;
    await ring(taskId);
    await roomOf(taskId).wake();
    expect(control.transactions).toBe(before);
  });

  it("make one attempt of one that was lost", async () => {
    const taskId = await newTask(alice, { prompt: "go" });
    await model.attempt(1);
    await abortAllDurableObjects();
    const before = control.transactions;
    await ring(taskId);
    await model.attempt(2);
    expect(control.transactions).toBe(before + 1);
  });
});
