import { evictDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { passTo, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser, ORIGIN, tokenOf } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control, freeClock, stopClock } from "../../worker/control";

const HOUR = 3_600_000;
/** The last look of what was at work, and what was still to be told. */
const LAST_LOOKS = 2;

const page = z.object({ items: z.array(z.looseObject({ id: z.string(), status: z.string() })) });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  stopClock();
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});
afterEach(() => freeClock());

/** A task whose first turn waits for a person: what is said now stands in the queue. */
async function waitingTask(): Promise<{ taskId: string; turnId: string }> {
  const members = [{ role: "work", botRef: "system/assistant", requireConfirmation: true }];
  const spec = { collaboration: "solo", members };
  await call(alice, "POST", "/teams", { metadata: { name: "careful" }, spec });
  const taskId = await newTask(alice, { teamRef: `${alice}/careful`, prompt: "first" });
  const waiting = async () => {
    const { items } = page.parse(await (await call(alice, "GET", `/tasks/${taskId}/turns`)).json());
    return items.find(({ status }) => status === "WAITING")?.id;
  };
  await expect.poll(waiting).toBeDefined();
  return { taskId, turnId: (await waiting()) ?? "" };
}

/** The text of a stream, until it has this in it. */
function reader(response: Response) {
  const texts = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  return {
    async until(words: string): Promise<string> {
      while (!all.includes(words)) {
        const read = await texts?.read();
        if (!read || read.done) throw new Error(`the stream ended without ${words}: ${all}`);
        all += read.value;
      }
      return all;
    },
    leave: () => texts?.cancel(),
  };
}

it("a room sleeps while a stream of a face is open and nothing is said, and the stream goes on", async () => {
  const { taskId, turnId } = await waitingTask();
  const message = { id: "m1", role: "user", parts: [{ type: "text", text: "second" }] };
  const token = await tokenOf({ sub: alice, expiresInSeconds: 86_400 });
  const response = await exports.default.fetch(`${ORIGIN}/ai-sdk/chat`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify({ id: taskId, messages: [message] }),
  });
  const stream = reader(response);
  await stream.until('"data-queue"');
  expect(await passTo(taskId, clock() + HOUR)).toBeLessThanOrEqual(LAST_LOOKS);
  expect(await passTo(taskId, clock() + HOUR)).toBe(0);
  // The comment is the worker's own: the room is not there meanwhile.
  await evictDurableObject(roomOf(taskId));
  await stream.until(": alive");
  expect(await passTo(taskId, clock() + HOUR)).toBe(0);
  const late = { sub: alice, expiresInSeconds: 86_400 };
  const interrupt = `/tasks/${taskId}/turns/${turnId}/interrupt`;
  expect((await call(late, "POST", interrupt, {})).status).toBe(202);
  const all = await stream.until('"finishReason":"tool-calls"');
  expect(all).toContain('"tool-approval-request"');
});
