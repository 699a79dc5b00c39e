import { exports } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { call, newUser, ORIGIN, tokenOf } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const told = z.looseObject({
  result: z.looseObject({
    task: z.looseObject({ id: z.string(), status: z.looseObject({ state: z.string() }) }),
  }),
});

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

async function send(message: object, configuration: object = {}) {
  const token = await tokenOf({ sub: alice });
  const whole = { messageId: crypto.randomUUID(), role: "ROLE_USER", ...message };
  const params = { message: whole, configuration };
  const response = await exports.default.fetch(`${ORIGIN}/a2a/${alice}/careful`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "A2A-Version": "1.0" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "SendMessage", params }),
  });
  return told.parse(await response.json()).result.task;
}

it("[J4] a word that comes twice at the same time is one, and both hear how the task goes on", async () => {
  const member = { role: "a", botRef: "system/assistant", requireConfirmation: true };
  const spec = { collaboration: "solo", members: [member] };
  await call(alice, "POST", "/teams", { metadata: { name: "careful" }, spec });
  const { id: taskId, status } = await send({ parts: [{ text: "go" }] });
  expect(status.state).toBe("TASK_STATE_INPUT_REQUIRED");
  const yes = { taskId, parts: [{ text: "yes" }] };
  const both = await Promise.all([
    send(yes, { returnImmediately: true }),
    send(yes, { returnImmediately: true }),
  ]);
  for (const task of both) expect(task).toMatchObject({ id: taskId });
  expect(both.map((task) => task.status.state)).toEqual([
    "TASK_STATE_WORKING",
    "TASK_STATE_WORKING",
  ]);
  (await model.attempt(1)).finish();
});
