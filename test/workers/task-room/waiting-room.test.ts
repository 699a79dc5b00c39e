import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { nextAlarm, passTo, roomOf } from "../../support/room-alarm";
import { call, newTask, newUser } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control, freeClock, stopClock } from "../../worker/control";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The last look of the turn that was at work, and what was still to be told. */
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

afterEach(() => {
  freeClock();
});

async function turnsOf(taskId: string) {
  const late = { sub: alice, expiresInSeconds: 2 * 86_400 };
  return page.parse(await (await call(late, "GET", `/tasks/${taskId}/turns`)).json()).items;
}

/** A task whose phases a person must allow, but for those before `asks`. */
async function carefulTask(phases: string[], asks: string): Promise<string> {
  const members = phases.map((role) => ({
    role,
    botRef: "system/assistant",
    requireConfirmation: role === asks,
  }));
  const spec = { collaboration: "pipeline", members };
  const made = await call(alice, "POST", "/teams", { metadata: { name: "careful" }, spec });
  expect(made.status).toBe(201);
  return newTask(alice, { teamRef: `${alice}/careful`, prompt: "go" });
}

async function whenWaiting(taskId: string): Promise<number> {
  await expect
    .poll(async () => (await turnsOf(taskId)).map(({ status }) => status))
    .toContain("WAITING");
  return clock();
}

describe("[D4] a room whose turn waits for a person", () => {
  it.each([
    ["before its first phase", ["work"], "work"],
    ["between two phases", ["draft", "work"], "work"],
  ])(
    "%s sleeps until the confirmation's deadline, and then the turn ends",
    async (_, phases, asks) => {
      const taskId = await carefulTask(phases, asks);
      if (phases.length > 1) (await model.attempt(1)).finish();
      const since = await whenWaiting(taskId);
      expect(await passTo(taskId, since + DAY - MINUTE)).toBeLessThanOrEqual(LAST_LOOKS);
      expect(await nextAlarm(taskId)).toBe(since + DAY);
      expect(await passTo(taskId, since + DAY)).toBe(1);
      expect((await turnsOf(taskId))[0]).toMatchObject({
        status: "FAILED",
        error: { code: "confirm_timeout" },
      });
    },
  );

  it("sleeps with a queue behind it and after an eviction, and goes on as soon as somebody answers", async () => {
    const taskId = await carefulTask(["work"], "work");
    const since = await whenWaiting(taskId);
    await call(alice, "POST", `/tasks/${taskId}/execute`, { input: "another" });
    await passTo(taskId, since + MINUTE);
    await evictDurableObject(roomOf(taskId));
    expect(await turnsOf(taskId)).toHaveLength(2);
    expect(await passTo(taskId, since + DAY - MINUTE)).toBeLessThanOrEqual(LAST_LOOKS);
    const waiting = (await turnsOf(taskId)).find(({ status }) => status === "WAITING");
    const path = `/tasks/${taskId}/turns/${waiting?.id}/confirm`;
    const late = { sub: alice, expiresInSeconds: 2 * 86_400 };
    await call(late, "POST", path, { step: "work", approve: true });
    const attempt = await model.attempt(1);
    // At work again: looked at every 15 s.
    expect(await nextAlarm(taskId)).toBeLessThanOrEqual(clock() + 15_000);
    attempt.finish();
  });
});

it("[D4] a room whose turn waits for its retry sleeps until then", async () => {
  const taskId = await newTask(alice, { prompt: "go" });
  (await model.attempt(1)).say({
    type: "failure",
    code: "model_rate_limited",
    message: "Later.",
    retryable: true,
    retryAfterMs: 8 * MINUTE,
  });
  const steps = z.object({
    items: z.tuple([z.looseObject({ steps: z.tuple([z.looseObject({ status: z.string() })]) })]),
  });
  const status = async () => {
    const answer = await call(alice, "GET", `/tasks/${taskId}/turns`);
    return steps.parse(await answer.json()).items[0].steps[0].status;
  };
  await expect.poll(status).toBe("RETRYING");
  const since = clock();
  expect(await passTo(taskId, since + 7 * MINUTE)).toBeLessThanOrEqual(LAST_LOOKS);
  expect(await passTo(taskId, since + 8 * MINUTE)).toBe(1);
  (await model.attempt(2)).finish();
});
