import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { Frames } from "../../support/frames";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import type { Heard } from "../../support/scripted-model";
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
  freeClock();
});

const begun = z.object({ turn: z.looseObject({ id: z.string() }) });
const step = z.looseObject({
  phase: z.string(),
  status: z.string(),
  attempt: z.number(),
  result: z.looseObject({ output: z.string() }).optional(),
});
const turn = z.looseObject({ status: z.string(), steps: z.array(step) });

async function execute(taskId: string, input: string): Promise<string> {
  const response = await call(alice, "POST", `/tasks/${taskId}/execute`, { input });
  expect(response.status).toBe(202);
  return begun.parse(await response.json()).turn.id;
}

async function readTurn(taskId: string, turnId: string) {
  return turn.parse(await (await call(alice, "GET", `/tasks/${taskId}/turns/${turnId}`)).json());
}

const UNAVAILABLE: Heard = {
  type: "failure",
  code: "model_unavailable",
  message: "The model is not available.",
  retryable: true,
};

it("runs its phases in order, hands results on, and keeps each as soon as it is there", async () => {
  const taskId = await newTask(alice, { teamRef: "system/research-plan-implement" });
  const client = await RoomClient.join(alice, taskId);
  const turnId = await execute(taskId, "build a boat");
  const research = await model.attempt(1);
  expect(research.request).toMatchObject({ phase: "research", input: "build a boat", context: [] });
  research.say({ type: "progress", percentComplete: 50 });
  await client.frames.next(({ type }) => type === "phase:update");
  research.say("boats float");
  research.finish();
  const planning = await model.attempt(2);
  expect(planning.request.context).toEqual([
    { role: "assistant", phase: "research", content: "boats float" },
  ]);
  expect((await readTurn(taskId, turnId)).steps[0]).toMatchObject({
    status: "COMPLETED",
    result: { status: "COMPLETED", output: "boats float", attempts: 1 },
  });
  planning.say("first the hull");
  planning.finish();
  (await model.attempt(3)).say("done");
  (await model.attempt(3)).finish();
  await client.frames.next(says("task:status", "COMPLETED"));
  const types = client.frames.logged().map(({ type }) => type);
  const phases = types.filter((type) => type.startsWith("phase:"));
  expect(phases).toEqual(Array.from({ length: 3 }, () => ["phase:start", "phase:done"]).flat());
  expect(client.frames.state?.task.progress).toBe(100);
  expect(client.frames.state?.messages.map(({ content }) => content)).toEqual([
    "build a boat",
    "boats float",
    "first the hull",
    "done",
  ]);
  const logs = await call(alice, "GET", `/tasks/${taskId}/logs?level=success`);
  const entries = z.object({ items: z.array(z.looseObject({ agentType: z.string() })) });
  expect(entries.parse(await logs.json()).items.map(({ agentType }) => agentType)).toHaveLength(3);
});

it("[R2] who comes back, or comes in, hears a running phase's last progress with its words", async () => {
  const taskId = await newTask(alice, { teamRef: "system/research-plan-implement" });
  const client = await RoomClient.join(alice, taskId);
  await execute(taskId, "build a boat");
  const research = await model.attempt(1);
  research.say({ type: "progress", percentComplete: 50, message: "half the sources" });
  const { data } = await client.frames.next(({ type }) => type === "phase:update");
  const { epoch } = z.looseObject({ epoch: z.string() }).parse(client.ready);
  const after = client.frames.state?.task.headSeq ?? 0;
  for (const place of [{ after, epoch }, { after: 0, epoch }, {}]) {
    const other = await RoomClient.join(alice, taskId, place, new Frames(client.frames.state));
    const told = await other.frames.next(({ type }) => type === "phase:update");
    expect(told.data).toEqual(data);
    expect(told.data).toMatchObject({ percentComplete: 50, message: "half the sources" });
    other.close();
  }
  research.finish();
  await model.attempt(2);
  const late = await RoomClient.join(alice, taskId);
  expect((await late.ask("history:sync")).type).toBe("ack");
  expect(late.frames.of("phase:update")).toEqual([]);
});

it("after a restart completed phases are kept and the running one is tried again under the same key", async () => {
  const taskId = await newTask(alice, { teamRef: "system/research-plan-implement" });
  const turnId = await execute(taskId, "build a boat");
  (await model.attempt(1)).say("boats float");
  (await model.attempt(1)).finish();
  const second = await model.attempt(2);
  // An answer leaves the object only once what it rests on is stored.
  await readTurn(taskId, turnId);
  await abortAllDurableObjects();
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
  const again = await model.attempt(3);
  expect(again.request).toMatchObject({
    phase: second.request.phase,
    idempotencyKey: second.request.idempotencyKey,
    attempt: 2,
    context: second.request.context,
  });
  expect((await readTurn(taskId, turnId)).steps.map(({ status }) => status)).toEqual([
    "COMPLETED",
    "RUNNING",
    "PENDING",
  ]);
});

it("a phase that fails is retried after its wait, and a failing deployment leaves the turn partial", async () => {
  const taskId = await newTask(alice, { teamRef: "system/story-asset-code-deploy" });
  const client = await RoomClient.join(alice, taskId);
  const turnId = await execute(taskId, "a page about boats");
  const room = env.TASK_ROOM.getByName(taskId);
  for (const n of [1, 2, 3]) {
    (await model.attempt(n)).say(`result ${n}`);
    (await model.attempt(n)).finish();
  }
  for (const [n, wait] of [
    [4, 2000],
    [5, 4000],
  ] as const) {
    (await model.attempt(n)).say(UNAVAILABLE);
    const retry = await client.frames.next(
      ({ type, data }) =>
        type === "phase:retry" &&
        z.looseObject({ attempt: z.number() }).parse(data).attempt === n - 3,
    );
    expect(retry.data).toMatchObject({ retryInMs: wait });
    control.clockAheadMs += wait;
    await runDurableObjectAlarm(room);
  }
  (await model.attempt(6)).say(UNAVAILABLE);
  await client.frames.next(says("task:status", "COMPLETED"));
  const done = await readTurn(taskId, turnId);
  expect(done).toMatchObject({ status: "COMPLETED", reason: "partial" });
  expect(done.steps.at(-1)).toMatchObject({ phase: "deploy", status: "FAILED", attempt: 3 });
  expect(client.frames.of("task:error")).toHaveLength(1);
});

it("a result of 900 KiB is whole on REST and cut on the socket", async () => {
  const taskId = await newTask(alice, { teamRef: "system/research-plan-implement" });
  const client = await RoomClient.join(alice, taskId);
  const turnId = await execute(taskId, "build a boat");
  const output = "boat 🚤 ".repeat(100 * 1024);
  (await model.attempt(1)).say("short", {
    type: "finish",
    finishReason: "stop",
    model: "m",
    output,
    data: { pages: 3 },
  });
  const done = await client.frames.next(({ type }) => type === "phase:done");
  expect(JSON.stringify(done.data).length).toBeLessThan(70 * 1024);
  expect(done.data).toMatchObject({ result: { truncated: true } });
  const whole = await readTurn(taskId, turnId);
  expect(whole.steps[0]?.result).toMatchObject({ output, data: { pages: 3 } });
  expect((await model.attempt(2)).request.context).toEqual([
    { role: "assistant", phase: "research", content: output },
  ]);
});
